"""A PBX that is not there: the S-Series API over real HTTP or HTTPS."""

from __future__ import annotations

import json
import threading
import time
from functools import partial
from types import TracebackType
from typing import Self

from .api import API_PREFIX, Api, ApiCall
from .behaviour import Behaviour
from .certificates import Certificate, server_context
from .exchange import Exchange, Fault, ReceivedRequest
from .listener import IncomingRequest, Listener
from .replies import HttpReply, Reply, json_reply, login_page
from .sessions import Clock, Sessions
from .worlds import World


class SimulatedPbx:
    """One PBX, running between `start()` and `stop()` or within a `with` block.

    Every call of `/api/...` is answered with HTTP 200 and JSON (api-response-results); any other
    path shows the web login page. A version other than v2.0.0 answers 10003, which is an
    assumption. `world` and `fault` may be replaced while it runs. Stopping is like pulling the
    network cable: tokens, locks and counts are still there after the next start, on the same port.
    """

    def __init__(
        self,
        world: World,
        tls: Certificate | None = None,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        username: str = "api",
        password: str = "simulated",  # noqa: S107 - opens nothing but a simulator
        clock: Clock = time.monotonic,
        behaviour: Behaviour | None = None,
        fault: Fault | None = None,
    ) -> None:
        behaviour = behaviour or Behaviour()
        self.host = host
        self.username = username
        self.password = password
        self.fault = fault
        self.requests: list[ReceivedRequest] = []
        self._port = port
        self._tls = tls
        self._sessions = Sessions(username, password, clock, behaviour)
        self._api = Api(world, self._sessions, clock, behaviour)
        self._stopping = threading.Event()
        self._listener: Listener | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Listen, on the same port as before if there was one; nothing happens when it runs.

        Raises: OSError when the port is taken.
        """
        if self._listener is not None:
            return
        self._stopping.clear()
        tls = server_context(self._tls) if self._tls else None
        self._listener = Listener((self.host, self._port), tls, self.answer)
        self._port = self._listener.server_port

    def stop(self) -> None:
        """Stop listening and cut open connections; nothing happens when it is stopped."""
        listener, self._listener = self._listener, None
        if listener is not None:
            self._stopping.set()
            listener.close()

    @property
    def world(self) -> World:
        """What the PBX is set up with."""
        return self._api.world

    @world.setter
    def world(self, world: World) -> None:
        self._api.world = world

    @property
    def port(self) -> int:
        """The port it listens on; 0 before the first start when none was asked for."""
        return self._port

    @property
    def base_url(self) -> str:
        """Scheme, host and port, without a slash at the end."""
        return f"{'https' if self._tls else 'http'}://{self.host}:{self._port}"

    @property
    def certificate_sha256(self) -> str:
        """The fingerprint to pin, 64 lower-case hex digits; empty over plain HTTP."""
        return self._tls.sha256 if self._tls else ""

    @property
    def logins(self) -> int:
        """How many logins succeeded."""
        return self._sessions.logins

    @property
    def tokens(self) -> tuple[str, ...]:
        """Every token that it has given, for whoever looks where they end up."""
        return tuple(self._sessions.given)

    @property
    def failed_logins(self) -> int:
        """How many logins were refused with 20003."""
        return self._sessions.failed_logins

    @property
    def locked_out_logins(self) -> int:
        """How many logins were refused with 20002."""
        return self._sessions.locked_out_logins

    def forget_tokens(self) -> None:
        """Erase every token, as a restart of the appliance would (assumed)."""
        self._sessions.forget_tokens()

    def unlock(self) -> None:
        """Delete the API-IP entries of the blocked-IP list, as an administrator can."""
        self._sessions.unlock()

    def answer(self, incoming: IncomingRequest) -> Reply:
        """Answer one request; a listener that many PBXs share may call it too."""
        call = incoming.call(API_PREFIX)
        path = incoming.path.partition("?")[0]
        exchange = Exchange(
            request=ReceivedRequest(call.method, call.endpoint or path, _parsed(call.raw_body)),
            connection=incoming.connection,
            honest=partial(self._honest, call, path),
            wait=self._wait,
        )
        self.requests.append(exchange.request)
        fault = self.fault
        return fault.reply(exchange) if fault else exchange.honest()

    def _honest(self, call: ApiCall, path: str) -> HttpReply:
        if call.endpoint is None and not path.startswith("/api/"):
            return login_page()
        return json_reply(self._api.answer(call))

    def _wait(self, seconds: float) -> None:
        self._stopping.wait(seconds)


def _parsed(raw_body: bytes) -> object:
    try:
        return json.loads(raw_body)
    except (ValueError, RecursionError):
        return None
