"""Why no log-in may be tried at a PBX: since when, until when, and whose log-ins led to it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.utils import timezone

from trunks.addresses import authority_of, spellings_of
from trunks.models import LOCK_OUT, LoginAttempt, Pbx

# The PBX locks us out after five bad log-ins in ten minutes; the rest is for people who try by hand.
BAD_LOGINS_ALLOWED = 3


class LoginBlockKind(StrEnum):
    """What stands in the way, by what lifts it."""

    # The saved credentials were refused: until they are edited.
    REFUSED = "refused"
    # The same ones were refused at this place a moment ago, typed in a test or saved in another PBX.
    SAME_REFUSED = "same-refused"
    LOCKED_OUT = "locked-out"
    # Too many bad log-ins in ten minutes: we stop before the PBX locks us out.
    TOO_MANY = "too-many"


@dataclass(frozen=True, slots=True)
class LoginBlock:
    """Log-ins are stopped: why, since when, until when (None: until the credentials are edited)."""

    kind: LoginBlockKind
    since: datetime
    until: datetime | None
    # The PBXs and the people whose log-ins it were, each once; without those that were deleted since.
    pbxs: tuple[Pbx, ...] = ()
    testers: tuple[str, ...] = ()


def block_of(pbx: Pbx, *, credentials: str) -> LoginBlock | None:
    """Return what keeps us from logging in at a saved PBX; None when nothing does.

    `credentials` is their fingerprint, "" when they cannot be read.
    """
    if pbx.credentials_rejected_at is not None:
        return LoginBlock(LoginBlockKind.REFUSED, pbx.credentials_rejected_at, None)
    return block_at(authority_of(pbx.base_url), credentials=credentials, now=timezone.now())


def block_at(authority: str, *, credentials: str, now: datetime) -> LoginBlock | None:
    """Return what keeps us from logging in at a host and port with these credentials."""
    bad = list(LoginAttempt.objects.at(authority).bad(now).select_related("pbx", "tested_by"))
    blocks = [
        _locked_out(authority, bad, now),
        _too_many(bad),
        _same_refused(bad, credentials),
    ]
    lasting = [block for block in blocks if block and block.until]
    return max(lasting, key=lambda block: block.until or now, default=None)


def _locked_out(authority: str, bad: list[LoginAttempt], now: datetime) -> LoginBlock | None:
    seen = [attempt for attempt in bad if attempt.outcome == LoginAttempt.Outcome.LOCKED_OUT]
    if seen:
        return _after(LoginBlockKind.LOCKED_OUT, seen[-1:], since=seen[-1].ends_at)
    rows = Pbx.objects.filter(
        base_url__in=spellings_of(authority), login_blocked_until__gt=now
    ).order_by("-login_blocked_until")
    until = rows.values_list("login_blocked_until", flat=True).first()
    return LoginBlock(LoginBlockKind.LOCKED_OUT, until - LOCK_OUT, until) if until else None


def _too_many(bad: list[LoginAttempt]) -> LoginBlock | None:
    counted = bad[-BAD_LOGINS_ALLOWED:]
    if len(counted) < BAD_LOGINS_ALLOWED:
        return None
    return _after(LoginBlockKind.TOO_MANY, counted, since=counted[-1].ends_at)


def _same_refused(bad: list[LoginAttempt], credentials: str) -> LoginBlock | None:
    same = [
        attempt
        for attempt in bad
        if attempt.outcome == LoginAttempt.Outcome.REFUSED and attempt.credentials == credentials
    ]
    return _after(LoginBlockKind.SAME_REFUSED, same, since=same[-1].ends_at) if same else None


def _after(kind: LoginBlockKind, attempts: list[LoginAttempt], *, since: datetime) -> LoginBlock:
    """Return the block that lasts until enough of these attempts are ten minutes old."""
    first = attempts[0] if kind is LoginBlockKind.TOO_MANY else attempts[-1]
    return LoginBlock(
        kind=kind,
        since=since,
        until=first.ends_at + LOCK_OUT,
        pbxs=tuple({one.pbx_id: one.pbx for one in attempts if one.pbx}.values()),
        testers=tuple(dict.fromkeys(str(one.tested_by) for one in attempts if one.tested_by)),
    )
