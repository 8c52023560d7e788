"""States of trunks, extensions and groups, on the wire.

The answers follow help.yeastar.com, S-Series API v2: trunklist-query, extension-list; Cloud PBX
API v2: extensiongroup-query.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trunks.yeastar import (
    ApiRefused,
    BadPayload,
    ExtensionRecord,
    GroupRecord,
    Reason,
    TrunkStateRecord,
)
from trunks.yeastar.supplements import read_extensions, read_groups, read_trunk_states

from .wire import BASE, LET_IN, LOGIN, everything_about, failed

API = f"{BASE}/api/v2.0.0"
STATES = [
    {"trunkname": "test", "id": "15", "type": "SIP", "status": "registered"},
    {"trunkname": "line", "id": "3", "type": "FXO", "status": "idle", "port": "Span2-Port1"},
]
EXTENSIONS = [
    {"number": "1000", "status": "Registered", "type": "SIP", "username": "Reception"},
    {"number": "1001", "status": "Busy", "type": "SIP", "username": "", "agentid": "1001"},
]
GROUPS = [{"id": "1", "name": "after-hours", "members": "1000,1001"}]
CALLS: dict[str, tuple[str, str, Callable[..., Any]]] = {
    "trunk_states": ("trunk/list", "trunklist", read_trunk_states),
    "extensions": ("extension/list", "extlist", read_extensions),
    "groups": ("extensiongroup/query", "extgroupinfos", read_groups),
}
every_call = pytest.mark.parametrize("call", CALLS)
strict_calls = pytest.mark.parametrize("call", ["extensions", "groups"])

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)
ENTRY = st.dictionaries(
    st.sampled_from(["id", "number", "name", "status", "type", "username", "members"]), JSON
)


def ask(pbx_http, client, call, answer):
    pbx_http.post(LOGIN, json=LET_IN)
    pbx_http.post(f"{API}/{CALLS[call][0]}", json=answer)
    return getattr(client, call)()


def success(call: str, items: object) -> dict[str, object]:
    return {"status": "Success", CALLS[call][1]: items}


def test_the_documented_states_are_read(pbx_http, client):
    assert ask(pbx_http, client, "trunk_states", success("trunk_states", STATES)) == (
        TrunkStateRecord("15", "registered", "SIP"),
        TrunkStateRecord("3", "idle", "FXO"),
    )


def test_the_documented_extensions_are_read(pbx_http, client):
    assert ask(pbx_http, client, "extensions", success("extensions", EXTENSIONS)) == (
        ExtensionRecord("1000", "Reception"),
        ExtensionRecord("1001", ""),
    )


def test_the_documented_groups_are_read(pbx_http, client):
    assert ask(pbx_http, client, "groups", success("groups", GROUPS)) == (
        GroupRecord("1", "after-hours", ("1000", "1001")),
    )


@pytest.mark.parametrize(
    ("call", "body"),
    [("trunk_states", None), ("extensions", None), ("groups", {"id": "all"})],
)
def test_the_body_is_as_documented(pbx_http, client, call, body):
    ask(pbx_http, client, call, success(call, []))
    sent = pbx_http.calls[-1].request.body
    assert (json.loads(sent) if sent else None) == body


@every_call
def test_a_refusal_keeps_its_number(pbx_http, client, call):
    with pytest.raises(ApiRefused) as caught:
        ask(pbx_http, client, call, failed("10003"))
    assert caught.value.errno == "10003"


@every_call
@pytest.mark.parametrize("items", [None, {}, "1000", 7])
def test_no_list_is_not_an_empty_one(pbx_http, client, call, items):
    with pytest.raises(BadPayload) as caught:
        ask(pbx_http, client, call, success(call, items))
    assert caught.value.reason is Reason.BAD_LIST


@every_call
def test_a_missing_list_is_not_an_empty_one(pbx_http, client, call):
    with pytest.raises(BadPayload):
        ask(pbx_http, client, call, {"status": "Success"})


@strict_calls
@pytest.mark.parametrize("item", [None, [], {}, {"number": "", "name": " "}, "1000", 7])
def test_one_entry_without_a_name_spoils_a_list_whose_gaps_would_count(call, item):
    _, key, read = CALLS[call]
    good = {"number": "1000", "name": "sales"}
    with pytest.raises(BadPayload):
        read({"status": "Success", key: [good, item]})


@pytest.mark.parametrize(
    "item", [None, [], {}, {"id": "4"}, {"id": "", "status": "x"}, {"id": "4", "status": "x" * 101}]
)
def test_a_state_that_cannot_be_read_leaves_the_others(item):
    answer = success("trunk_states", [*STATES, item])
    assert [state.remote_id for state in read_trunk_states(answer)] == ["15", "3"]


def test_a_sip_trunk_named_twice_has_no_known_state():
    twice = {**STATES[0], "status": "failure"}
    answer = success("trunk_states", [*STATES, twice])
    assert [state.remote_id for state in read_trunk_states(answer)] == ["3"]


def test_ids_and_numbers_may_come_as_numbers():
    answer = success("trunk_states", [{"id": 15, "status": "registered"}])
    assert read_trunk_states(answer)[0].remote_id == "15"
    assert read_extensions({"status": "Success", "extlist": [{"number": 1000}]})[0].number == "1000"


def test_no_password_of_an_extension_goes_along():
    entry = {**EXTENSIONS[0], "registerpassword": "planted", "password": "planted"}
    assert "planted" not in repr(read_extensions({"status": "Success", "extlist": [entry]}))


def test_an_error_holds_nothing_of_the_answer(pbx_http, client):
    pbx_http.post(LOGIN, json=LET_IN)
    pbx_http.post(
        f"{API}/extension/list", json=success("extensions", [{"registerpassword": "planted"}])
    )
    with pytest.raises(BadPayload) as caught:
        client.extensions()
    assert "planted" not in everything_about(caught.value)


@every_call
@given(items=st.lists(ENTRY | JSON, max_size=4))
def test_any_list_is_read_or_refused_and_always_storable(call, items):
    _, key, read = CALLS[call]
    try:
        records = read({"status": "Success", key: items})
    except BadPayload:
        return
    for record in records:
        text = repr(asdict(record))
        assert "\\x00" not in text
        assert "\\ud8" not in text
    if call != "trunk_states":
        assert len(records) == len(items)
