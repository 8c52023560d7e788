"""Plain HTTP calls to a simulated PBX, made with the standard library and no client of ours."""

from __future__ import annotations

import http.client
import json
import ssl
from dataclasses import dataclass
from typing import Any

from trunks.simulator import SimulatedPbx, api_password

API = "/api/v2.0.0/"


@dataclass(frozen=True)
class Answered:
    """One HTTP answer."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class MovedClock:
    """A clock that stands still until a test moves it."""

    now: float = 1_000.0

    def __call__(self) -> float:
        return self.now

    def advance(self, *, minutes: float) -> None:
        self.now += 60 * minutes


def ask_path(
    pbx: SimulatedPbx,
    path: str,
    body: bytes = b"",
    method: str = "POST",
    source: str = "127.0.0.1",
) -> Answered:
    connection = http.client.HTTPConnection(
        pbx.host, pbx.port, timeout=5, source_address=(source, 0)
    )
    if pbx.certificate_sha256:
        connection = http.client.HTTPSConnection(
            pbx.host, pbx.port, timeout=5, context=unverified()
        )
    try:
        connection.request(method, path, body, {"Content-Type": "application/json; charset=utf-8"})
        response = connection.getresponse()
        return Answered(response.status, response.getheaders(), response.read())
    finally:
        connection.close()


def ask(
    pbx: SimulatedPbx, endpoint: str, token: str = "", source: str = "127.0.0.1", **body: object
) -> Any:
    sent = json.dumps(body).encode() if body else b""
    return ask_path(pbx, f"{API}{endpoint}?token={token}", sent, source=source).json


def try_login(pbx: SimulatedPbx, password: str | None = None, source: str = "127.0.0.1") -> Any:
    hashed = api_password(pbx.password if password is None else password)
    return ask(pbx, "login", source=source, username=pbx.username, password=hashed)


def token_of(pbx: SimulatedPbx) -> str:
    return str(try_login(pbx)["token"])


def failed(errno: str) -> dict[str, str]:
    return {"status": "Failed", "errno": errno}


def unverified() -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context
