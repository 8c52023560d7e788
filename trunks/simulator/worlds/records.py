"""What a simulated PBX knows: its device, extensions, groups and trunks."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from typing import Literal

TrunkKind = Literal["register", "peer", "account"]

DOCUMENTED_FIELDS: dict[TrunkKind, tuple[str, ...]] = {
    "register": ("host", "port", "domain", "username", "authname", "fromuser", "password"),
    "peer": ("host", "port", "domain"),
    "account": ("username", "authname", "password"),
}
"""The fields that each kind of trunk has besides id, name, kind and DODs (siptrunk-query)."""


@dataclass(frozen=True, slots=True)
class SimulatedTrunk:
    """One SIP trunk, its DOD strings kept exactly as the PBX would send them."""

    id: str
    name: str
    kind: TrunkKind
    host: str = ""
    port: str = "5060"
    domain: str = ""
    username: str = ""
    authname: str = ""
    fromuser: str = ""
    password: str = field(default="", repr=False)
    extensionsdod: str = ""
    extensionsgroupdod: str = ""
    status: str = "registered"

    @property
    def has_password(self) -> bool:
        """Whether the API answers a SIP password for this kind of trunk."""
        return "password" in DOCUMENTED_FIELDS[self.kind]


@dataclass(frozen=True, slots=True)
class OtherTrunk:
    """A trunk that is not SIP: `trunk/list` names it, `trunk/query_siptrunk` never does."""

    id: str
    name: str
    type: Literal["IAX", "FXO", "GSM", "BRI", "E1"]
    status: str
    port: str = ""


@dataclass(frozen=True, slots=True)
class Extension:
    """One extension as `extension/list` shows it; `agentid` and `port` may be absent."""

    number: str
    username: str
    type: Literal["SIP", "IAX", "FXS"] = "SIP"
    status: str = "Registered"
    port: str = ""
    agentid: str = ""


@dataclass(frozen=True, slots=True)
class ExtensionGroup:
    """One extension group with the numbers of its members."""

    id: str
    name: str
    members: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Device:
    """What `deviceinfo/query` says about the appliance, apart from the running clocks."""

    name: str
    serial: str
    hardware: str = "V1.00"
    firmware: str = "30.15.0.38"
    utc_offset: int = 0
    uptime_at_start: int = 0
    extensions_in_use: int = 0
    extension_limit: int = 500


@dataclass(frozen=True, slots=True)
class World:
    """Everything that one simulated PBX is set up with."""

    name: str
    device: Device
    trunks: tuple[SimulatedTrunk, ...] = ()
    other_trunks: tuple[OtherTrunk, ...] = ()
    extensions: tuple[Extension, ...] = ()
    groups: tuple[ExtensionGroup, ...] = ()


def bind(number: str, name: str, target: str) -> str:
    """Write one DOD binding as the PBX does: `{dod_number}-{dod_name}-{target}`."""
    return f"{number}-{name}-{target}"


def made_up_password(*seeds: str) -> str:
    """Make a SIP password that looks like a carrier's and is always the same for the same seeds."""
    return hashlib.blake2b("/".join(seeds).encode(), digest_size=7).hexdigest()


def with_passwords(world: World, marker: str) -> World:
    """Make every SIP password of a world the same known text, to search for in case it leaks."""
    trunks = tuple(
        replace(trunk, password=marker) if trunk.has_password else trunk for trunk in world.trunks
    )
    return replace(world, trunks=trunks)
