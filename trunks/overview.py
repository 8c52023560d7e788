"""What the overview shows: PBXs with what they have, and all of them together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from heapq import nsmallest

from django.utils import timezone

from trunks.freshness import Freshness, read_freshness
from trunks.models import DodBinding, Fetch, Pbx, PbxState, Sight, Trunk, TrunkKind
from trunks.models.trunk import TrunkTotals

RECENTLY = timedelta(hours=1)
ATTEMPTS_SHOWN = 8
# Of more PBXs those are listed that most need somebody; the list of PBXs has all.
PBXS_SHOWN = 50
# Worst first; nobody waits for what is disabled.
_URGENCY = (*(state for state in PbxState if state != PbxState.DISABLED), PbxState.DISABLED)
# Of more bindings the different numbers are not counted.
MOST_COMPARED = 50_000


@dataclass
class PbxRow:
    """A PBX, its trunks by kind and its DOD bindings."""

    pbx: Pbx
    kinds: Counter[str] = field(default_factory=Counter)
    dods: int = 0

    @property
    def trunks(self) -> int:
        """Trunks of all kinds."""
        return self.kinds.total()

    @property
    def is_known(self) -> bool:
        """Tell whether the numbers mean anything: of a PBX that was never read they do not."""
        return self.trunks > 0 or self.pbx.observed_at is not None


@dataclass(frozen=True)
class Overview:
    """All PBXs and their sums."""

    rows: list[PbxRow]
    kinds: dict[str, int]
    states: list[tuple[PbxState, int]]
    # Different ones; None where there are too many bindings to tell while a person waits.
    numbers: int | None
    freshness: Freshness

    @property
    def listed(self) -> list[PbxRow]:
        """The PBXs that are shown one by one: all in their order, or of many those with the worst state."""
        if len(self.rows) <= PBXS_SHOWN:
            return self.rows
        return nsmallest(PBXS_SHOWN, self.rows, key=lambda row: _URGENCY.index(row.pbx.state))

    @property
    def unlisted(self) -> int:
        """How many PBXs there are besides."""
        return max(0, len(self.rows) - PBXS_SHOWN)

    @property
    def trunks(self) -> int:
        """Trunks on all PBXs."""
        return sum(self.kinds.values())

    @property
    def dods(self) -> int:
        """DOD bindings on all PBXs."""
        return sum(row.dods for row in self.rows)

    @property
    def enabled(self) -> list[Pbx]:
        """PBXs that may be fetched."""
        return [row.pbx for row in self.rows if row.pbx.enabled]

    @property
    def sites(self) -> list[tuple[str, int]]:
        """Sites by name, each with how many of its PBXs may be fetched."""
        return sorted(Counter(pbx.site for pbx in self.enabled if pbx.site).items())

    @property
    def answered_recently(self) -> int:
        """PBXs that were read as a whole within the hour."""
        begin = timezone.now() - RECENTLY
        return sum(1 for row in self.rows if row.pbx.observed_at and row.pbx.observed_at >= begin)

    @property
    def last_attempts(self) -> list[Pbx]:
        """Enabled PBXs by their newest attempt that has ended: those with trouble first, a few in all."""
        tried = [pbx for pbx in self.enabled if pbx.last_fetch and pbx.last_fetch.finished_at]
        return sorted(tried, key=_by_attempt)[:ATTEMPTS_SHOWN]

    @property
    def unknown(self) -> int:
        """PBXs that were never read, so that the sums leave them out."""
        return sum(1 for row in self.rows if not row.is_known)


def read_overview(sight: Sight) -> Overview:
    """Read the overview of what is in sight in at most four queries, however many PBXs there are."""
    seen = Pbx.objects.in_sight(sight)
    pbxs = seen.select_related("last_fetch", "held_answer").defer(
        "secret", "notes", "held_answer__trunks"
    )
    rows = {pbx.pk: PbxRow(pbx) for pbx in pbxs}
    kinds: Counter[str] = Counter(dict.fromkeys(TrunkKind.values, 0))
    for totals in Trunk.objects.in_sight(sight).present().totals_by_pbx_and_kind():
        _add(rows, kinds, totals)
    return Overview(
        rows=list(rows.values()),
        kinds=dict(kinds),
        states=_states(row.pbx for row in rows.values()),
        numbers=_numbers(rows.values(), sight),
        freshness=read_freshness(seen),
    )


def _numbers(rows: Iterable[PbxRow], sight: Sight) -> int | None:
    if sum(row.dods for row in rows) > MOST_COMPARED:
        return None
    return DodBinding.objects.in_sight(sight).present().distinct_numbers()


def _add(rows: dict[int, PbxRow], kinds: Counter[str], totals: TrunkTotals) -> None:
    row = rows.get(totals.pbx_id)
    if row is None:  # added since the first query
        return
    row.kinds[totals.kind] += totals.trunks
    row.dods += totals.dods
    kinds[totals.kind] += totals.trunks


def _by_attempt(pbx: Pbx) -> tuple[bool, float]:
    attempt = pbx.last_fetch
    if attempt is None or attempt.finished_at is None:
        return True, 0.0
    return attempt.state == Fetch.State.SUCCEEDED, -attempt.finished_at.timestamp()


def _states(pbxs: Iterable[Pbx]) -> list[tuple[PbxState, int]]:
    """Count PBXs by state, best state first; states that none is in are left out."""
    counts = Counter(pbx.state for pbx in pbxs)
    return [(state, counts[state]) for state in reversed(PbxState) if counts[state]]
