"""Certificates and pins, over real TLS on loopback."""

from __future__ import annotations

import ssl
import time
import warnings
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from trunks.yeastar import (
    BadPayload,
    Connection,
    PbxError,
    Reason,
    TargetPolicy,
    Trust,
    Unreachable,
    Untrusted,
    certificate_seen,
)
from trunks.yeastar.certificates import read_certificate

from .socket_server import answering, http_answer
from .wire import DIGEST, LET_IN, as_bytes, client_of

LOOPBACK = TargetPolicy(allow_loopback=True)
WELCOME = answering(http_answer(as_bytes(LET_IN)))


@pytest.fixture
def pbx(serve, identity):
    return serve(WELCOME, identity.server_context())


def settings(server, trust=Trust.SYSTEM, **changes):
    plain = Connection(
        base_url=f"https://127.0.0.1:{server.port}",
        username="api",
        password_md5=DIGEST,
        trust=trust,
    )
    return replace(plain, **changes)


def failure_of(connection):
    with pytest.raises(PbxError) as caught:
        client_of(connection).login()
    return caught.value


def trusting(monkeypatch, identity):
    """Make the certificate an authority of the system, as an administrator would."""
    monkeypatch.setenv("SSL_CERT_FILE", str(identity.path))


def test_the_pinned_certificate_is_let_through(pbx, identity):
    client_of(settings(pbx, Trust.PINNED, pinned_sha256=identity.sha256.upper())).login()
    assert DIGEST.encode() in pbx.requests[0]


def test_another_certificate_than_the_pinned_one_is_sent_nothing(pbx, identity):
    error = failure_of(settings(pbx, Trust.PINNED, pinned_sha256="0" * 64))
    assert (type(error), error.reason) == (Untrusted, Reason.CERTIFICATE_CHANGED)
    assert error.detail == error.certificate.sha256 == identity.sha256
    assert pbx.requests == []


def test_a_self_signed_certificate_is_not_trusted_and_is_shown(pbx, identity):
    error = failure_of(settings(pbx))
    assert (type(error), error.reason) == (Untrusted, Reason.CERTIFICATE_UNTRUSTED)
    assert error.certificate.sha256 == identity.sha256
    assert error.certificate.subject == "CN=branch-pbx"
    assert pbx.requests == []


def test_an_authority_of_the_system_is_trusted(pbx, identity, monkeypatch):
    trusting(monkeypatch, identity)
    client_of(settings(pbx)).login()
    assert len(pbx.requests) == 1


def test_a_certificate_for_another_name_is_not_trusted(pbx, identity, monkeypatch):
    trusting(monkeypatch, identity)
    monkeypatch.setattr(
        "trunks.yeastar.dialing._look_up", lambda *_: [(2, ("127.0.0.1", pbx.port))]
    )
    error = failure_of(settings(pbx, base_url=f"https://other.test:{pbx.port}"))
    assert error.reason is Reason.CERTIFICATE_WRONG_NAME
    assert pbx.requests == []


def test_an_error_with_a_certificate_survives_pickling(pbx):
    import pickle

    error = failure_of(settings(pbx))
    again = pickle.loads(pickle.dumps(error))  # noqa: S301 - our own bytes
    assert (again.reason, again.certificate) == (error.reason, error.certificate)


def test_the_certificate_is_shown_without_a_byte_of_ours(pbx, identity):
    seen = certificate_seen(settings(pbx), targets=LOOPBACK)
    assert (seen.sha256, seen.subject, seen.issuer) == (
        identity.sha256,
        "CN=branch-pbx",
        "CN=branch-pbx",
    )
    assert seen.not_before < datetime.now(UTC) < seen.not_after
    assert pbx.requests == []


def test_the_certificate_is_shown_before_there_is_a_pin(pbx, identity):
    assert certificate_seen(settings(pbx, Trust.PINNED), targets=LOOPBACK).sha256 == identity.sha256


def test_showing_a_certificate_keeps_to_the_allowed_targets(pbx):
    with pytest.raises(BadPayload) as caught:
        certificate_seen(settings(pbx))
    assert caught.value.reason is Reason.TARGET_FORBIDDEN
    assert pbx.connections == 0


def test_a_certificate_that_cannot_be_read_is_a_failed_handshake():
    with pytest.raises(Unreachable) as caught:
        read_certificate(b"not a certificate")
    assert caught.value.reason is Reason.TLS_FAILED
    assert caught.value.__context__ is None


@pytest.mark.parametrize("trust", [Trust.SYSTEM, Trust.PINNED])
def test_https_to_a_plain_server_says_that_it_speaks_no_tls(serve, trust):
    server = serve(answering(http_answer(b"Bad request", "400 Bad Request")))
    error = failure_of(settings(server, trust, pinned_sha256="0" * 64))
    assert (type(error), error.reason) == (BadPayload, Reason.NOT_TLS)


def test_a_tls_alert_in_answer_to_plain_http_says_that_tls_is_expected(serve):
    server = serve(answering(b"\x15\x03\x01\x00\x02\x02\x46"))
    error = failure_of(settings(server, Trust.PLAIN, base_url=f"http://127.0.0.1:{server.port}"))
    assert (type(error), error.reason) == (BadPayload, Reason.TLS_EXPECTED)


def test_a_tls_server_that_hangs_up_on_plain_http_is_still_recognised(pbx):
    plain = settings(pbx, Trust.PLAIN, base_url=f"http://127.0.0.1:{pbx.port}")
    error = failure_of(plain)
    assert (type(error), error.reason) == (BadPayload, Reason.TLS_EXPECTED)


def test_tls_older_than_1_2_is_not_spoken(serve, identity):
    context = identity.server_context()
    context.set_ciphers("ALL:@SECLEVEL=0")
    with warnings.catch_warnings(action="ignore"):
        context.minimum_version = ssl.TLSVersion.TLSv1
        context.maximum_version = ssl.TLSVersion.TLSv1_1
    error = failure_of(settings(serve(WELCOME, context)))
    assert error.reason in {Reason.TLS_FAILED, Reason.CLOSED}


def test_a_handshake_that_never_ends_is_left_at_the_deadline(serve):
    def handle(peer, _request):
        peer.recv(1)

    server = serve(handle)
    began = time.monotonic()
    assert failure_of(settings(server, deadline=0.4)).reason is Reason.TIMEOUT
    with pytest.raises(Unreachable):
        certificate_seen(settings(server, deadline=0.4), targets=LOOPBACK)
    assert time.monotonic() - began < 1.5
