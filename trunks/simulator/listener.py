"""The listening socket: one thread a connection, one request a connection, and a quick stop."""

from __future__ import annotations

import contextlib
import socket
import ssl
import sys
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import TCPServer

from .api import ApiCall
from .replies import Reply

IDLE_SECONDS = 30.0
"""How long a silent client keeps its connection."""

LARGEST_BODY = 1_000_000
"""Bytes of a request body that are read; documented requests have a few hundred at most."""

STOP_SECONDS = 2.0
POLL_SECONDS = 0.02

Connection = socket.socket | tuple[bytes, socket.socket]
"""What socketserver calls a request; the tuple is for datagrams and never comes here."""

Answering = Callable[["IncomingRequest"], Reply]


class IncomingRequest(BaseHTTPRequestHandler):
    """Reads one request and writes one reply; there is no keep-alive (api-request-structure)."""

    server: Listener
    timeout = IDLE_SECONDS

    def answer(self) -> None:
        """Answer whatever the method is: the API itself says that it wants POST."""
        self.close_connection = True
        for chunk in self.server.answering(self).wire():
            self.wfile.write(chunk)

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = answer  # noqa: N815

    def body(self) -> bytes:
        """Read the request body; without a usable Content-Length there is none."""
        length = self.headers.get("Content-Length", "")
        if not (length.isascii() and length.isdigit()):
            return b""
        return self.rfile.read(min(int(length), LARGEST_BODY))

    def call(self, api_prefix: str) -> ApiCall:
        """Take the request apart as an API call."""
        path, _, query = self.path.partition("?")
        token = next(
            (pair[len("token=") :] for pair in query.split("&") if pair.startswith("token=")), ""
        )
        return ApiCall(
            method=self.command,
            endpoint=path.removeprefix(api_prefix) if path.startswith(api_prefix) else None,
            token=token,
            raw_body=self.body(),
            caller=self.client_address[0],
        )

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the inherited name
        """Log nothing: request lines carry tokens."""


class Listener(ThreadingHTTPServer):
    """Accepts connections until it is closed, and then cuts those still open."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(
        self, address: tuple[str, int], tls: ssl.SSLContext | None, answering: Answering
    ) -> None:
        self.answering = answering
        self._tls = tls
        self._open: set[socket.socket] = set()
        self._changed = threading.Condition()
        super().__init__(address, IncomingRequest)
        self._thread = threading.Thread(
            target=self.serve_forever, args=(POLL_SECONDS,), name="simulated-pbx", daemon=True
        )
        self._thread.start()

    def server_bind(self) -> None:
        """Bind without the name look-up that the HTTP server adds, which can take seconds."""
        TCPServer.server_bind(self)
        self.server_name, self.server_port = self.socket.getsockname()[:2]

    def close(self) -> None:
        """Stop accepting, cut every open connection and wait a moment for their threads."""
        self.shutdown()
        self._thread.join()
        self.server_close()
        with self._changed:
            for connection in self._open:
                with contextlib.suppress(OSError):
                    # Past SSLSocket.shutdown, which would pull TLS from under a reading thread.
                    socket.socket.shutdown(connection, socket.SHUT_RDWR)
            self._changed.wait_for(lambda: not self._open, timeout=STOP_SECONDS)

    def get_request(self) -> tuple[socket.socket, object]:
        """Accept a connection; its own thread shakes hands, so a slow client delays nobody."""
        connection, address = super().get_request()
        if self._tls is not None:
            connection = self._tls.wrap_socket(
                connection, server_side=True, do_handshake_on_connect=False
            )
        with self._changed:
            self._open.add(connection)
        return connection, address

    def shutdown_request(self, request: Connection) -> None:
        """Say goodbye in TLS as well, so that an answer's end can be told from a cut."""
        if isinstance(request, ssl.SSLSocket):  # its close_notify, without waiting for theirs
            with contextlib.suppress(OSError, ValueError):
                request.settimeout(0)
                request.unwrap()
        super().shutdown_request(request)
        with self._changed:
            self._open -= {request}
            self._changed.notify_all()

    def handle_error(self, request: Connection, client_address: object) -> None:
        """Pass over clients that went away; anything else is a bug of the simulator."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)
