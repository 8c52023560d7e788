from __future__ import annotations

import errno
import http.client
import socket
import ssl

import pytest
import requests
import urllib3.exceptions as below

from trunks.yeastar import BadPayload, PbxError, Reason, Unreachable, Untrusted
from trunks.yeastar.network_errors import translate

from .wire import LET_IN, LOGIN, SECRETS, TOKEN, TRUNKS, everything_about

URL = f"{TRUNKS}?token={TOKEN}"


def every_subclass(base: type[Exception]) -> set[type[Exception]]:
    return {base} | {deep for sub in base.__subclasses__() for deep in every_subclass(sub)}


def every_requests_exception():
    named = vars(requests.exceptions).values()
    kinds = {
        kind
        for kind in named
        if isinstance(kind, type) and issubclass(kind, requests.RequestException)
    }
    return sorted(kinds, key=lambda kind: kind.__name__)


def made(kind):
    """Build an exception as a library would: with the secret URL in it."""
    error = kind.__new__(kind)
    error.args = (URL,)
    return error


@pytest.mark.parametrize("kind", every_requests_exception(), ids=lambda kind: kind.__name__)
def test_every_exception_of_requests_becomes_ours_and_tells_no_secret(pbx_http, client, kind):
    pbx_http.post(LOGIN, json=LET_IN)
    pbx_http.post(TRUNKS, body=made(kind))
    with pytest.raises(PbxError) as caught:
        client.trunks()
    told = everything_about(caught.value)
    assert not [secret for secret in SECRETS if secret in told]
    assert (caught.value.__cause__, caught.value.__context__) == (None, None)


@pytest.mark.parametrize(
    "kind",
    sorted(
        every_subclass(below.HTTPError)
        | every_subclass(http.client.HTTPException)
        | every_subclass(ssl.SSLError)
        | {OSError, socket.gaierror, socket.herror, TimeoutError, ConnectionResetError, ValueError},
        key=str,
    ),
    ids=str,
)
def test_every_exception_below_requests_becomes_ours(pbx_http, client, kind):
    pbx_http.post(LOGIN, body=made(kind))
    with pytest.raises(PbxError) as caught:
        client.login()
    assert TOKEN not in everything_about(caught.value)


def wrapped(cause):
    """Wrap a cause as urllib3 and then requests do."""
    pool = object()
    return requests.ConnectionError(below.MaxRetryError(pool, URL, cause))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("cause", "kind", "reason"),
    [
        (ConnectionRefusedError(111, "no"), Unreachable, Reason.REFUSED),
        (OSError(errno.EHOSTUNREACH, "no"), Unreachable, Reason.NO_ROUTE),
        (OSError(errno.ENETUNREACH, "no"), Unreachable, Reason.NO_ROUTE),
        (socket.gaierror(-2, "no"), Unreachable, Reason.NAME_NOT_RESOLVED),
        (ConnectionResetError(104, "no"), Unreachable, Reason.CLOSED),
        (http.client.RemoteDisconnected("no"), Unreachable, Reason.CLOSED),
        (TimeoutError(), Unreachable, Reason.TIMEOUT),
        (http.client.BadStatusLine("SSH-2.0-dropbear"), BadPayload, Reason.NOT_AN_API),
        (http.client.BadStatusLine("\x15\x03\x01"), BadPayload, Reason.TLS_EXPECTED),
        (http.client.LineTooLong("header line"), BadPayload, Reason.NOT_AN_API),
        (ssl.SSLCertVerificationError(1, "no"), Untrusted, Reason.CERTIFICATE_UNTRUSTED),
        (ssl.SSLEOFError(8, "no"), Unreachable, Reason.CLOSED),
        (ssl.SSLError(1, "no"), Unreachable, Reason.TLS_FAILED),
    ],
)
def test_a_cause_is_found_below_its_wrappings(cause, kind, reason):
    error = translate(wrapped(cause), pinned=False)
    assert (type(error), error.reason) == (kind, reason)


def test_waiting_for_a_connection_is_told_from_waiting_for_an_answer():
    reasons = [
        translate(kind(), pinned=False).reason
        for kind in (requests.ConnectTimeout, requests.ReadTimeout)
    ]
    assert reasons == [Reason.CONNECT_TIMEOUT, Reason.TIMEOUT]


def test_with_a_pin_a_tls_complaint_of_urllib3_is_about_the_certificate():
    error = requests.exceptions.SSLError(below.SSLError("Fingerprints did not match"))
    assert translate(error, pinned=True).reason is Reason.CERTIFICATE_CHANGED
    assert translate(error, pinned=False).reason is Reason.TLS_FAILED
