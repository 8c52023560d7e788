"""What the page of an audit report shows: some rows of each kind, and how many there are in all."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain
from typing import Any, Generic, TypeVar

from django.contrib.auth.models import User
from django.utils import timezone

from trunks.models import AuditEntry, DodBinding, DodIssue, Pbx, Trunk
from trunks.models.pbx import StateTotals
from trunks.search.sample import Count
from trunks.services.evidence.coverage import Coverage, Known, coverages
from trunks.services.evidence.past import PastTrunk, past_batches
from trunks.services.evidence.source import Source

# So many of each a page holds; files hold all.
ROWS_SHOWN = 500
DOUBTFUL_SHOWN = REMOVED_SHOWN = PBXS_SHOWN = 100
# Of the past, so many batches of trunks are read before the page says "more than".
_BATCHES_READ = 1

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Shown(Generic[Row]):
    """The first rows, and how many there are."""

    rows: list[Row]
    count: Count

    @property
    def is_cut(self) -> bool:
        """Tell whether there are others."""
        return not self.count.is_exact or self.count.number > len(self.rows)


@dataclass(frozen=True, slots=True)
class Report:
    """An audit report, ready to be shown; `entry` is what the audit log says of it, for who may read the log.

    Of now `pbxs` are PBXs, worst first, and of a past moment how far it is known of each.
    """

    source: Source
    by: str
    at: datetime
    trunks: Shown[Trunk]
    bindings: Shown[DodBinding]
    doubtful: Shown[DodBinding]
    # None where there is nothing to tell: of a past moment nobody can say what was gone by then.
    removed: Shown[Trunk] | None
    pbxs: Shown[Pbx]
    insecure: int
    states: list[StateTotals] = field(default_factory=list)
    coverages: Shown[Coverage] | None = None
    unknown: int = 0
    entry: AuditEntry | None = None


def report_read(*, source: Source, by: User) -> Report:
    """Read what the page shows; looks at no more rows than that, nor counts more than the lists do."""
    if source.as_of is not None:
        return _past_report(source, source.as_of, by)
    trunks, pbxs = Trunk.objects.for_table(), source.pbxs
    return Report(
        source=source,
        by=by.get_username(),
        at=timezone.now(),
        trunks=_shown(source.trunks, trunks, ROWS_SHOWN),
        bindings=_shown(source.bindings, DodBinding.objects.for_rows(), ROWS_SHOWN),
        doubtful=_shown(source.doubtful, DodBinding.objects.for_rows(), DOUBTFUL_SHOWN),
        removed=_shown(source.removed, trunks, REMOVED_SHOWN),
        pbxs=Shown(list(pbxs.worst_first()[:PBXS_SHOWN]), Count(pbxs.count(), is_exact=True)),
        insecure=pbxs.insecure().count(),
        states=pbxs.totals_by_state(),
    )


def _shown(rows: Any, wanted: Any, size: int) -> Shown[Any]:  # noqa: ANN401 - of one kind each
    return Shown(next(rows.batches(wanted), [])[:size], rows.count())


def _past_report(source: Source, as_of: datetime, by: User) -> Report:
    known = coverages(source.pbxs, as_of)
    batches = past_batches(
        source.trunks.batches(Trunk.objects.for_table()),
        as_of=as_of,
        seen={one.pbx.pk: one.before for one in known},
    )
    read: list[PastTrunk] = []
    for _number, found in zip(range(_BATCHES_READ), batches, strict=False):
        read += found
    is_all = next(batches, None) is None
    bindings = list(chain.from_iterable(one.bindings for one in read))
    return Report(
        source=source,
        by=by.get_username(),
        at=timezone.now(),
        trunks=_some((one.trunk for one in read), ROWS_SHOWN, is_all=is_all),
        bindings=_some(bindings, ROWS_SHOWN, is_all=is_all),
        doubtful=_some(filter(_is_doubtful, bindings), DOUBTFUL_SHOWN, is_all=is_all),
        removed=None,
        pbxs=Shown([], Count(len(known), is_exact=True)),
        insecure=sum(one.pbx.is_insecure for one in known),
        coverages=Shown(known[:PBXS_SHOWN], Count(len(known), is_exact=True)),
        unknown=sum(one.known is not Known.WHOLE for one in known),
    )


def _some(rows: Iterable[Row], size: int, *, is_all: bool) -> Shown[Row]:
    found = list(rows)
    return Shown(found[:size], Count(len(found), is_all))


def _is_doubtful(binding: DodBinding) -> bool:
    return binding.issue != DodIssue.NONE
