"""What goes over the wire: replies with the documented headers, and bytes as they are."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from http import HTTPStatus
from typing import Protocol

from .answers import Answer

LOGIN_PAGE = """<!DOCTYPE html>
<html>
<head><meta charset="utf-8"><title>S-Series VoIP PBX</title></head>
<body>
<form id="login" action="/" method="post">
<h1>S-Series VoIP PBX</h1>
<label>Username <input name="username" autocomplete="username"></label>
<label>Password <input name="password" type="password" autocomplete="current-password"></label>
<button>Login</button>
</form>
</body>
</html>
"""


class Reply(Protocol):
    """Anything that can be written to the client, chunk by chunk."""

    def wire(self) -> Iterator[bytes]:
        """Give the bytes to send, head included; each chunk is sent before the next is asked."""


@dataclass(frozen=True, slots=True)
class HttpReply:
    """One HTTP answer with the headers of the documented samples.

    The samples carry neither Content-Length nor Date: the body ends where the connection does.
    """

    body: bytes = b""
    content_type: str = "application/json"
    status: int = 200
    extra_headers: tuple[tuple[str, str], ...] = ()

    def wire(self) -> Iterator[bytes]:
        """Give head and body as one chunk."""
        headers = (
            ("Server", "Boa/0.94.14rc21"),
            ("Accept-Ranges", "bytes"),
            ("Connection", "close"),
            ("Content-Type", self.content_type),
            ("Access-control-allow-origin", "*"),
            ("Access-control-allow-methods", "GET, POST, OPTIONS, PUT, DELETE"),
            *self.extra_headers,
        )
        lines = [f"HTTP/1.1 {self.status} {HTTPStatus(self.status).phrase}"]
        lines += [f"{name}: {value}" for name, value in headers]
        yield "\r\n".join([*lines, "", ""]).encode("latin-1") + self.body


@dataclass(frozen=True, slots=True)
class RawReply:
    """Bytes sent as they are, then the connection closes; none at all by default."""

    data: bytes = b""

    def wire(self) -> Iterator[bytes]:
        """Give the bytes unchanged."""
        if self.data:
            yield self.data


def json_reply(answer: Answer) -> HttpReply:
    """Write an answer as the samples do: tabs, and UTF-8 without escapes (the latter assumed)."""
    return HttpReply(json.dumps(answer, ensure_ascii=False, indent="\t").encode())


def login_page() -> HttpReply:
    """Give the web interface's page, which every path outside the API shows."""
    return HttpReply(LOGIN_PAGE.encode(), content_type="text/html")
