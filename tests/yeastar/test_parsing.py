from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.yeastar.wire import PEER, REGISTER, SIP_PASSWORD, listing, mark
from trunks.yeastar import ApiRefused, BadPayload, DeviceRecord, LoginRefused, Reason
from trunks.yeastar.parsing import (
    decode_answer,
    read_device,
    read_token,
    read_trunks,
    refusal,
    refused_errno,
)

SUCCESS = {"status": "Success"}


def reason_of(call, *args):
    with pytest.raises(BadPayload) as caught:
        call(*args)
    return caught.value.reason


def trunk(**fields):
    (record,) = read_trunks(listing({"id": "15"} | fields), mark)
    return record


class TestDecoding:
    def test_utf_8_is_read_with_and_without_a_byte_order_mark(self):
        body = '{"status": "Success", "name": "销售"}'.encode()
        assert decode_answer(body) == decode_answer(b"\xef\xbb\xbf" + body)
        assert decode_answer(body)["name"] == "销售"

    def test_gb18030_is_read_where_utf_8_does_not_fit(self):
        body = '{"status": "Success", "name": "销售"}'.encode("gb18030")
        assert decode_answer(body)["name"] == "销售"

    @pytest.mark.parametrize(
        "body", [b"", b" \r\n", b"<html>", b"\n<!DOCTYPE html>", b"[]", b"null", b"{}", b'"x"']
    )
    def test_what_is_no_answer_of_the_api_says_so(self, body):
        assert reason_of(decode_answer, body) is Reason.NOT_AN_API

    @pytest.mark.parametrize("status", ["null", "1", "true", "[]"])
    def test_a_status_that_is_no_text_is_not_the_api(self, status):
        assert reason_of(decode_answer, f'{{"status": {status}}}'.encode()) is Reason.NOT_AN_API

    @pytest.mark.parametrize(
        "body",
        [
            b"garbage",
            b'{"status": "Success"',
            b'{"status": "Success"} x',
            b'{"status": "Success", "a": NaN}',
            b'{"status": "Success", "a": -Infinity}',
            b'{"status": "Success", "a": 1e999}',
            b'{"status": "Success", "status": "Failed"}',
            b'{"status": "Success", "a": {"b": 1, "b": 2}}',
            b'{"status": "Success", "a": ' + b"9" * 5000 + b"}",
            b'{"status": "Success", "a": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
            b'{"status": "Success\xff\xff"}',
        ],
    )
    def test_json_that_two_readers_could_read_differently_is_refused(self, body):
        assert reason_of(decode_answer, body) is Reason.BAD_JSON

    @pytest.mark.parametrize(
        ("body", "detail"),
        [
            (b'{"status": "Success\xff\xff"}', "encoding"),
            (b'{"status": "Success", "trunks": [{"id": "1', "cut-off"),
            (b'{"status": "Success", "trunks": [', "cut-off"),
            (b'{"status": "Success", trunks: []}', ""),
            (b'{"status": "Success", "status": "Failed"}', "repeated-key"),
            (b'{"status": "Success", "a": NaN}', "number"),
            (b'{"status": "Success", "a": ' + b"9" * 5000 + b"}", "number"),
            (b'{"status": "Success", "a": ' + b"[" * 60 + b"]" * 60 + b"}", "nesting"),
            (b'{"status": "Success", "a": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", "nesting"),
        ],
    )
    def test_a_word_says_what_is_wrong_with_it(self, body, detail):
        with pytest.raises(BadPayload) as caught:
            decode_answer(body)
        assert (caught.value.reason, caught.value.detail) == (Reason.BAD_JSON, detail)

    def test_a_refusal_keeps_nothing_of_the_body(self):
        with pytest.raises(BadPayload) as caught:
            decode_answer(f'{{"password": "{SIP_PASSWORD}"'.encode())
        assert (caught.value.__cause__, caught.value.__context__) == (None, None)
        assert SIP_PASSWORD not in str(caught.value) + repr(caught.value.args)

    @given(st.binary() | st.text().map(str.encode))
    def test_no_bytes_make_it_fail_otherwise(self, body):
        with suppress(BadPayload):
            assert isinstance(decode_answer(body)["status"], str)


class TestStatus:
    @pytest.mark.parametrize("status", ["Success", "success", "SUCCESS"])
    def test_success_is_success_in_any_case(self, status):
        assert refused_errno({"status": status}) is None

    @pytest.mark.parametrize("errno", ["20003", 20003])
    def test_an_errno_comes_as_text_or_number(self, errno):
        assert refused_errno({"status": "Failed", "errno": errno}) == "20003"

    @pytest.mark.parametrize("errno", [None, True, [], "", "<b>1</b>", "1" * 11, "-1", "２"])
    def test_an_errno_that_is_no_number_is_not_repeated(self, errno):
        assert refused_errno({"status": "Failure", "errno": errno}) == ""

    def test_a_status_of_another_service_is_not_the_api(self):
        assert reason_of(refused_errno, {"status": "ok"}) is Reason.NOT_AN_API

    @pytest.mark.parametrize(
        ("errno", "kind", "reason"),
        [
            ("20002", LoginRefused, Reason.LOCKED_OUT),
            ("20003", LoginRefused, Reason.CREDENTIALS_REJECTED),
            ("20015", LoginRefused, Reason.ADDRESS_NOT_ALLOWED),
            ("20004", ApiRefused, Reason.TOKEN_DEAD),
            ("20006", ApiRefused, Reason.TOKEN_DEAD),
            ("10062", ApiRefused, Reason.ERRNO),
            ("99999", ApiRefused, Reason.ERRNO),
            ("", ApiRefused, Reason.ERRNO),
        ],
    )
    def test_every_errno_has_its_kind(self, errno, kind, reason):
        error = refusal(errno)
        assert (type(error), error.reason, error.errno) == (kind, reason, errno)

    @pytest.mark.parametrize("token", [None, "", 5, [], "x" * 513])
    def test_a_login_without_a_token_says_so(self, token):
        assert reason_of(read_token, SUCCESS | {"token": token}) is Reason.NO_TOKEN


class TestTrunks:
    def test_the_documented_peer_trunk_is_read(self):
        (record,) = read_trunks(listing(PEER), mark)
        assert (record.remote_id, record.name, record.kind) == ("15", "test", "peer")
        assert (record.host, record.port, record.domain) == ("192.168.6.36", "5060", "192.168.6.36")
        assert [one.target for one in record.bindings] == ["sales", "support"]

    def test_a_field_that_a_kind_lacks_is_none_and_an_empty_one_is_empty(self):
        peer, register = read_trunks(listing(PEER, REGISTER), mark)
        assert (peer.username, peer.fromuser, peer.password_fingerprint) == (None, None, None)
        assert (peer.extensions_dod, register.fromuser) == ("", "")

    def test_a_password_becomes_its_fingerprint(self):
        record = trunk(password=SIP_PASSWORD)
        assert record.password_fingerprint == mark(SIP_PASSWORD)
        assert SIP_PASSWORD not in repr(record)

    def test_an_empty_password_is_empty_and_is_not_fingerprinted(self):
        assert trunk(password="").password_fingerprint == ""

    def test_ids_and_ports_come_as_numbers_too(self):
        record = trunk(id=15, port=5060)
        assert (record.remote_id, record.port) == ("15", "5060")

    def test_null_counts_as_absent(self):
        assert trunk(host=None).host is None

    def test_a_trunk_without_dod_fields_reports_none(self):
        assert (trunk().extensions_dod, trunk().bindings) == (None, ())

    @pytest.mark.parametrize("value", [None, 5503301, ["5503301-a-1000"], False])
    def test_dods_that_are_not_text_are_not_taken_for_none(self, value):
        with pytest.raises(BadPayload) as caught:
            trunk(extensionsgroupdod=value)
        assert (caught.value.reason, caught.value.detail) == (Reason.BAD_TRUNKS, "bad-dod")

    def test_bindings_of_extensions_come_before_those_of_groups(self):
        record = trunk(extensionsgroupdod="1-a-sales", extensionsdod="2-b-1000")
        assert [(one.target, one.position) for one in record.bindings] == [
            ("1000", 0),
            ("sales", 0),
        ]

    def test_unknown_kinds_and_unexpected_fields_are_kept(self):
        record = trunk(trunktype="teleport", fromuser="x", unknown={"deep": []})
        assert (record.kind, record.fromuser) == ("teleport", "x")

    def test_missing_name_and_kind_are_empty(self):
        assert (trunk().name, trunk().kind) == ("", "")

    def test_letters_that_no_database_stores_are_replaced(self):
        assert trunk(trunkname="a\x00b\ud800c").name == "a\ufffdb\ufffdc"

    def test_no_trunks_at_all_is_an_empty_answer(self):
        assert read_trunks(listing(), mark) == ()

    def test_success_without_a_list_is_not_an_empty_answer(self):
        assert reason_of(read_trunks, SUCCESS, mark) is Reason.NO_TRUNKS

    @pytest.mark.parametrize(
        "trunks",
        [
            None,
            {},
            "",
            [None],
            ["15"],
            [[]],
            [{}],
            [{"id": ""}],
            [{"id": None}],
            [{"id": True}],
            [{"id": "15"}, {"id": 15}],
            [{"id": "15", "extensionsdod": ["5503301-a-1000"]}],
            [{"id": "15", "host": {}}],
            [{"id": "15", "port": False}],
            [{"id": "15", "password": [SIP_PASSWORD]}],
            [PEER, None],
        ],
    )
    def test_a_list_of_the_wrong_shape_is_refused_whole(self, trunks):
        assert reason_of(read_trunks, SUCCESS | {"trunks": trunks}, mark) is Reason.BAD_TRUNKS

    @given(
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
            lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from([*REGISTER]), inner),
        )
    )
    def test_no_shape_makes_it_fail_otherwise(self, trunks):
        with suppress(BadPayload):
            assert len(read_trunks(SUCCESS | {"trunks": trunks}, mark)) == len(trunks)


class TestDevice:
    def test_the_documented_fields_are_read(self):
        info = {"devicename": "Yeastar S300", "sn": "369", "hardwarever": "V1", "firmwarever": ""}
        assert read_device(SUCCESS | {"deviceinfo": info}) == DeviceRecord(
            name="Yeastar S300", serial_number="369", firmware="", hardware="V1"
        )

    @pytest.mark.parametrize("info", [None, [], "x", {"sn": 5, "devicename": None}])
    def test_what_is_missing_or_odd_is_empty(self, info):
        assert read_device(SUCCESS | {"deviceinfo": info}) == DeviceRecord("", "", "", "")


def test_errors_from_parsing_leave_no_password_in_their_text():
    with pytest.raises(BadPayload) as caught:
        read_trunks(listing({"id": "1", "password": [SIP_PASSWORD]}), mark)
    assert SIP_PASSWORD not in str(caught.value) + repr(caught.value.args)


@pytest.mark.parametrize("key", ["id", "trunkname", "host", "username"])
def test_a_field_without_end_is_refused(key):
    trunk = {"id": "1", key: "x" * 501}

    assert reason_of(read_trunks, SUCCESS | {"trunks": [trunk]}, mark) is Reason.BAD_TRUNKS


def test_dod_texts_may_be_as_long_as_they_are():
    text = ",".join(f"{number}-name-1000" for number in range(5_000))
    (trunk,) = read_trunks(SUCCESS | {"trunks": [{"id": "1", "extensionsdod": text}]}, mark)

    assert len(trunk.bindings) == 5_000


@pytest.mark.parametrize("remote_id", ["1\n5", "1 5", "15,16", "all", " ", "\u3000"])
def test_an_id_that_cannot_be_asked_for_is_refused(remote_id):
    answer = listing({"id": remote_id})

    assert reason_of(read_trunks, answer, mark) is Reason.BAD_TRUNKS


@pytest.mark.parametrize("remote_id", ["a/b", "%2F", "all-in", "ALL", "中", "?", "<b>"])
def test_an_id_may_be_any_other_text(remote_id):
    assert trunk(id=remote_id).remote_id == remote_id
