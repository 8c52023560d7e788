"""A PBX simulator true to the vendor's documents: server, worlds, faults, fleet."""

from __future__ import annotations

from .behaviour import Behaviour
from .certificates import Certificate, make_certificate
from .exchange import Exchange, Fault, ReceivedRequest
from .fleet import Fleet, FleetMember
from .server import SimulatedPbx
from .sessions import api_password
from .worlds import WORLDS, SimulatedTrunk, World, with_passwords

__all__ = [
    "WORLDS",
    "Behaviour",
    "Certificate",
    "Exchange",
    "Fault",
    "Fleet",
    "FleetMember",
    "ReceivedRequest",
    "SimulatedPbx",
    "SimulatedTrunk",
    "World",
    "api_password",
    "make_certificate",
    "with_passwords",
]
