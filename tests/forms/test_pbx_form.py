"""What a person may type about a PBX, and the sentence for everything else."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, timedelta
from types import SimpleNamespace

import pytest
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import make_pbx
from trunks.addresses import read_address
from trunks.forms.pbxs import PbxForm
from trunks.services.connecting import target_allowed
from trunks.validators import read_api_path, read_fingerprint

pytestmark = pytest.mark.django_db

PIN = "0123456789abcdef" * 4
TYPED = {
    "name": "Headquarters",
    "address": "192.168.5.150:8088",
    "username": "api",
    "password": "secret",
    "trust": "system",
    "api_path": "api/v2.0.0",
    "connect_timeout": "3",
    "deadline": "20",
    "enabled": "on",
}


def posted(**changes: str) -> QueryDict:
    data = QueryDict(mutable=True)
    data.update({**TYPED, **changes})
    return data


def form_with(pbx=None, *, held=None, held_refused=False, for_test=False, **changes: str):
    return PbxForm(
        posted(**changes),
        target_allowed=target_allowed,
        site_allowed=lambda _site: True,
        pbx=pbx,
        held=held,
        held_refused=held_refused,
        for_test=for_test,
    )


def held_for(authority: str, until: datetime | None = None):
    return SimpleNamespace(authority=authority, expires_at=until or timezone.now())


@pytest.mark.parametrize(
    ("pasted", "kept"),
    [
        ("192.168.5.150:8088", "https://192.168.5.150:8088"),
        ("  192.168.5.150  ", "https://192.168.5.150:8088"),
        ("192.168.5.150:8088/", "https://192.168.5.150:8088"),
        ("HTTPS://Pbx.Example.COM:8088/", "https://pbx.example.com:8088"),
        ("https://pbx.example.com", "https://pbx.example.com:443"),
        ("//pbx.example.com:9000", "https://pbx.example.com:9000"),
        ("pbx.example.com.", "https://pbx.example.com:8088"),
        ("https://192.168.5.150:8088/api/v2.0.0", "https://192.168.5.150:8088"),
        ("https://192.168.5.150:8088/api/v2.0.0/login", "https://192.168.5.150:8088"),
        ("[fd00::15]:8088", "https://[fd00::15]:8088"),
        ("https://[FD00:0:0::15]/", "https://[fd00::15]:443"),
        ("fd00::15", "https://[fd00::15]:8088"),
        ("https://电话.example:8088", "https://xn--fiq9s30e.example:8088"),
        ("１９２。１６８。５。１５０：８０８８", "https://192.168.5.150:8088"),
    ],
)
def test_an_address_is_kept_in_one_form_however_it_was_pasted(pasted, kept):
    form = form_with(address=pasted)
    form.is_valid()
    if "xn--" in kept:
        assert form.base_url.startswith("https://xn--")
        assert form.base_url.endswith(".example:8088")
    else:
        assert form.base_url == kept


@pytest.mark.parametrize(
    ("pasted", "says"),
    [
        ("", "Write the address of the PBX"),
        ("ftp://192.168.5.150", "not with ftp://"),
        ("https://api:secret@192.168.5.150:8088", "Leave user name and password out"),
        ("https://192.168.5.150:8088/?token=1", "from the “?” or “#” on"),
        ("https://192.168.5.150:8088/#/login", "from the “?” or “#” on"),
        ("https://192.168.5.150:8088/webs/", "Leave out “/webs/”"),
        ("192.168.5.150:http", "“http” is not a port"),
        ("192.168.5.150:0", "“0” is not a port"),
        ("192.168.5.150:65536", "“65536” is not a port"),
        ("[fd00::15]8088", "is not a port"),
        (":8088", "Write the name or IP address"),
        ("https://", "Write the name or IP address"),
        ("192.168.5.300", "is not the name or IP address"),
        ("127.1", "is not the name or IP address"),
        ("0x7f000001", "is not the name or IP address"),
        ("2130706433", "is not the name or IP address"),
        ("pbx office", "is not the name or IP address"),
        ("-pbx-", "is not the name or IP address"),
        ("[192.168.5.150]", "is not the name or IP address"),
        ("a" * 64 + ".example", "is not the name or IP address"),
        ("169.254.169.254", "link-local"),
        ("[fe80::1]", "link-local"),
        ("[::ffff:169.254.169.254]", "link-local"),
        ("224.0.0.1", "not the address of one machine"),
        ("0.1.2.3", "may not be called"),
        ("[::]", "not the address of one machine"),
    ],
)
def test_an_address_that_cannot_be_is_refused_with_its_own_sentence(pasted, says):
    assert says in form_with(address=pasted).errors["address"][0]


@pytest.mark.parametrize("pasted", ["127.0.0.1:8088", "[::1]:8088", "localhost:8088"])
def test_this_computer_is_refused_unless_the_settings_allow_it(settings, pasted):
    assert not form_with(address=pasted).errors
    settings.PBXDASH_ALLOW_LOOPBACK_PBXS = False
    assert "this computer itself" in form_with(address=pasted).errors["address"][0]


def test_an_address_outside_the_allowed_networks_is_refused(settings):
    from ipaddress import ip_network

    settings.PBXDASH_ALLOWED_NETWORKS = (ip_network("10.0.0.0/8"),)
    assert "PBXDASH_ALLOWED_NETWORKS" in form_with().errors["address"][0]
    assert not form_with(address="10.1.2.3").errors


@given(st.text())
def test_reading_an_address_never_fails_but_with_a_sentence(text):
    with suppress(ValidationError):
        address = read_address(text)
        assert read_address(address.base_url(encrypted=True)).host == address.host


@given(st.text())
def test_reading_a_fingerprint_or_a_path_never_fails_but_with_a_sentence(text):
    for read in (read_fingerprint, read_api_path):
        with suppress(ValidationError):
            read(text)


def test_a_pasted_api_path_is_taken_over():
    form = form_with(address="https://192.168.5.150:8088/api/v1.1.0/")
    assert form.is_valid()
    assert form.connection_settings()["api_path"] == "api/v1.1.0"


def test_two_different_api_paths_are_refused():
    form = form_with(address="192.168.5.150:8088/api/v1.1.0", api_path="api/v9")
    assert "api/v1.1.0" in form.errors["address"][0]


def test_plain_trust_makes_the_address_http():
    form = form_with(address="192.168.5.150:8088", trust="plain")
    assert form.is_valid()
    assert form.base_url == "http://192.168.5.150:8088"


def test_https_with_plain_trust_is_refused():
    assert (
        "begins with https://" in form_with(address="https://pbx", trust="plain").errors["trust"][0]
    )


def test_http_with_a_certificate_is_refused():
    assert "not encrypted" in form_with(address="http://pbx").errors["address"][0]


@pytest.mark.parametrize(
    "typed",
    [
        PIN,
        PIN.upper(),
        ":".join(PIN[n : n + 2] for n in range(0, 64, 2)),
        f" SHA256: {PIN[:32]} {PIN[32:]}\n",
    ],
)
def test_a_fingerprint_is_kept_as_64_digits_however_it_was_written(typed):
    form = form_with(trust="pinned", pinned_fingerprint=typed)
    assert form.is_valid()
    assert form.connection_settings()["pinned_fingerprint"] == PIN


@pytest.mark.parametrize(
    ("typed", "says"),
    [("ab" * 20, "has 64 digits"), ("xyz", "only the digits"), ("", "Test connection")],
)
def test_a_fingerprint_that_cannot_be_is_refused(typed, says):
    form = form_with(trust="pinned", pinned_fingerprint=typed)
    assert says in form.errors["pinned_fingerprint"][0]


def test_a_test_needs_neither_name_nor_fingerprint():
    assert form_with(for_test=True, name="", trust="pinned").is_valid()


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("name", ""),
        ("name", "x" * 101),
        ("username", ""),
        ("username", "x" * 151),
        ("password", ""),
        ("trust", "blind"),
        ("api_path", ""),
        ("api_path", "api/../v2?x=1"),
        ("connect_timeout", "0"),
        ("connect_timeout", "soon"),
        ("deadline", "2.5"),
        ("deadline", "100000"),
        ("site", "x" * 101),
        ("notes", "x" * 5001),
    ],
)
def test_every_wrong_value_has_a_sentence_and_stays(field, typed):
    form = form_with(**{field: typed})
    assert str(form.errors[field][0]).endswith(".")
    if field not in {"trust", "password"}:
        assert form[field].value() == typed


def test_a_name_that_another_pbx_has_is_refused():
    make_pbx("Headquarters")
    assert "Another PBX has this name" in form_with().errors["name"][0]


def test_a_pbx_may_keep_its_name():
    pbx = make_pbx("Headquarters")
    assert form_with(pbx).is_valid()


def test_an_edit_without_password_keeps_the_saved_one():
    pbx = make_pbx()
    assert form_with(pbx, password="").is_valid()


@pytest.mark.parametrize(
    "change",
    [
        {"address": "192.168.5.151:8088"},
        {"address": "192.168.5.150:8089"},
        {"trust": "plain"},
        {"trust": "pinned", "pinned_fingerprint": PIN},
    ],
)
def test_a_changed_target_asks_for_the_password_again(change):
    form = form_with(make_pbx(), password="", **change)
    assert "Address or trust was changed" in form.errors["password"][0]


def test_a_held_password_stands_in_for_a_typed_one():
    assert form_with(password="", held=held_for("192.168.5.150:8088")).is_valid()


def test_a_password_held_for_another_machine_is_refused():
    form = form_with(password="", held=held_for("192.168.5.151:8088"))
    assert "no longer kept" in form.errors["password"][0]


def test_a_password_typed_beside_an_unreadable_address_is_good_for_the_corrected_one():
    assert form_with(password="", held=held_for("")).is_valid()


def test_a_refused_held_password_is_never_replaced_by_the_saved_one():
    form = form_with(make_pbx(), password="", held_refused=True)
    assert "Type it again" in form.errors["password"][0]


def test_a_held_password_outlives_other_errors():
    form = form_with(
        password="",
        name="",
        held=held_for("192.168.5.150:8088", timezone.now() + timedelta(minutes=5)),
    )
    assert list(form.errors) == ["name"]


@pytest.mark.parametrize(("typed", "kept"), [("", None), ("15", 15), ("1440", 1440)])
def test_interval_is_kept_in_minutes_and_off_is_none(typed, kept):
    form = form_with(fetch_every=typed)
    assert form.is_valid(), form.errors
    assert form.pbx_settings()["fetch_every"] == kept


@pytest.mark.parametrize("typed", ["7", "-15", "often", "1e3"])
def test_interval_that_is_not_on_offer_is_refused(typed):
    assert form_with(fetch_every=typed).errors["fetch_every"] == [
        "Choose one of the intervals on offer."
    ]


def test_interval_set_in_another_way_stays_on_offer():
    form = form_with(make_pbx(fetch_every=45), fetch_every="45")
    assert form.is_valid(), form.errors
    assert form.pbx_settings()["fetch_every"] == 45
    assert "every 45 min" in str(form["fetch_every"])


@pytest.mark.parametrize(("ticked", "kept"), [({"reads_extensions": "on"}, True), ({}, False)])
def test_extensions_are_read_when_that_is_ticked(ticked, kept):
    form = form_with(**ticked)
    assert form.is_valid(), form.errors
    assert form.pbx_settings()["reads_extensions"] is kept
