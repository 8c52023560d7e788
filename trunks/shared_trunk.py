"""What a shared link shows of a trunk: named here field by field, so that nothing else can get there.

Whatever a row gains later stays out until it has a line here. A pinned link keeps the same as JSON.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Self

from django.db.models import TextChoices
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from trunks.models import Share, Trunk, TrunkState
from trunks.models.dod import SharedRow

# A page that is printed; a trunk may have many more, and the page says how many.
MOST_BINDINGS = 1_000


class Gap(TextChoices):
    """Why there is no value: unknown is never shown as none."""

    NONE = "", ""
    NOT_REPORTED = "not-reported", _("not reported")
    NOT_APPLICABLE = "not-applicable", _("not applicable")
    NOT_SET = "not-set", _("not set")
    NOT_SHARED = "not-shared", _("not shown by this link")


class SharedState(TextChoices):
    """How far the details can be trusted, without what is wrong with whose PBX."""

    FRESH = "fresh", _("Up to date")
    STALE = "stale", _("Stale")
    UNREAD = "unread", _("Not up to date")
    REMOVED = "removed", _("Removed")


class SharedPassword(TextChoices):
    """All that is known of a SIP password."""

    SET = "set", _("set, not kept here")
    EMPTY = "empty", _("empty")
    NOT_REPORTED = "not-reported", _("not reported")
    NOT_APPLICABLE = "not-applicable", _("not applicable")


@dataclass(frozen=True, slots=True)
class SharedValue:
    """A reported field, or why it has no value."""

    text: str = ""
    gap: Gap = Gap.NONE


@dataclass(frozen=True, slots=True)
class SharedTrunk:
    """One trunk for somebody without an account; `seen_at` is when this was put together."""

    name: str
    pbx: str
    kind: str
    host: SharedValue
    port: SharedValue
    domain: SharedValue
    username: SharedValue
    authname: SharedValue
    fromuser: SharedValue
    password: SharedPassword
    registration: str
    registration_at: datetime | None
    state: SharedState
    observed_at: datetime
    removed_at: datetime | None
    seen_at: datetime
    reports_bindings: bool
    # 0 where they are not shared.
    binding_count: int
    bindings: tuple[SharedRow, ...]

    @property
    def leaves_out(self) -> bool:
        """Tell whether there are more bindings than are shown."""
        return self.binding_count > len(self.bindings)

    @property
    def is_current(self) -> bool:
        """Tell whether the PBX answers, so that what it last said may be coloured."""
        return self.state in {SharedState.FRESH, SharedState.STALE}

    def as_json(self) -> dict[str, Any]:
        """Return it as a pinned link keeps it."""
        moments = ("observed_at", "removed_at", "seen_at", "registration_at")
        told = asdict(self) | {name: _iso(getattr(self, name)) for name in moments}
        return told | {"bindings": [row._asdict() for row in self.bindings]}

    @classmethod
    def from_json(cls, told: dict[str, Any]) -> Self:
        """Return what a pinned link kept."""
        removed_at, registration_at = told["removed_at"], told["registration_at"]
        return cls(
            name=told["name"],
            pbx=told["pbx"],
            kind=told["kind"],
            host=_kept(told["host"]),
            port=_kept(told["port"]),
            domain=_kept(told["domain"]),
            username=_kept(told["username"]),
            authname=_kept(told["authname"]),
            fromuser=_kept(told["fromuser"]),
            password=SharedPassword(told["password"]),
            registration=told["registration"],
            registration_at=datetime.fromisoformat(registration_at) if registration_at else None,
            state=SharedState(told["state"]),
            observed_at=datetime.fromisoformat(told["observed_at"]),
            removed_at=datetime.fromisoformat(removed_at) if removed_at else None,
            seen_at=datetime.fromisoformat(told["seen_at"]),
            reports_bindings=told["reports_bindings"],
            binding_count=told["binding_count"],
            bindings=tuple(SharedRow(**row) for row in told["bindings"]),
        )


def read_shared_trunk(trunk: Trunk, *, with_bindings: bool, with_usernames: bool) -> SharedTrunk:
    """Put together what a link shows of a trunk now."""
    told = trunk.registration_told if trunk.registration else None
    rows = trunk.bindings.for_share(MOST_BINDINGS) if with_bindings else ()
    return SharedTrunk(
        name=trunk.name,
        pbx=trunk.pbx.name,
        kind=trunk.kind,
        host=_value(trunk, "host"),
        port=_value(trunk, "port"),
        domain=_value(trunk, "domain"),
        username=_value(trunk, "username", shown=with_usernames),
        authname=_value(trunk, "authname", shown=with_usernames),
        fromuser=_value(trunk, "fromuser", shown=with_usernames),
        password=_password(trunk),
        registration=trunk.registration,
        registration_at=told.observed_at if told else None,
        state=_STATES.get(trunk.state, SharedState.UNREAD),
        observed_at=trunk.observed_at,
        removed_at=trunk.removed_at,
        seen_at=timezone.now(),
        reports_bindings=trunk.reports_dods,
        binding_count=trunk.dod_count if with_bindings else 0,
        bindings=tuple(rows),
    )


def shown_by(share: Share) -> SharedTrunk:
    """Return what a link shows: the trunk as it is now, or as it was when the link was made.

    Raises:
        Trunk.DoesNotExist: it was deleted just now.
    """
    if share.snapshot is not None:
        return SharedTrunk.from_json(share.snapshot)
    trunk = Trunk.objects.for_page().get(pk=share.trunk_id)
    return read_shared_trunk(
        trunk, with_bindings=share.with_bindings, with_usernames=share.with_usernames
    )


# All others mean that the PBX is not read just now, for reasons that are its owner's.
_STATES = {
    TrunkState.FRESH: SharedState.FRESH,
    TrunkState.STALE: SharedState.STALE,
    TrunkState.REMOVED: SharedState.REMOVED,
}


def _value(trunk: Trunk, field: str, *, shown: bool = True) -> SharedValue:
    value: str | None = getattr(trunk, field)
    if not trunk.applies(field) and value is None:
        return SharedValue(gap=Gap.NOT_APPLICABLE)
    # Not even whether there is one, where it is not shown.
    if not shown:
        return SharedValue(gap=Gap.NOT_SHARED)
    if value is None:
        return SharedValue(gap=Gap.NOT_REPORTED)
    return SharedValue(value) if value else SharedValue(gap=Gap.NOT_SET)


def _kept(told: dict[str, str]) -> SharedValue:
    return SharedValue(told["text"], Gap(told["gap"]))


def _password(trunk: Trunk) -> SharedPassword:
    if trunk.password_fingerprint:
        return SharedPassword.SET
    if trunk.password_fingerprint == "":
        return SharedPassword.EMPTY
    applies = trunk.applies("password")
    return SharedPassword.NOT_REPORTED if applies else SharedPassword.NOT_APPLICABLE


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
