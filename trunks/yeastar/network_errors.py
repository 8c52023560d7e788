"""Exceptions of the layers below (requests, urllib3, http.client, ssl, sockets) turned into ours.

Only types, numbers and OpenSSL's own names are read: the texts hold the URL with its token, or
parts of the answer.
"""

from __future__ import annotations

import errno
import http.client
import re
import socket
import ssl

import requests
import urllib3.exceptions as below

from .errors import BadPayload, PbxError, Reason, Unreachable, Untrusted

LOWER_ERRORS = (
    requests.RequestException,
    below.HTTPError,
    http.client.HTTPException,
    OSError,
    ValueError,
)

_NO_ROUTE = {errno.EHOSTUNREACH, errno.ENETUNREACH, errno.EHOSTDOWN, errno.ENETDOWN}
# What OpenSSL calls an answer that is no TLS record at all, in its versions 1.1 and 3.
_NOT_TLS = {"WRONG_VERSION_NUMBER", "UNKNOWN_PROTOCOL", "RECORD_LAYER_FAILURE", "HTTP_REQUEST"}
# What OpenSSL's verification ends with (X509_V_ERR_*); every other number is a chain we do not know.
_BY_VERIFY_CODE = {
    9: Reason.CERTIFICATE_NOT_YET_VALID,
    10: Reason.CERTIFICATE_EXPIRED,
    62: Reason.CERTIFICATE_WRONG_NAME,  # a host name
    64: Reason.CERTIFICATE_WRONG_NAME,  # an IP address
}
_OPENSSL_NAME = re.compile(r"[A-Z0-9_]{1,80}")
# A TLS alert, which is how a TLS server answers a request in plain HTTP.
_TLS_ALERT = "\x15\x03"

_NAME_ERRORS = (
    socket.gaierror,
    below.NameResolutionError,
    below.LocationValueError,
    requests.exceptions.InvalidURL,
    requests.exceptions.URLRequired,
    requests.exceptions.MissingSchema,
    requests.exceptions.InvalidSchema,
    UnicodeError,
)
_CLOSED_ERRORS = (
    http.client.RemoteDisconnected,
    http.client.IncompleteRead,
    below.IncompleteRead,
    ConnectionError,
    requests.exceptions.ChunkedEncodingError,
)
_BY_TYPE: tuple[tuple[tuple[type[BaseException], ...], type[PbxError], Reason], ...] = (
    (_CLOSED_ERRORS, Unreachable, Reason.CLOSED),
    ((http.client.HTTPException,), BadPayload, Reason.NOT_AN_API),
    ((requests.exceptions.TooManyRedirects,), BadPayload, Reason.REDIRECTED),
    ((requests.exceptions.InvalidJSONError,), BadPayload, Reason.BAD_JSON),
    ((requests.exceptions.ContentDecodingError, below.DecodeError), BadPayload, Reason.COMPRESSED),
    ((requests.exceptions.HTTPError,), BadPayload, Reason.HTTP_STATUS),
    (_NAME_ERRORS, Unreachable, Reason.NAME_NOT_RESOLVED),
    ((requests.ConnectionError, below.ProtocolError), Unreachable, Reason.CLOSED),
)


def translate(error: BaseException, *, pinned: bool) -> PbxError:
    """Return what a lower error means for the caller; it keeps nothing of the error itself."""
    layers = _layers(error)
    return (
        _tls_failure(layers, pinned=pinned)
        or _waiting_failure(layers)
        or _connecting_failure(layers)
        or _failure_by_type(layers)
    )


def connect_failure(error: OSError) -> PbxError:
    """Name what kept a connection from being made."""
    if isinstance(error, TimeoutError):
        return Unreachable(Reason.CONNECT_TIMEOUT)
    if isinstance(error, ConnectionRefusedError):
        return Unreachable(Reason.REFUSED)
    if error.errno in _NO_ROUTE:
        return Unreachable(Reason.NO_ROUTE)
    return Unreachable(Reason.CLOSED)


def tls_failure(error: ssl.SSLError) -> PbxError:
    """Return what a failed handshake means, by OpenSSL's name for it."""
    if isinstance(error, ssl.SSLCertVerificationError):
        code = getattr(error, "verify_code", 0)
        return Untrusted(_BY_VERIFY_CODE.get(code, Reason.CERTIFICATE_UNTRUSTED))
    if isinstance(error, ssl.SSLEOFError | ssl.SSLZeroReturnError):
        return Unreachable(Reason.CLOSED)
    # Only errors that OpenSSL itself raised carry the attribute.
    name = str(getattr(error, "reason", None) or "")
    if name in _NOT_TLS:
        return BadPayload(Reason.NOT_TLS)
    return Unreachable(Reason.TLS_FAILED, name if _OPENSSL_NAME.fullmatch(name) else "")


def _layers(error: BaseException) -> list[BaseException]:
    """Return the error and all that it wraps (requests by argument, urllib3 by attribute)."""
    layers: list[BaseException] = []
    waiting: list[object] = [error]
    while waiting:
        layer = waiting.pop(0)
        if isinstance(layer, BaseException) and not any(layer is known for known in layers):
            layers.append(layer)
            waiting += (layer.__cause__, layer.__context__, getattr(layer, "reason", None))
            waiting += layer.args
    return layers


def _tls_failure(layers: list[BaseException], *, pinned: bool) -> PbxError | None:
    for layer in layers:
        if isinstance(layer, ssl.SSLError):
            return tls_failure(layer)
    if pinned and any(isinstance(layer, below.SSLError) for layer in layers):
        # The chain is not checked then, so all that is left to fail is the fingerprint.
        return Untrusted(Reason.CERTIFICATE_CHANGED)
    if any(isinstance(layer, below.SSLError | requests.exceptions.SSLError) for layer in layers):
        return Unreachable(Reason.TLS_FAILED)
    return None


def _waiting_failure(layers: list[BaseException]) -> PbxError | None:
    connecting = (requests.ConnectTimeout, below.ConnectTimeoutError)
    if any(isinstance(layer, connecting) for layer in layers) and not any(
        isinstance(layer, below.NewConnectionError) for layer in layers
    ):
        return Unreachable(Reason.CONNECT_TIMEOUT)
    waiting = (requests.Timeout, below.ReadTimeoutError, TimeoutError)
    if any(isinstance(layer, waiting) for layer in layers):
        return Unreachable(Reason.TIMEOUT)
    return None


def _connecting_failure(layers: list[BaseException]) -> PbxError | None:
    for layer in layers:
        if isinstance(layer, ConnectionRefusedError):
            return Unreachable(Reason.REFUSED)
        if isinstance(layer, OSError) and layer.errno in _NO_ROUTE:
            return Unreachable(Reason.NO_ROUTE)
        if isinstance(layer, http.client.BadStatusLine) and str(layer).startswith(_TLS_ALERT):
            return BadPayload(Reason.TLS_EXPECTED)
    return None


def _failure_by_type(layers: list[BaseException]) -> PbxError:
    for types, kind, reason in _BY_TYPE:
        if any(isinstance(layer, types) for layer in layers):
            return kind(reason)
    return Unreachable(Reason.NO_ANSWER)
