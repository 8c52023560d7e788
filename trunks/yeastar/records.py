"""What one PBX told us, as plain frozen values.

`None` is a field that the answer did not carry; `""` is a field that was there and empty. The two
mean different things to a reader ("not applicable" and "not set"), so they are never folded into
one.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum, unique


@unique
class TargetKind(StrEnum):
    """Who shows a DOD number: one extension, or everyone in an extension group."""

    EXTENSION = "extension"
    GROUP = "group"


@unique
class DodIssue(StrEnum):
    """How far the text of a DOD binding can be relied on."""

    NONE = "none"
    AMBIGUOUS = "ambiguous"
    MALFORMED = "malformed"
    ODD_TARGET = "odd-target"
    NO_TARGET = "no-target"


@dataclass(frozen=True, slots=True)
class DodRecord:
    """One piece of a DOD field: `number` is shown when `target` calls out.

    `position` counts the pieces of one field from 0; `raw` is the whole piece as the PBX wrote it,
    trimmed. A malformed piece has empty `number`, `name` and `target`.
    """

    target_kind: TargetKind
    position: int
    number: str
    name: str
    target: str
    raw: str
    issue: DodIssue


@dataclass(frozen=True, slots=True)
class TrunkRecord:
    """One SIP trunk (help.yeastar.com, S-Series API v2, siptrunk-query).

    `kind` is `register`, `peer`, `account`, or any other word the PBX used. `password_fingerprint`
    stands for the SIP password, which is never kept: None when the answer had none, "" when it was
    empty. `bindings` lists those of extensions first, then those of groups.
    """

    remote_id: str
    name: str
    kind: str
    host: str | None
    port: str | None
    domain: str | None
    username: str | None
    authname: str | None
    fromuser: str | None
    password_fingerprint: str | None
    extensions_dod: str | None
    groups_dod: str | None
    bindings: tuple[DodRecord, ...]


@dataclass(frozen=True, slots=True)
class DeviceRecord:
    """The PBX about itself (S-Series API v2, deviceinfo-query); "" for what it did not report."""

    name: str
    serial_number: str
    firmware: str
    hardware: str


@dataclass(frozen=True, slots=True)
class TrunkStateRecord:
    """How one trunk of any technology is doing (S-Series API v2, trunklist-query).

    `status` and `type` are the PBX's own words, as it wrote them; `type` is "" when it gave none.
    """

    remote_id: str
    status: str
    type: str

    @property
    def is_sip(self) -> bool:
        """Tell whether this is a SIP trunk, so that its id is one of `trunk/query_siptrunk`."""
        return self.type.casefold() in {"sip", ""}


@dataclass(frozen=True, slots=True)
class ExtensionRecord:
    """One extension (S-Series API v2, extension-list); `name` is its caller-ID name, often ""."""

    number: str
    name: str


@dataclass(frozen=True, slots=True)
class GroupRecord:
    """One extension group (Cloud PBX API v2, extensiongroup-query) with the numbers of its members."""

    remote_id: str
    name: str
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CertificateSeen:
    """A certificate that a server showed, for a person to judge.

    `sha256` is the fingerprint of its DER form, 64 lower-case hex digits; the dates are aware and
    in UTC. The names are whatever the server claims: escape them.
    """

    sha256: str
    subject: str
    issuer: str
    not_before: datetime
    not_after: datetime
