"""The gate of the simulated API: from a path, a token and a body to one JSON answer."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass

from .answers import (
    Answer,
    device_info,
    extension_groups,
    extension_list,
    requested_ids,
    trunk_details,
    trunk_list,
)
from .behaviour import Behaviour
from .refusals import (
    JSON_ONLY,
    PARAMETER_EMPTY,
    POST_ONLY,
    REQUEST_EMPTY,
    UNSUPPORTED_REQUEST,
    XML_NOT_SUPPORTED,
    RefusedError,
)
from .sessions import Clock, Sessions
from .worlds import World

API_PREFIX = "/api/v2.0.0/"

Parameters = dict[str, object]


@dataclass(frozen=True, slots=True)
class ApiCall:
    """One call as it came in: the endpoint is None where the path names no v2.0.0 endpoint."""

    method: str
    endpoint: str | None
    token: str
    raw_body: bytes
    caller: str


class Api:
    """Answers calls one at a time, as the PBX's single-process web server does.

    Assumed: method, endpoint, token, body and parameters are checked in this order.
    """

    def __init__(
        self, world: World, sessions: Sessions, clock: Clock, behaviour: Behaviour
    ) -> None:
        self.world = world
        self._sessions = sessions
        self._clock = clock
        self._started = clock()
        self._behaviour = behaviour
        self._one_at_a_time = threading.Lock()
        self._endpoints: dict[str, Callable[[str, Parameters], Answer]] = {
            "heartbeat": self._heartbeat,
            "logout": self._logout,
            "trunk/query_siptrunk": self._trunk_details,
            "trunk/list": lambda _token, _parameters: trunk_list(self.world),
            "extension/list": lambda _token, _parameters: extension_list(self.world),
            "extensiongroup/query": self._extension_groups,
            "deviceinfo/query": self._device_info,
        }

    def answer(self, call: ApiCall) -> Answer:
        """Answer a call: `Success` with its data, or `Failed` with an errno."""
        try:
            with self._one_at_a_time:
                return {"status": "Success", **self._data(call)}
        except RefusedError as refused:
            return failure(refused.errno)

    def _data(self, call: ApiCall) -> Answer:
        if call.method != "POST":
            raise RefusedError(POST_ONLY)
        if call.endpoint == "login":
            return self._login(call.caller, read_parameters(call.raw_body))
        endpoint = self._endpoints.get(call.endpoint or "")
        if endpoint is None or call.endpoint in self._behaviour.not_offered:
            raise RefusedError(UNSUPPORTED_REQUEST)
        self._sessions.use(call.token)
        may_be_empty = call.endpoint in EMPTY_BODY_ENDPOINTS
        parameters = {} if may_be_empty and not call.raw_body else read_parameters(call.raw_body)
        return endpoint(call.token, parameters)

    def _login(self, caller: str, parameters: Parameters) -> Answer:
        username = _required_text(parameters, "username")
        password_md5 = _required_text(parameters, "password")
        token = self._sessions.login(caller, username, password_md5)
        return {"token": token, "transport": "TCP"}

    def _heartbeat(self, token: str, parameters: Parameters) -> Answer:
        _required_text(parameters, "ipaddr")
        self._sessions.renew(token)
        return {}

    def _logout(self, token: str, _parameters: Parameters) -> Answer:
        self._sessions.end(token)
        return {}

    def _trunk_details(self, _token: str, parameters: Parameters) -> Answer:
        ids = requested_ids(parameters.get("id"))
        return trunk_details(self.world, ids, self._behaviour.unknown_id_in_list)

    def _extension_groups(self, _token: str, parameters: Parameters) -> Answer:
        return extension_groups(self.world, requested_ids(parameters.get("id")))

    def _device_info(self, _token: str, _parameters: Parameters) -> Answer:
        return device_info(self.world, running_for=self._clock() - self._started)


EMPTY_BODY_ENDPOINTS = frozenset({"logout", "trunk/list", "extension/list", "deviceinfo/query"})
"""Endpoints without parameters: public clients send them no body at all."""


def failure(errno: str) -> Answer:
    """Make the documented failing answer; errno is a string."""
    return {"status": "Failed", "errno": errno}


def read_parameters(raw_body: bytes) -> Parameters:
    """Read the JSON object of a request.

    Raises: RefusedError with 20009 for no body, 10002 for XML, 20000 for anything else but JSON.
    """
    if not raw_body.strip():
        raise RefusedError(REQUEST_EMPTY)
    if raw_body.lstrip().startswith(b"<"):
        raise RefusedError(XML_NOT_SUPPORTED)
    try:
        parameters = json.loads(raw_body)
    except (ValueError, RecursionError):
        raise RefusedError(JSON_ONLY) from None
    if not isinstance(parameters, dict):
        raise RefusedError(JSON_ONLY)
    return parameters


def _required_text(parameters: Parameters, name: str) -> str:
    value = parameters.get(name)
    if not isinstance(value, str) or not value:
        raise RefusedError(PARAMETER_EMPTY)
    return value
