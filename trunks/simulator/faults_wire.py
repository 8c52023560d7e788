"""Ways to misbehave that only the bare connection shows: slow, silent, endless, cut off."""

from __future__ import annotations

import gzip
import os
import socket
import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Literal

from .exchange import Exchange
from .replies import HttpReply, Reply

FOREVER = 3600.0
"""Seconds that no client waits; a wait ends at once when the PBX is stopped."""

_CHUNK = b" " * 65_536
_HEAD_END = b"\r\n\r\n"
# SO_LINGER with no time: closing throws away what is unsent and resets the connection.
_RESET = struct.pack("ii", 1, 0)


@dataclass(frozen=True, slots=True)
class PiecewiseReply:
    """Pieces, each after a pause of some seconds; `wait` is the one of the exchange."""

    pieces: tuple[bytes, ...]
    pause: float
    wait: Callable[[float], None]

    def wire(self) -> Iterator[bytes]:
        """Give the pieces; the pause comes after each, and keeps the connection open."""
        if not self.pieces:
            self.wait(self.pause)
        for piece in self.pieces:
            yield piece
            self.wait(self.pause)


@dataclass(frozen=True, slots=True)
class Stall:
    """The honest answer up to some point, then nothing more on an open connection."""

    after: Literal["nothing", "head", "half"] = "nothing"

    def reply(self, exchange: Exchange) -> Reply:
        """Send what comes before the silence, and fall silent."""
        head, body = _parts(exchange.honest())
        said = {"nothing": b"", "head": head, "half": head + body[: len(body) // 2]}[self.after]
        return PiecewiseReply((said,) if said else (), FOREVER, exchange.wait)


@dataclass(frozen=True, slots=True)
class Drip:
    """The honest answer byte by byte, from its first letter or from that of its body."""

    seconds: float = 1.0
    body_only: bool = False

    def reply(self, exchange: Exchange) -> Reply:
        """Send a byte, pause, send the next."""
        head, body = _parts(exchange.honest())
        whole = (head, *_bytes_of(body)) if self.body_only else _bytes_of(head + body)
        return PiecewiseReply(tuple(whole), self.seconds, exchange.wait)


@dataclass(frozen=True, slots=True)
class WrongLength:
    """The honest answer under a Content-Length that is too long or, if negative, too short."""

    off_by: int

    def reply(self, exchange: Exchange) -> Reply:
        """Promise more or less than comes."""
        honest = exchange.honest()
        return _with_header(honest, "Content-Length", str(len(honest.body) + self.off_by))


@dataclass(frozen=True, slots=True)
class ResetMidBody:
    """Half of the honest answer, then a reset, as a crash or a firewall makes it."""

    def reply(self, exchange: Exchange) -> Reply:
        """Send half of the body, and no goodbye."""
        head, body = _parts(exchange.honest())
        return _Reset(head + body[: len(body) // 2], exchange.connection, exchange.wait)


@dataclass(frozen=True, slots=True)
class _Reset:
    data: bytes
    connection: socket.socket
    wait: Callable[[float], None]

    def wire(self) -> Iterator[bytes]:
        yield self.data
        self.wait(0.05)  # A reset overtakes what the other end has not read yet.
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
        os.close(self.connection.detach())


@dataclass(frozen=True, slots=True)
class EndlessBody:
    """The honest answer, then blanks without end."""

    def reply(self, exchange: Exchange) -> Reply:
        """Begin what never ends."""
        return _Endless(b"".join(exchange.honest().wire()))


@dataclass(frozen=True, slots=True)
class _Endless:
    start: bytes

    def wire(self) -> Iterator[bytes]:
        yield self.start
        while True:  # Until the client, or the PBX when it is stopped, closes the connection.
            yield _CHUNK


@dataclass(frozen=True, slots=True)
class CompressedBomb:
    """The honest answer padded with blanks and compressed, though nobody asked for that."""

    inflates_to: int = 50_000_000

    def reply(self, exchange: Exchange) -> Reply:
        """Give a small body that would fill the memory."""
        honest = exchange.honest()
        packed = gzip.compress(honest.body.ljust(self.inflates_to), compresslevel=1)
        return _with_header(replace(honest, body=packed), "Content-Encoding", "gzip")


def _parts(reply: HttpReply) -> tuple[bytes, bytes]:
    head, end, body = b"".join(reply.wire()).partition(_HEAD_END)
    return head + end, body


def _bytes_of(data: bytes) -> list[bytes]:
    return [data[at : at + 1] for at in range(len(data))]


def _with_header(reply: HttpReply, name: str, value: str) -> HttpReply:
    return replace(reply, extra_headers=(*reply.extra_headers, (name, value)))
