"""Why no log-in may be tried at a PBX: since when, until when, and whose log-ins led to it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from trunks.models import LOCK_OUT, LoginAttempt, Pbx, Sight

# The PBX locks us out after five bad log-ins in ten minutes; the rest is for people who try by hand.
BAD_LOGINS_ALLOWED = 3


class LoginBlockKind(StrEnum):
    """What stands in the way, by what lifts it."""

    # The same credentials were refused at this place a moment ago, in a test or saved in a PBX.
    SAME_REFUSED = "same-refused"
    LOCKED_OUT = "locked-out"
    # Too many bad log-ins in ten minutes: we stop before the PBX locks us out.
    TOO_MANY = "too-many"


@dataclass(frozen=True, slots=True)
class LoginBlock:
    """Log-ins at a host and port are stopped: why, since when, until when."""

    kind: LoginBlockKind
    since: datetime
    until: datetime
    # The PBXs and the people whose log-ins it were, each once; without those that were deleted since.
    pbxs: tuple[Pbx, ...] = ()
    testers: tuple[str, ...] = ()

    def seen_by(self, sight: Sight) -> LoginBlock:
        """Return it without names that are not in sight: somebody may have tested for a PBX of another site."""
        if sight.pbxs is None:
            return self
        seen = tuple(pbx for pbx in self.pbxs if pbx.pk in sight.pbxs)
        return replace(self, pbxs=seen, testers=())


def bad_logins(authority: str, *, now: datetime) -> list[LoginAttempt]:
    """Return the log-ins of the last ten minutes that the PBX counted as bad, or may have, oldest first."""
    recent = LoginAttempt.objects.at(authority).recent(now).select_related("pbx", "tested_by")
    return [attempt for attempt in recent if not attempt.is_under_way(now)]


def block_after(bad: list[LoginAttempt], *, credentials: str) -> LoginBlock | None:
    """Return what keeps us from logging in with these credentials where these log-ins were bad.

    `credentials` is their fingerprint, "" when they cannot be read.
    """
    blocks = [_locked_out(bad), _too_many(bad), _same_refused(bad, credentials)]
    return max(filter(None, blocks), key=lambda block: block.until, default=None)


def _locked_out(bad: list[LoginAttempt]) -> LoginBlock | None:
    seen = [attempt for attempt in bad if attempt.outcome == LoginAttempt.Outcome.LOCKED_OUT]
    return _after(LoginBlockKind.LOCKED_OUT, seen[-1:], since=seen[-1].ends_at) if seen else None


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
