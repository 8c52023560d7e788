from __future__ import annotations

from dataclasses import replace
from ipaddress import ip_network

import pytest

from trunks.yeastar import Connection, TargetPolicy, Trust, certificate_seen

from .wire import DIGEST, client_of

PRIVATE = ("10.0.0.1", "172.16.0.1", "192.168.5.150", "fd12::1", "8.8.8.8", "2001:db8::1")
REFUSED = (
    "169.254.169.254",
    "169.254.1.1",
    "fe80::1",
    "fe80::1%eth0",
    "fd00:ec2::254",
    "fd20:ce::254",
    "100.100.100.200",
    "224.0.0.1",
    "ff02::1",
    "0.0.0.0",
    "0.1.2.3",
    "::",
    "255.255.255.255",
    "240.0.0.1",
    "::ffff:169.254.169.254",
    "64:ff9b::a9fe:a9fe",
    "64:ff9b:1::a9fe:a9fe",
    "2002:a9fe:a9fe::1",
    "2001:0:4136:e378:8000:63bf:5601:5601",
    "::169.254.169.254",
)
LOOPBACK = ("127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::")


@pytest.mark.parametrize("address", PRIVATE)
def test_private_and_public_addresses_are_allowed(address):
    assert TargetPolicy().allows(address)


@pytest.mark.parametrize("address", REFUSED)
def test_some_addresses_are_never_allowed_however_they_are_written(address):
    everywhere = (ip_network("0.0.0.0/0"), ip_network("::/0"))
    assert not TargetPolicy(allow_loopback=True, networks=everywhere).allows(address)


@pytest.mark.parametrize("address", LOOPBACK)
def test_loopback_is_allowed_only_on_request(address):
    assert not TargetPolicy().allows(address)
    assert TargetPolicy(allow_loopback=True).allows(address)


def test_with_networks_only_their_addresses_are_allowed():
    policy = TargetPolicy(networks=(ip_network("192.168.0.0/16"), ip_network("fd12::/16")))
    allowed = [text for text in (*PRIVATE, "::ffff:192.168.5.150") if policy.allows(text)]
    assert allowed == ["192.168.5.150", "fd12::1", "::ffff:192.168.5.150"]


@pytest.mark.parametrize(
    "base_url",
    [
        "",
        "192.168.5.150",
        "ftp://192.168.5.150",
        "https://",
        "https://user:secret@192.168.5.150",
        "https://192.168.5.150?x=1",
        "https://192.168.5.150#x",
        "https://192.168.5.150:port",
        "https://192.168.5.150:99999",
        "https://192.168.5.150:0",
        "https://[fe80",
        "https://192.168.5.150\n",
        "https://evil.test\\@192.168.5.150",
    ],
)
def test_a_base_url_that_names_no_machine_is_refused_without_repeating_it(connection, base_url):
    with pytest.raises(ValueError, match="base_url") as caught:
        client_of(replace(connection, base_url=base_url))
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    ("base_url", "trust"),
    [
        ("http://192.168.5.150", Trust.SYSTEM),
        ("http://192.168.5.150", Trust.PINNED),
        ("https://192.168.5.150", Trust.PLAIN),
    ],
)
def test_trust_and_scheme_must_agree(connection, base_url, trust):
    with pytest.raises(ValueError, match="trust"):
        client_of(replace(connection, base_url=base_url, trust=trust, pinned_sha256="a" * 64))


@pytest.mark.parametrize("pin", ["", "a" * 63, "g" * 64, "aa:bb"])
def test_verification_is_never_off_without_a_pin(connection, pin):
    with pytest.raises(ValueError, match="pinned_sha256"):
        client_of(replace(connection, trust=Trust.PINNED, pinned_sha256=pin))


def test_plain_http_has_no_certificate_to_look_at(connection):
    plain = replace(connection, base_url="http://192.168.5.150", trust=Trust.PLAIN)
    with pytest.raises(ValueError, match="certificate"):
        certificate_seen(plain)


def test_the_credential_is_not_in_the_representation(connection):
    assert DIGEST not in repr(connection)
    assert isinstance(connection, Connection)
