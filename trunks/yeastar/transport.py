"""One POST to one PBX: which machine, under which trust, for how long, and how much of an answer.

Requests go straight to an adapter. A Session would add cookies and the environment's proxies and
passwords, and reads a redirect's whole body, compressed and without end, even when told not to
follow it.
"""

from __future__ import annotations

import http.client
import json
from collections.abc import Mapping
from urllib.parse import urlsplit

import requests

from .adapter import Line, PbxAdapter
from .certificates import read_peer
from .connection import Connection, TargetPolicy
from .deadline import Deadline, Watchdog
from .dialing import Dialer
from .errors import BadPayload, PbxError, Reason, Unreachable, Untrusted
from .network_errors import LOWER_ERRORS, translate

LARGEST_BODY = 8 * 1024 * 1024
_CHUNK = 64 * 1024
_HEADERS = {
    "Accept": "application/json",
    "Accept-Encoding": "identity",
    "Connection": "close",
    "Content-Type": "application/json; charset=utf-8",
    "User-Agent": "pbxdash",
}
# Failures that no deadline can bring about: nothing was connected yet that could have been shut.
_NOT_CONNECTED = {
    Reason.NAME_NOT_RESOLVED,
    Reason.REFUSED,
    Reason.NO_ROUTE,
    Reason.CONNECT_TIMEOUT,
    Reason.TARGET_FORBIDDEN,
}
_DEFAULT_PORTS = {"http": 80, "https": 443}


class Transport:
    """Carries calls to one PBX and turns every failure below into a `PbxError`.

    Raises:
        ValueError: the connection's settings contradict each other; above all, verification off
            without a pin.
    """

    def __init__(self, connection: Connection, targets: TargetPolicy) -> None:
        self._scheme, self._host, self._port = connection.checked_address()
        self._pinned = bool(connection.checked_pin())
        self._connection = connection
        self._dialer = Dialer(targets, connection.connect_timeout)
        self._line = Line(self._dialer)
        self._adapter = PbxAdapter(connection, self._line)
        # Whether the head of an answer came: one that stalls is another trouble than silence.
        self._has_begun = False

    def close(self) -> None:
        """Let go of every connection."""
        self._adapter.close()

    def post(
        self, endpoint: str, payload: Mapping[str, str] | None, token: str, deadline: Deadline
    ) -> bytes:
        """Send one call and return the body of its answer.

        Raises:
            PbxError: any kind but `LoginRefused` and `ApiRefused`, which are in the body.
        """
        self._has_begun = False
        answer = self._attempt(endpoint, payload, token, deadline)
        # First of all: a shut socket looks like the clean end of an answer.
        reason = answer.reason if isinstance(answer, PbxError) else None
        is_late = deadline.passed and reason not in _NOT_CONNECTED
        if is_late or reason is Reason.TIMEOUT:
            raise Unreachable(Reason.TIMEOUT, "unfinished" if self._has_begun else "")
        if not isinstance(answer, PbxError):
            return answer
        if isinstance(answer, Untrusted):
            raise self._with_certificate(answer, deadline)
        if answer.reason is Reason.CLOSED and not token and self._speaks_tls(deadline):
            raise BadPayload(Reason.TLS_EXPECTED)
        raise answer

    def _attempt(
        self, endpoint: str, payload: Mapping[str, str] | None, token: str, deadline: Deadline
    ) -> bytes | PbxError:
        try:
            with Watchdog(deadline) as watchdog:
                self._line.begin(deadline, watchdog)
                return self._exchange(self._request(endpoint, payload, token), deadline)
        except PbxError as error:
            return error
        except LOWER_ERRORS as error:
            return translate(error, pinned=self._pinned)
        finally:
            self._line.end()
            # A connection kept for the next call would be one that its watchdog does not know.
            self._adapter.close()

    def _request(
        self, endpoint: str, payload: Mapping[str, str] | None, token: str
    ) -> requests.PreparedRequest:
        return requests.Request(
            "POST",
            self._connection.url(endpoint),
            headers=_HEADERS,
            params={"token": token} if token else None,
            data=None if payload is None else json.dumps(payload, ensure_ascii=False).encode(),
        ).prepare()

    def _exchange(self, request: requests.PreparedRequest, deadline: Deadline) -> bytes:
        timeout = (
            deadline.clip(self._connection.connect_timeout),
            deadline.clip(self._connection.read_timeout),
        )
        response = self._adapter.send(request, stream=True, timeout=timeout)
        self._has_begun = True
        try:
            self._check_head(response)
            return _read_capped(response, deadline)
        finally:
            response.close()

    def _check_head(self, response: requests.Response) -> None:
        status = response.status_code
        if 300 <= status < 400:
            raise BadPayload(Reason.REDIRECTED, self._redirect_target(response))
        if status == http.client.NOT_FOUND:
            raise BadPayload(Reason.NOT_AN_API, str(status))
        if status != http.client.OK:
            raise BadPayload(Reason.HTTP_STATUS, str(status))
        if response.headers.get("Content-Encoding", "").strip().lower() not in {"", "identity"}:
            raise BadPayload(Reason.COMPRESSED)

    def _redirect_target(self, response: requests.Response) -> str:
        """Return scheme, host and port of a redirect; the rest of it may hold a token."""
        try:
            parts = urlsplit(response.headers.get("Location", ""))
            scheme, host, port = parts.scheme or self._scheme, parts.hostname, parts.port
        except ValueError:
            return ""
        if not host and not parts.netloc:
            host, port = self._host, self._port
        if scheme not in _DEFAULT_PORTS or not host or not _is_plain_host(host):
            return ""
        shown = f"[{host}]" if ":" in host else host
        return f"{scheme}://{shown}:{port or _DEFAULT_PORTS[scheme]}"

    def _speaks_tls(self, deadline: Deadline) -> bool:
        """Tell whether a first plain call was cut off because the port wants TLS.

        Many TLS servers hang up on plain HTTP without a word; a handshake tells for sure.
        """
        if self._scheme == "https":
            return False
        try:
            soon = deadline.at_most(self._connection.connect_timeout)
            return bool(read_peer(self._dialer, self._host, self._port, soon))
        except PbxError:
            return False

    def _with_certificate(self, failure: Untrusted, deadline: Deadline) -> Untrusted:
        try:
            seen = read_peer(self._dialer, self._host, self._port, deadline)
        except PbxError:
            return failure  # Without the certificate, but a person can still be told.
        return Untrusted(failure.reason, seen.sha256, certificate=seen)


def _is_plain_host(host: str) -> bool:
    return len(host) <= 253 and all(
        letter.isascii() and (letter.isalnum() or letter in ".-:") for letter in host
    )


def _read_capped(response: requests.Response, deadline: Deadline) -> bytes:
    body = bytearray()
    while chunk := response.raw.read(_CHUNK, decode_content=False):
        body += chunk
        if len(body) > LARGEST_BODY:
            raise BadPayload(Reason.TOO_LARGE)
        if deadline.passed:
            raise Unreachable(Reason.TIMEOUT, "total")
    return bytes(body)
