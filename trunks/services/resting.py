"""Leaving a PBX alone that fails again and again, so that it costs nobody time and gets time itself."""

from __future__ import annotations

import random
from datetime import datetime, timedelta

from trunks.models import Pbx

FAILURES_BEFORE_REST = 3
SHORTEST_REST = timedelta(seconds=30)
LONGEST_REST = timedelta(minutes=15)
# Rests differ a little, so that PBXs that failed together do not come back together.
SPREAD = 0.2


def rest_after(failures_in_a_row: int) -> timedelta | None:
    """Return how long to leave a PBX alone: 30 s after three failures, doubled with each further one."""
    doublings = failures_in_a_row - FAILURES_BEFORE_REST
    if doublings < 0:
        return None
    return min(SHORTEST_REST * (1 << min(doublings, 10)), LONGEST_REST)


def note_failure(pbx: Pbx, *, at: datetime) -> None:
    """Count one more failure of a PBX and let it rest when there were many; the caller saves."""
    pbx.failing_since = pbx.failing_since or at
    pbx.failures_in_a_row += 1
    rest = rest_after(pbx.failures_in_a_row)
    if rest is not None:
        spread = random.uniform(1 - SPREAD, 1 + SPREAD)  # noqa: S311 - no secret hangs on it
        pbx.resting_until = at + min(rest * spread, LONGEST_REST)


def note_answer(pbx: Pbx) -> None:
    """Forget the failures of a PBX that answered; the caller saves."""
    pbx.failing_since = None
    pbx.failures_in_a_row = 0
    pbx.resting_until = None
