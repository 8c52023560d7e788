"""Ways for a simulated PBX to misbehave, consulted before every answer.

A fault gets the exchange and decides: send the honest answer, change it, delay it, or send
something else. Faults wrap each other (`OnlyFor`, `FirstTimes`), so new ones stay small.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field, replace

from .api import failure
from .exchange import Exchange, Fault
from .replies import HttpReply, RawReply, Reply, json_reply, login_page


@dataclass(frozen=True, slots=True)
class AnswerHtml:
    """The web login page where JSON was expected, as on a wrong port or path."""

    def reply(self, exchange: Exchange) -> Reply:
        """Give the page."""
        return login_page()


@dataclass(frozen=True, slots=True)
class Redirect:
    """Send the client elsewhere, as port 80 does to HTTPS 8088 (ADM service)."""

    location: str
    status: int = 302

    def reply(self, exchange: Exchange) -> Reply:
        """Give the redirect, without a body."""
        return HttpReply(
            content_type="text/html",
            status=self.status,
            extra_headers=(("Location", self.location),),
        )


@dataclass(frozen=True, slots=True)
class AnswerBytes:
    """Given bytes instead of HTTP, or HTTP written by hand."""

    data: bytes

    def reply(self, exchange: Exchange) -> Reply:
        """Give the bytes."""
        return RawReply(self.data)


@dataclass(frozen=True, slots=True)
class CloseUnanswered:
    """Close the connection without a byte."""

    def reply(self, exchange: Exchange) -> Reply:
        """Give nothing."""
        return RawReply()


@dataclass(frozen=True, slots=True)
class Delay:
    """Answer honestly, but only after some seconds."""

    seconds: float

    def reply(self, exchange: Exchange) -> Reply:
        """Wait, then answer."""
        exchange.wait(self.seconds)
        return exchange.honest()


@dataclass(frozen=True, slots=True)
class RefuseWith:
    """`Failed` with a given errno."""

    errno: str

    def reply(self, exchange: Exchange) -> Reply:
        """Give the failing answer."""
        return json_reply(failure(self.errno))


@dataclass(frozen=True, slots=True)
class OversizedBody:
    """The honest answer with a body of more than so many bytes, still valid JSON."""

    more_than: int

    def reply(self, exchange: Exchange) -> Reply:
        """Pad the answer with spaces."""
        honest = exchange.honest()
        return replace(honest, body=honest.body.ljust(self.more_than + 1))


@dataclass(frozen=True, slots=True)
class OnlyFor:
    """Another fault, for one endpoint."""

    endpoint: str
    fault: Fault

    def reply(self, exchange: Exchange) -> Reply:
        """Ask the other fault when the endpoint matches."""
        if exchange.request.endpoint == self.endpoint:
            return self.fault.reply(exchange)
        return exchange.honest()


@dataclass(slots=True)
class FirstTimes:
    """Another fault, until it was asked so many times."""

    times: int
    fault: Fault
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def reply(self, exchange: Exchange) -> Reply:
        """Ask the other fault while there are times left."""
        with self._lock:
            strikes = self.times > 0
            self.times -= 1
        return self.fault.reply(exchange) if strikes else exchange.honest()


class DeadTokens:
    """Every token is dead, for some calls or for ever; logins work all the while.

    The tokens themselves stay good when the calls are over: `SimulatedPbx.forget_tokens()` is the
    one to use where only a new login may help.
    """

    def __init__(self, errno: str = "20004", times: int | None = None) -> None:
        refusal = RefuseWith(errno)
        self._fault: Fault = refusal if times is None else FirstTimes(times, refusal)

    def reply(self, exchange: Exchange) -> Reply:
        """Refuse a call that needs a token."""
        if exchange.request.needs_token:
            return self._fault.reply(exchange)
        return exchange.honest()
