"""When a log-in may be tried: five bad ones lock this dashboard out of a PBX for ten minutes, for everyone.

Documented at help.yeastar.com, S-Series API v2, login. A log-in is therefore never repeated by itself.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils import timezone

from trunks.addresses import authority_of, spellings_of
from trunks.models import ConnectionTest, Fetch, Pbx

# How long the PBX keeps an address out.
LOCK_OUT = timedelta(minutes=10)
# It does so after five bad log-ins; the rest is for people who try by hand.
BAD_LOGINS_ALLOWED = 3


def login_is_held(fetch: Fetch) -> bool:
    """Tell whether logging in could do harm: the credentials were refused, or the lock-out lasts."""
    if fetch.pbx.credentials_rejected_at is not None:
        return True
    return logins_held_until(fetch.pbx.base_url, except_fetch=fetch.pk) is not None


def logins_held_until(
    base_url: str, *, except_test: int = 0, except_fetch: int = 0
) -> datetime | None:
    """Return until when no log-in at this host and port may be tried; None when one may.

    Counted over all PBXs, fetches and tests, since the PBX counts by our address. Those that run at this
    moment count as refused, so that no crowd of them slips through together.
    """
    now = timezone.now()
    same_place = spellings_of(authority_of(base_url))
    running = ConnectionTest.objects.filter(
        base_url__in=same_place,
        state=ConnectionTest.State.RUNNING,
        requested_at__gt=now - LOCK_OUT,
    ).exclude(pk=except_test)
    fetching = Fetch.objects.filter(
        pbx__base_url__in=same_place, state=Fetch.State.RUNNING, lease_until__gt=now
    ).exclude(pk=except_fetch)
    blocked = Pbx.objects.filter(base_url__in=same_place, login_blocked_until__gt=now)
    ends = [until for until in blocked.values_list("login_blocked_until", flat=True) if until]
    ends += [at + LOCK_OUT for at in _refused(base_url, "locked-out")]
    bad = _refused(base_url, "credentials-rejected")
    if len(bad) + running.count() + fetching.count() >= BAD_LOGINS_ALLOWED:
        ends.append(bad[-BAD_LOGINS_ALLOWED:][0] + LOCK_OUT if bad else now)
    return max(ends, default=None)


def bad_logins_left(base_url: str) -> int:
    """Return how many log-ins at this host and port may still be refused before we pause by ourselves."""
    return max(0, BAD_LOGINS_ALLOWED - len(_refused(base_url, "credentials-rejected")))


def login_refused(*, pbx: Pbx, reason: str) -> None:
    """Remember a refused log-in of a saved PBX, so that none follows."""
    now = timezone.now()
    if reason == "credentials-rejected":
        # Only what was refused: credentials that were edited meanwhile deserve their own try.
        refused = Pbx.objects.filter(pk=pbx.pk, secret=pbx.secret, username=pbx.username)
        refused.update(credentials_rejected_at=now)
    elif reason == "locked-out":
        Pbx.objects.filter(pk=pbx.pk).update(login_blocked_until=now + LOCK_OUT)


def _refused(base_url: str, reason: str) -> list[datetime]:
    """Return when tests and fetches were refused there in the last ten minutes, oldest first."""
    same_place = spellings_of(authority_of(base_url))
    recently = {"reason": reason, "finished_at__gt": timezone.now() - LOCK_OUT}
    tests = ConnectionTest.objects.filter(base_url__in=same_place, **recently)
    fetches = Fetch.objects.filter(pbx__base_url__in=same_place, **recently)
    moments = [
        *tests.values_list("finished_at", flat=True),
        *fetches.values_list("finished_at", flat=True),
    ]
    return sorted(moment for moment in moments if moment)
