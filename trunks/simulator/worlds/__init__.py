"""Ready-made worlds: what the demo shows and the tests read."""

from __future__ import annotations

from .callcentre import CALLCENTRE, build_callcentre
from .documented import DOCUMENTED
from .office import OFFICE
from .records import (
    Device,
    Extension,
    ExtensionGroup,
    OtherTrunk,
    SimulatedTrunk,
    TrunkKind,
    World,
    bind,
    with_passwords,
)
from .xiamen import XIAMEN

WORLDS: dict[str, World] = {world.name: world for world in (DOCUMENTED, OFFICE, CALLCENTRE, XIAMEN)}
"""Every ready-made world by its name."""

__all__ = [
    "WORLDS",
    "Device",
    "Extension",
    "ExtensionGroup",
    "OtherTrunk",
    "SimulatedTrunk",
    "TrunkKind",
    "World",
    "bind",
    "build_callcentre",
    "with_passwords",
]
