"""A tiny server on loopback that misbehaves on purpose, and remembers what it was sent."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
from collections.abc import Callable
from typing import Self

Handler = Callable[[socket.socket, bytes], None]


def http_answer(body: bytes, status: str = "200 OK", headers: str = "") -> bytes:
    """Return a whole HTTP answer with its length."""
    head = f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n{headers}\r\n"
    return head.encode() + body


def answering(*answers: bytes) -> Handler:
    """Return a handler that gives these answers in turn, the last one for ever."""
    left = list(answers)

    def handle(peer: socket.socket, _request: bytes) -> None:
        peer.sendall(left.pop(0) if len(left) > 1 else left[0])

    return handle


class SocketServer:
    """Accepts on a port of its own until left; `requests` holds the bytes that each peer sent."""

    def __init__(self, handle: Handler, tls: ssl.SSLContext | None = None) -> None:
        self._handle = handle
        self._tls = tls
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._over = threading.Event()
        self._threads: list[threading.Thread] = []
        self.port: int = self._listener.getsockname()[1]
        self.connections = 0
        self.requests: list[bytes] = []

    def __enter__(self) -> Self:
        self._start(self._accept)
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for thread in self._threads:
            thread.join(5)

    def pause(self, seconds: float) -> bool:
        """Wait, but not past the end of the test; tell whether to go on."""
        return not self._over.wait(seconds)

    def _start(self, target: Callable[..., None], *args: object) -> None:
        thread = threading.Thread(target=target, args=args, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while not self._over.is_set():
                peer, _ = self._listener.accept()
                self.connections += 1
                self._start(self._serve, peer)

    def _serve(self, peer: socket.socket) -> None:
        peer.settimeout(5)
        with contextlib.suppress(OSError), contextlib.ExitStack() as stack:
            stack.callback(peer.close)
            if self._tls is not None:
                peer = stack.enter_context(self._tls.wrap_socket(peer, server_side=True))
            request = _read_request(peer)
            if request:
                self.requests.append(request)
            self._handle(peer, request)


def _read_request(peer: socket.socket) -> bytes:
    """Read one request; a TLS hello is answered at once, as web servers answer garbage."""
    request = b""
    while b"\r\n\r\n" not in request and request[:1] != b"\x16":
        chunk = peer.recv(65536)
        if not chunk:
            return request
        request += chunk
    head, _, body = request.partition(b"\r\n\r\n")
    length = next(
        (int(line[15:]) for line in head.split(b"\r\n") if line.lower()[:15] == b"content-length:"),
        0,
    )
    while len(body) < length:
        body += peer.recv(65536)
    return head + b"\r\n\r\n" + body
