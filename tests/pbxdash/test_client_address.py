"""From where a request came, and what of it may be believed."""

from __future__ import annotations

import pytest
from django.test import RequestFactory

from pbxdash.client_address import client_address

PEER = "10.0.0.9"


def address(settings, proxies: int, forwarded: str | None = None, peer: str = PEER) -> str:
    settings.PBXDASH_TRUSTED_PROXIES = proxies
    headers = {} if forwarded is None else {"X-Forwarded-For": forwarded}
    return client_address(RequestFactory().get("/", headers=headers, REMOTE_ADDR=peer))


def test_without_proxies_the_header_is_not_read(settings):
    assert address(settings, 0, "203.0.113.7") == PEER


@pytest.mark.parametrize(("proxies", "seen"), [(1, "198.51.100.2"), (2, "203.0.113.7")])
def test_each_trusted_proxy_is_one_step_from_the_right(settings, proxies, seen):
    assert address(settings, proxies, "6.6.6.6, 203.0.113.7, 198.51.100.2") == seen


def test_a_header_that_is_too_short_went_around_the_proxies(settings):
    assert address(settings, 2, "6.6.6.6") == PEER


@pytest.mark.parametrize("nonsense", ["", "unknown", "<script>", "_hidden", "1.2.3.4.5"])
def test_what_is_no_address_is_not_believed(settings, nonsense):
    assert address(settings, 1, nonsense) == PEER


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("203.0.113.7:4711", "203.0.113.7"),
        ("[2001:db8::7]:4711", "2001:db8::7"),
        ("2001:DB8:0::7", "2001:db8::7"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("fe80::1%eth0", "fe80::1"),
        ("fe80::1%" + "x" * 500, "fe80::1"),
    ],
)
def test_an_address_has_one_spelling(settings, written, meant):
    assert address(settings, 1, written) == meant


def test_behind_a_unix_socket_the_address_is_not_known(settings):
    assert address(settings, 0, peer="") == ""
