"""Answers that say what is stored already, as most do: many are recorded together, in a few statements."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from typing import TypeVar

from django.db import transaction
from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from trunks.models import Fetch, Pbx, Supplement, Trunk
from trunks.services.directory import LISTS
from trunks.services.reading import Reading
from trunks.services.resting import note_answer
from trunks.services.storing import StoredTrunk, compare, stored_trunks
from trunks.services.supplements import SupplementAnswer

_NOTED = ("last_fetch", "observed_at", "failing_since", "failures_in_a_row", "resting_until")

OfPbx = TypeVar("OfPbx", StoredTrunk, Supplement)


def confirm(readings: Mapping[Fetch, Reading]) -> set[Fetch]:
    """Record those answers that change nothing and return their fetches; the others are left as they were.

    Raises `django.db.OperationalError` when the database is busy: nothing was written.
    """
    whole = {fetch: reading for fetch, reading in readings.items() if fetch.covers_all}
    ids = [fetch.pbx_id for fetch in whole]
    with transaction.atomic():
        # The PBXs first and in order, as everybody does: otherwise two could wait for each other.
        needed = Pbx.objects.only(
            *Pbx.CONNECTION_FIELDS, *_NOTED, "reads_extensions", "answer_held_at"
        )
        pbxs = needed.select_for_update().order_by("pk").in_bulk(ids)
        running = Fetch.objects.filter(
            pk__in=[fetch.pk for fetch in whole], state=Fetch.State.RUNNING
        )
        still = set(running.select_for_update().order_by("pk").values_list("pk", flat=True))
        trunks = _by_pbx(stored_trunks(*ids))
        kinds = {answer.kind for reading in whole.values() for answer in reading.supplements}
        supplements = _by_pbx(Supplement.objects.filter(pbx__in=ids, kind__in=kinds | LISTS))
        confirmed = {
            fetch: reading
            for fetch, reading in whole.items()
            if fetch.pk in still
            and _is_settled(pbxs[fetch.pbx_id], fetch.pbx, supplements[fetch.pbx_id])
            and _repeats(reading, trunks[fetch.pbx_id], supplements[fetch.pbx_id])
        }
        if confirmed:
            _record(confirmed, pbxs, supplements)
    return set(confirmed)


def _by_pbx(rows: Iterable[OfPbx]) -> dict[int, list[OfPbx]]:
    grouped: dict[int, list[OfPbx]] = defaultdict(list)
    for row in rows:
        grouped[row.pbx_id].append(row)
    return grouped


def _is_settled(current: Pbx, called: Pbx, supplements: Collection[Supplement]) -> bool:
    """Tell whether nothing is left to do at this PBX but to note that it answered."""
    has_unwanted = not current.reads_extensions and any(one.kind in LISTS for one in supplements)
    return current.is_reached_as(called) and current.answer_held_at is None and not has_unwanted


def _repeats(
    reading: Reading, trunks: Collection[StoredTrunk], supplements: Collection[Supplement]
) -> bool:
    difference = compare(stored=trunks, records=reading.records, whole=True)
    rows = {row.kind: row for row in supplements}
    return not any(difference.counts) and all(
        (row := rows.get(answer.kind)) is not None and _says_the_same(answer, row)
        for answer in reading.supplements
    )


def _says_the_same(answer: SupplementAnswer, row: Supplement) -> bool:
    if answer.reason:
        return (answer.reason, answer.errno) == (row.reason, row.errno)
    return not row.reason and answer.data == row.data


def _record(
    confirmed: Mapping[Fetch, Reading],
    pbxs: Mapping[int, Pbx],
    supplements: Mapping[int, Collection[Supplement]],
) -> None:
    """Write each age once, at the PBX, and let all else have it from there."""
    answered: dict[bool, list[int]] = {True: [], False: []}
    for fetch, reading in confirmed.items():
        pbx = pbxs[fetch.pbx_id]
        note_answer(pbx)
        pbx.last_fetch, pbx.observed_at = fetch, reading.observed_at
        rows = {row.kind: row.pk for row in supplements[pbx.pk]}
        for answer in reading.supplements:
            answered[not answer.reason].append(rows[answer.kind])
    ids = [fetch.pbx_id for fetch in confirmed]
    Pbx.objects.bulk_update([pbxs[pk] for pk in ids], ["observed_at"])
    running = Fetch.objects.filter(pbx=OuterRef("pk"), state=Fetch.State.RUNNING)
    Pbx.objects.filter(pk__in=ids).update(
        last_fetch=Subquery(running.values("pk")),
        failing_since=None,
        failures_in_a_row=0,
        secret_lost_at=None,
        resting_until=None,
    )
    of_pbx = Subquery(Pbx.objects.filter(pk=OuterRef("pbx")).values("observed_at"))
    Trunk.objects.filter(pbx__in=ids).present().update(observed_at=of_pbx)
    Supplement.objects.filter(pk__in=answered[False]).update(attempted_at=of_pbx)
    Supplement.objects.filter(pk__in=answered[True]).update(attempted_at=of_pbx, observed_at=of_pbx)
    present = Trunk.objects.filter(pbx=OuterRef("pbx")).present().order_by().values("pbx")
    Fetch.objects.filter(pk__in=[fetch.pk for fetch in confirmed]).update(
        state=Fetch.State.SUCCEEDED,
        seen=Coalesce(Subquery(present.annotate(count=Count("pk")).values("count")), 0),
        finished_at=timezone.now(),
    )
