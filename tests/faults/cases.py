"""What a row of the fault table says, and how a fault is arranged."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from trunks.simulator import Fault
from trunks.yeastar import PbxError, Reason

from .scene import Scene

Arrange = Callable[[Scene], None]


@dataclass(frozen=True, slots=True)
class Case:
    """One fault. Without a reason the fetch survives it, and `why` says why that is right."""

    fault: str
    arrange: Arrange
    sees: str
    kind: type[PbxError] | None = None
    reason: Reason | None = None
    why: str = ""


def always(fault: Fault) -> Arrange:
    return lambda scene: scene.every_call(fault)


def at_trunks(fault: Fault) -> Arrange:
    return lambda scene: scene.at_the_trunks(fault)


def hurried(arrange: Arrange) -> Arrange:
    def arrange_both(scene: Scene) -> None:
        scene.hurry()
        arrange(scene)

    return arrange_both


def twice(
    name: str,
    fault: Fault,
    sees: str,
    kind: type[PbxError],
    reason: Reason,
    slow: bool = False,
) -> list[Case]:
    arranged = ((f"{name}, at the login", always(fault)), (name, at_trunks(fault)))
    return [
        Case(fault_name, hurried(arrange) if slow else arrange, sees, kind, reason)
        for fault_name, arrange in arranged
    ]
