"""The requests adapter of one PBX: its trust, its checked connections, its token out of sight."""

from __future__ import annotations

import http.client
import socket
import ssl
from collections.abc import Mapping
from typing import TYPE_CHECKING, TypeVar

import requests
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from .certificates import unverified_context
from .connection import Connection, Trust
from .deadline import Deadline, Watchdog
from .dialing import Dialer

if TYPE_CHECKING:
    from urllib3._base_connection import BaseHTTPConnection, BaseHTTPSConnection

C = TypeVar("C", bound="BaseHTTPConnection")


class Line:
    """What the connections of one adapter share during a call: how to dial, which query to send."""

    def __init__(self, dialer: Dialer) -> None:
        self._dialer = dialer
        self._call: tuple[Deadline, Watchdog] | None = None
        self.query = ""

    def begin(self, deadline: Deadline, watchdog: Watchdog) -> None:
        """Allow connections for the time of one call."""
        self._call = (deadline, watchdog)

    def end(self) -> None:
        """Allow no connection and forget the token."""
        self._call = None
        self.query = ""

    def dial(self, host: str, port: int) -> socket.socket:
        """Connect as the dialer does; raises as it does."""
        if self._call is None:
            raise ConnectionError
        return self._dialer.dial(host, port, *self._call)


class PbxAdapter(HTTPAdapter):
    """Decides trust by the connection's settings alone: a `verify` from outside changes nothing."""

    def __init__(self, connection: Connection, line: Line) -> None:
        self._line = line
        self._pin = connection.checked_pin()
        self._context = _tls_context(connection.trust)
        super().__init__(max_retries=0)

    def init_poolmanager(
        self, connections: int, maxsize: int, block: bool = False, **pool_kwargs: object
    ) -> None:
        """Set the trust for every connection to come."""
        pool_kwargs["ssl_context"] = self._context
        if self._pin:
            pool_kwargs |= {"assert_fingerprint": self._pin, "assert_hostname": False}
        super().init_poolmanager(connections, maxsize, block, **pool_kwargs)
        self.poolmanager.pool_classes_by_scheme = {"http": _PlainPool, "https": _TlsPool}

    def get_connection_with_tls_context(
        self,
        request: requests.PreparedRequest,
        verify: object,
        proxies: Mapping[str, str] | None = None,
        cert: object = None,
    ) -> HTTPConnectionPool:
        """Return the pool of this PBX, tied to our line."""
        pool = super().get_connection_with_tls_context(request, verify=not self._pin)
        if not isinstance(pool, _PlainPool | _TlsPool):
            raise TypeError("requests made a pool other than ours, which would check no address")
        pool.line = self._line
        return pool

    def cert_verify(self, conn: object, url: object, verify: object, cert: object) -> None:
        """Leave trust as it is: requests would add its own authorities to those of the system."""

    def request_url(self, request: requests.PreparedRequest, proxies: object) -> str:
        """Return the path alone; the connection adds the query with the token as it sends it."""
        path, mark, query = super().request_url(request, None).partition("?")
        self._line.query = mark + query
        return path


class _QuietResponse(http.client.HTTPResponse):
    """Forgets what could not be read as headers.

    urllib3 logs it as a warning, and behind a missing blank line it is the answer with its
    passwords.
    """

    def begin(self) -> None:
        super().begin()
        self.msg.defects.clear()
        self.msg.set_payload("")


class _PlainConnection(HTTPConnection):
    """Dials through our checks, and adds the token where no log and no exception sees it."""

    line: Line
    response_class = _QuietResponse

    def _new_conn(self) -> socket.socket:
        return self.line.dial(self._dns_host, self.port)

    def putrequest(
        self, method: str, url: str, skip_host: bool = False, skip_accept_encoding: bool = False
    ) -> None:
        super().putrequest(method, url + self.line.query, skip_host, skip_accept_encoding)


class _TlsConnection(_PlainConnection, HTTPSConnection):
    """The same over TLS."""


class _PlainPool(HTTPConnectionPool):
    ConnectionCls = _PlainConnection
    line: Line

    def _new_conn(self) -> BaseHTTPConnection:
        return _tied(super()._new_conn(), self.line)


class _TlsPool(HTTPSConnectionPool):
    ConnectionCls = _TlsConnection
    line: Line

    def _new_conn(self) -> BaseHTTPSConnection:
        return _tied(super()._new_conn(), self.line)


def _tied(connection: C, line: Line) -> C:
    if isinstance(connection, _PlainConnection):
        connection.line = line
    return connection


def _tls_context(trust: Trust) -> ssl.SSLContext | None:
    if trust is Trust.PLAIN:
        return None
    if trust is Trust.PINNED:
        return unverified_context()
    context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context
