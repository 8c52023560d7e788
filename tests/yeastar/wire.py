"""Addresses, secrets and sample answers that the client tests share.

The answers follow help.yeastar.com, S-Series API v2: login, siptrunk-query, deviceinfo-query.
"""

from __future__ import annotations

import json
import traceback
from collections.abc import Callable
from typing import Any

from trunks.yeastar import Connection, PbxClient, TargetPolicy

BASE = "https://192.168.5.150:8088"
LOGIN = f"{BASE}/api/v2.0.0/login"
LOGOUT = f"{BASE}/api/v2.0.0/logout"
TRUNKS = f"{BASE}/api/v2.0.0/trunk/query_siptrunk"
DEVICE = f"{BASE}/api/v2.0.0/deviceinfo/query"

# Planted: none of them may turn up in a log, an error or a record.
TOKEN = "277ac400357b509b4a587ff2157f7ad5"
DIGEST = "5f4dcc3b5aa765d61d8327deb882cf99"
SIP_PASSWORD = "planted-sip-password"
SECRETS = (TOKEN, DIGEST, SIP_PASSWORD)

LET_IN = {"status": "Success", "token": TOKEN, "transport": "TCP"}
PEER = {
    "id": "15",
    "trunkname": "test",
    "trunktype": "peer",
    "host": "192.168.6.36",
    "port": "5060",
    "domain": "192.168.6.36",
    "extensionsdod": "",
    "extensionsgroupdod": "5503301-yeastar-sales,5503302-yealink-support,",
}
REGISTER = {
    "id": "3",
    "trunkname": "ACME SIP-01",
    "trunktype": "register",
    "host": "sip.example.net",
    "port": "5060",
    "domain": "sip.example.net",
    "username": "acme01",
    "authname": "acme01",
    "fromuser": "",
    "password": SIP_PASSWORD,
    "extensionsdod": "5550101-reception-1000,5550102-ceo-1001",
    "extensionsgroupdod": "",
}

Client = Callable[..., PbxClient]


def failed(errno: str | int) -> dict[str, object]:
    return {"status": "Failed", "errno": errno}


def listing(*trunks: object) -> dict[str, object]:
    return {"status": "Success", "trunks": list(trunks)}


def as_bytes(answer: object) -> bytes:
    return json.dumps(answer).encode()


def mark(password: str) -> str:
    """Stand in for the keyed fingerprint of the product."""
    return f"mark-of-{len(password)}"


def client_of(connection: Connection, **options: Any) -> PbxClient:
    return PbxClient(
        connection, fingerprint=mark, targets=TargetPolicy(allow_loopback=True), **options
    )


def everything_about(error: BaseException) -> str:
    """Return all that an error page could print: text, arguments, chain, and locals of each frame.

    The frame of the test itself is left out, since it names the secrets.
    """
    trace = error.__traceback__
    told = traceback.TracebackException(
        type(error), error, trace.tb_next if trace else None, capture_locals=True
    )
    return "".join(told.format()) + repr(error) + repr(error.args) + repr(vars(error))
