"""One request and its connection, as a fault gets to see them before the answer."""

from __future__ import annotations

import socket
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from .replies import HttpReply, Reply


@dataclass(frozen=True, slots=True)
class ReceivedRequest:
    """One request as the PBX got it, its token left out.

    endpoint: such as `trunk/query_siptrunk`; outside the API the whole path, with its slash.
    body: the parsed JSON, or None when the body is empty or not JSON.
    """

    method: str
    endpoint: str
    body: object

    @property
    def needs_token(self) -> bool:
        """Whether this is an API call other than a login."""
        return self.endpoint != "login" and not self.endpoint.startswith("/")


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request on its connection, with what a fault may do about it.

    honest: works out the true answer, with its effects (a login counts, a token is extended).
    wait: sleeps for some seconds, less when the PBX is stopped meanwhile.
    """

    request: ReceivedRequest
    connection: socket.socket
    honest: Callable[[], HttpReply]
    wait: Callable[[float], None]


class Fault(Protocol):
    """Something that stands between a request and its honest answer."""

    def reply(self, exchange: Exchange) -> Reply:
        """Give what to send instead of, or made from, the honest answer."""
