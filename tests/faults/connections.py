"""Faults of the network, and answers that do not come whole."""

from __future__ import annotations

import errno
import socket

from trunks.simulator.faults import (
    CloseUnanswered,
)
from trunks.simulator.faults_body import (
    cut_short,
)
from trunks.simulator.faults_wire import (
    Drip,
    ResetMidBody,
    Stall,
    WrongLength,
)
from trunks.yeastar import (
    BadPayload,
    Reason,
    Unreachable,
)

from .cases import Case, at_trunks, hurried, twice
from .scene import ADDRESS, Scene

NOWHERE = "203.0.113.9"  # an address for documentation, RFC 5737


# --- Getting through ---------------------------------------------------------------------------
def _refused(scene: Scene) -> None:
    scene.device.stop()


def _no_route(scene: Scene) -> None:
    """No address is unreachable on every machine, so the lowest call, `connect`, says that it is."""
    connect = socket.socket.connect

    def unreachable(opened: socket.socket, address: tuple[str, int]) -> None:
        if address[0] == NOWHERE:
            raise OSError(errno.EHOSTUNREACH, "No route to host")
        connect(opened, address)

    scene.monkeypatch.setattr("socket.socket.connect", unreachable, raising=False)
    scene.change(base_url=f"http://{NOWHERE}:8088")


def _no_name(scene: Scene) -> None:
    scene.hurry()  # Without any name server the look-up hangs.
    scene.change(base_url="http://pbx.invalid:8088")


def _connect_hangs(scene: Scene) -> None:
    """A full queue of connections that nobody accepts: Linux then drops what else comes in."""
    listener = socket.socket()
    scene.enter(listener)
    listener.bind((ADDRESS, 0))
    listener.listen(0)
    for _ in range(8):
        waiting = socket.socket()
        scene.enter(waiting)
        waiting.setblocking(False)
        waiting.connect_ex(listener.getsockname())
    scene.hurry()
    scene.change(base_url=f"http://{ADDRESS}:{listener.getsockname()[1]}")


SLOW = "The PBX did not answer in time."
UNFINISHED = "The PBX began to answer and did not finish in time."
CLOSED = "The PBX closed the connection before its answer was whole."
CUT_OFF = "The answer ends in the middle."

GETTING_THROUGH = [
    Case("refused", _refused, "The PBX refused the connection.", Unreachable, Reason.REFUSED),
    Case("no route", _no_route, "There is no way to the PBX.", Unreachable, Reason.NO_ROUTE),
    Case(
        "name does not resolve",
        _no_name,
        "The name of the PBX was not found.",
        Unreachable,
        Reason.NAME_NOT_RESOLVED,
    ),
    Case(
        "connect hangs",
        _connect_hangs,
        "The PBX did not take the connection in time.",
        Unreachable,
        Reason.CONNECT_TIMEOUT,
    ),
]

# --- An answer that does not come whole ----------------------------------------------------------
NOT_WHOLE = [
    *twice("accepts and says nothing", Stall(), SLOW, Unreachable, Reason.TIMEOUT, slow=True),
    *twice(
        "headers then silence", Stall("head"), UNFINISHED, Unreachable, Reason.TIMEOUT, slow=True
    ),
    Case("half a body then silence", hurried(at_trunks(Stall("half"))), UNFINISHED, Unreachable, Reason.TIMEOUT),
    *twice("one byte a second", Drip(1.0), SLOW, Unreachable, Reason.TIMEOUT, slow=True),
    Case(
        "one byte a second, of the body",
        hurried(at_trunks(Drip(1.0, body_only=True))),
        UNFINISHED,
        Unreachable,
        Reason.TIMEOUT,
    ),
    *twice("closes unanswered", CloseUnanswered(), CLOSED, Unreachable, Reason.CLOSED),
    *twice("closes mid-body", cut_short(), CUT_OFF, BadPayload, Reason.BAD_JSON),
    *twice("closes mid-body, by a reset", ResetMidBody(), CLOSED, Unreachable, Reason.CLOSED),
    *twice("Content-Length too long", WrongLength(500), CLOSED, Unreachable, Reason.CLOSED),
    *twice("Content-Length too short", WrongLength(-20), CUT_OFF, BadPayload, Reason.BAD_JSON),
]  # fmt: skip
