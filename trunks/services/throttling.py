"""Letting something happen only so often, counted in the database, which all processes share."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db import connection, transaction
from django.db.models import F
from django.db.models.functions import Greatest
from django.utils import timezone
from django.utils.crypto import salted_hmac

from trunks.models import Throttle

# Rows that a new one clears away.
CLEARED_AT_ONCE = 50


@dataclass(frozen=True, slots=True)
class Allowance:
    """So many at once; each comes back after its part of the time."""

    times: int
    within: timedelta

    @property
    def step(self) -> int:
        """Milliseconds until one comes back."""
        return int(self.within / timedelta(milliseconds=1)) // self.times

    @property
    def most(self) -> int:
        """How far ahead the moment of being full again may lie for one more to be there."""
        return self.step * (self.times - 1)


def throttle_take(*, name: str, allowance: Allowance) -> datetime | None:
    """Use one of an allowance; None when there was one, else when there will be."""
    key, now = _key(name), _now()
    if _took(key, allowance, now):
        return None
    if not Throttle.objects.filter(key=key).exists():
        _clear_away(now)
        Throttle.objects.bulk_create([Throttle(key=key, free_at=now)], ignore_conflicts=True)
        if _took(key, allowance, now):
            return None
    return _moment(_free_at(key, now) - allowance.most)


def throttle_is_used_up(*, name: str, allowance: Allowance) -> bool:
    """Tell whether nothing of an allowance is left, and use nothing."""
    now = _now()
    return _free_at(_key(name), now) > now + allowance.most


def throttle_give_back(*, name: str, allowance: Allowance) -> None:
    """Take back one use."""
    Throttle.objects.filter(key=_key(name)).update(free_at=F("free_at") - allowance.step)


def throttle_forget(*, name: str) -> None:
    """Make an allowance whole again."""
    Throttle.objects.filter(key=_key(name)).delete()


def _took(key: str, allowance: Allowance, now: int) -> bool:
    """Look and move in one statement; tell whether there was one to take."""
    there = Throttle.objects.filter(key=key, free_at__lte=now + allowance.most)
    return there.update(free_at=Greatest(F("free_at"), now) + allowance.step) > 0


def _free_at(key: str, now: int) -> int:
    found = Throttle.objects.filter(key=key).values_list("free_at", flat=True).first()
    return now if found is None else found


def _clear_away(now: int) -> None:
    """Delete some rows that say nothing any more; those that another process is at stay."""
    skip_locked = connection.features.has_select_for_update_skip_locked
    with transaction.atomic():
        rested = Throttle.objects.rested(now).select_for_update(skip_locked=skip_locked)
        keys = list(rested.values_list("key", flat=True)[:CLEARED_AT_ONCE])
        # Again with the moment: on a database without locks of rows one may have been used since.
        Throttle.objects.rested(now).filter(key__in=keys).delete()


def _key(name: str) -> str:
    return salted_hmac("trunks.throttle", name, algorithm="sha256").hexdigest()


def _now() -> int:
    return int(timezone.now().timestamp() * 1000)


def _moment(milliseconds: int) -> datetime:
    return datetime.fromtimestamp(milliseconds / 1000, tz=UTC)
