"""What one PBX told us, as plain frozen values.

`None` is a field that the answer did not carry; `""` is a field that was there and empty. The two
mean different things to a reader ("not applicable" and "not set"), so they are never folded into
one.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import NoReturn

from .dod import DodRecord, TargetKind, read_bindings


@dataclass(frozen=True)
class TrunkRecord:
    """One SIP trunk (help.yeastar.com, S-Series API v2, siptrunk-query).

    `kind` is `register`, `peer`, `account`, or any other word the PBX used. `password_fingerprint`
    stands for the SIP password, which is never kept: None when the answer had none, "" when it was
    empty.
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

    @cached_property
    def bindings(self) -> tuple[DodRecord, ...]:
        """Those of extensions first, then those of groups; read when first asked for.

        Most answers repeat what is known, to the letter, and their bindings need not be read again.
        """
        return self.bindings_of(TargetKind.EXTENSION) + self.bindings_of(TargetKind.GROUP)

    def bindings_of(self, kind: TargetKind) -> tuple[DodRecord, ...]:
        """Read those of one field."""
        is_group = kind is TargetKind.GROUP
        return read_bindings(self.groups_dod if is_group else self.extensions_dod, kind)


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


class SipPassword:
    """A SIP password on its way to one person; only `text` tells it, no log or trace of ours does."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def __repr__(self) -> str:
        return "SipPassword(***)"

    def __reduce__(self) -> NoReturn:
        """Refuse to be pickled, and so to be cached or queued."""
        raise TypeError("A SIP password is not to be kept.")

    @property
    def text(self) -> str:
        """The password itself."""
        return self._text
