"""HTTPS with a certificate as appliances have."""

from __future__ import annotations

import hashlib
import socket
import ssl
import time
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from cryptography import x509

from trunks.simulator import WORLDS, Certificate, SimulatedPbx, make_certificate

from .asking import ask, token_of, unverified


@pytest.fixture
def secure(certificate: Certificate) -> Iterator[SimulatedPbx]:
    with SimulatedPbx(WORLDS["documented"], certificate) as running:
        yield running


def shake_hands(pbx: SimulatedPbx, context: ssl.SSLContext, name: str = "") -> ssl.SSLSocket:
    plain = socket.create_connection((pbx.host, pbx.port), timeout=5)
    try:
        return context.wrap_socket(plain, server_hostname=name or None)
    except OSError:
        plain.close()
        raise


def test_the_api_is_served_over_https(secure):
    assert secure.base_url.startswith("https://127.0.0.1:")
    assert ask(secure, "trunk/list", token_of(secure))["status"] == "Success"


def test_the_fingerprint_is_that_of_the_served_certificate(secure):
    with shake_hands(secure, unverified()) as connection:
        served = connection.getpeercert(binary_form=True)

    assert served is not None
    assert hashlib.sha256(served).hexdigest() == secure.certificate_sha256


def test_a_client_that_verifies_refuses_the_certificate(secure):
    with pytest.raises(ssl.SSLCertVerificationError):
        shake_hands(secure, ssl.create_default_context(), "127.0.0.1")


def test_only_tls_1_2_is_spoken(secure):
    newer_only = unverified()
    newer_only.minimum_version = ssl.TLSVersion.TLSv1_3

    with shake_hands(secure, unverified()) as connection:
        assert connection.version() == "TLSv1.2"
    with pytest.raises(ssl.SSLError):
        shake_hands(secure, newer_only)


def test_an_answer_ends_with_a_proper_goodbye(secure):
    context = unverified()
    with socket.create_connection((secure.host, secure.port), timeout=5) as plain:
        client = context.wrap_socket(plain, suppress_ragged_eofs=False)
        client.sendall(b"GET / HTTP/1.1\r\n\r\n")
        received = b"".join(iter(lambda: client.recv(65_536), b""))
        client.close()

    assert received.endswith(b"</html>\n")


def test_a_client_that_never_shakes_hands_holds_up_nobody(secure):
    with socket.create_connection((secure.host, secure.port)):
        assert ask(secure, "trunk/list") == {"status": "Failed", "errno": "20005"}
        started = time.monotonic()
        secure.stop()
        assert time.monotonic() - started < 1


def test_plain_http_on_the_https_port_gets_nothing_readable(secure):
    with socket.create_connection((secure.host, secure.port), timeout=5) as client:
        client.sendall(b"GET / HTTP/1.1\r\n\r\n")
        assert b"HTTP" not in client.recv(1_000)


def test_a_certificate_has_the_window_and_the_names_asked_for():
    starts, ends = datetime(2020, 1, 1, tzinfo=UTC), datetime(2021, 1, 1, tzinfo=UTC)
    made = make_certificate(
        "PBX Leeds", not_before=starts, not_after=ends, names=["pbx.example", "192.0.2.9"]
    )
    parsed = x509.load_pem_x509_certificate(made.certificate_pem)
    names = parsed.extensions.get_extension_for_class(x509.SubjectAlternativeName).value

    assert parsed.subject.rfc4514_string() == "CN=PBX Leeds"
    assert (parsed.not_valid_before_utc, parsed.not_valid_after_utc) == (starts, ends)
    assert names.get_values_for_type(x509.DNSName) == ["pbx.example"]


def test_a_certificate_for_its_address_can_be_verified():
    fitting = make_certificate(names=["127.0.0.1"])
    trusting = ssl.create_default_context(cadata=fitting.certificate_pem.decode())
    with (
        SimulatedPbx(WORLDS["documented"], fitting) as pbx,
        shake_hands(pbx, trusting, "127.0.0.1") as connection,
    ):
        assert connection.version() == "TLSv1.2"


def test_a_certificate_can_be_written_to_files(certificate, tmp_path):
    certificate_path, key_path = certificate.write_to(tmp_path)

    assert certificate_path.read_bytes() == certificate.certificate_pem
    assert key_path.stat().st_mode & 0o077 == 0
