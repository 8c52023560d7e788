"""Keep the texts that rows are found by, and the index over them, in step with what they are written from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any, NamedTuple

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from trunks.models import DodBinding, Pbx, SearchIndex, Trunk
from trunks.models.dod import DodBindingQuerySet
from trunks.search.commonness import (
    measure_landmarks,
    measure_shares,
    sampled_entries,
    some_ids,
)
from trunks.search.index import (
    BINDING_GRAMS,
    TRUNK_GRAMS,
    Entry,
    binding_entries,
    index,
    trunk_entries,
)
from trunks.search.sections import RULE, BindingTexts, pbx_text, trunk_text
from trunks.search.sort_keys import sort_keys
from trunks.services.binding_rows import (
    StoredBinding,
    bindings_update,
    kept_of,
    stored_bindings,
)
from trunks.services.row_updates import rows_update
from trunks.services.search_merging import search_merge

# So many rows of each table tell whether an index was lost, or left out of a backup.
LOOKED_UP = 200


class _Rewritten(NamedTuple):
    """Rows of a PBX in a table of grams: those written anew, as they were and as they are, and the others."""

    table: str
    before: list[Entry]
    after: list[Entry]
    same: list[Entry]


def search_texts_rewrite(*, pbx: Pbx) -> int:
    """Write the texts of a PBX's trunks and bindings anew where they differ, and return how many did."""
    rewritten = 0
    for rows in _rewritten(pbx):
        index().replace(rows.table, rows.before, rows.after)
        rewritten += len(rows.after)
    return rewritten


def search_texts_forget(*, pbx: Pbx) -> None:
    """Take the trunks and bindings of a PBX out of the index, before they are deleted."""
    for table, entries in _entries(pbx):
        index().replace(table, entries, [])


def search_texts_rebuild() -> int:
    """Write the texts of all rows anew where they differ, and the whole index, in one transaction.

    Returns how many texts were written. Fetches that land meanwhile wait.
    """
    rewritten = 0
    with transaction.atomic():
        for table in (TRUNK_GRAMS, BINDING_GRAMS):
            index().clear(table)
        for pbx in Pbx.objects.iterator():
            text = pbx_text(pbx)
            if text != pbx.search_text:
                Pbx.objects.filter(pk=pbx.pk).update(search_text=text)
                rewritten += 1
            for rows in _rewritten(pbx):
                index().replace(rows.table, [], [*rows.after, *rows.same])
                rewritten += len(rows.after)
        SearchIndex.objects.update_or_create(
            pk=1, defaults={"rule": RULE, "built_at": timezone.now()}
        )
        search_measure()
        search_merge(leaves_time=False)
    return rewritten


def search_measure(*, if_older_than: timedelta = timedelta()) -> None:
    """Measure anew what makes searches quick, unless that was done lately; takes a second."""
    if SearchIndex.objects.due("measured_at", if_older_than=if_older_than).exists():
        SearchIndex.objects.update(
            common=measure_shares(), landmarks=measure_landmarks(), measured_at=timezone.now()
        )


def search_texts_are_current() -> bool:
    """Tell whether all texts were written by the rule of this version."""
    return SearchIndex.objects.filter(pk=1, rule=RULE).exists()


def search_index_is_in_step() -> bool:
    """Look at some rows from all over the tables, and tell whether the index and bindings know them as they are now."""
    return _bindings_keep_step(LOOKED_UP) and all(
        index().has(table, entry)
        for table, entries in sampled_entries(LOOKED_UP).items()
        for entry in entries
    )


def _bindings_keep_step(count: int) -> bool:
    """Look at so many bindings from all over the table, and tell whether all keep of their trunks what these say."""
    some = DodBinding.objects.filter(pk__in=some_ids(DodBinding.objects.all(), count))
    same = Q(pbx=F("trunk__pbx"), trunk_kind=F("trunk__kind"))
    there = Q(is_present=True, trunk__removed_at=None)
    gone = Q(is_present=False, trunk__removed_at__isnull=False)
    return not some.order_by().exclude(same & (there | gone)).exists()


def _entries(pbx: Pbx) -> Iterator[tuple[str, list[Entry]]]:
    yield TRUNK_GRAMS, trunk_entries(pbx.trunks.only("search_text"))
    yield BINDING_GRAMS, binding_entries(stored_bindings(_bindings(pbx)))


def _bindings(pbx: Pbx) -> DodBindingQuerySet:
    return DodBinding.objects.filter(trunk__pbx=pbx)


def _rewritten(pbx: Pbx) -> list[_Rewritten]:
    """Write what differs."""
    trunks = list(pbx.trunks.defer("extensions_dod", "groups_dod"))
    return [_trunks_rewritten(pbx, trunks), _bindings_rewritten(pbx, trunks)]


def _trunks_rewritten(pbx: Pbx, trunks: Sequence[Trunk]) -> _Rewritten:
    before: list[Entry] = []
    changed: list[Trunk] = []
    same: list[Trunk] = []
    for trunk in trunks:
        trunk.pbx = pbx
        text = trunk_text(trunk)
        if text == trunk.search_text:
            same.append(trunk)
            continue
        before += trunk_entries([trunk])
        trunk.search_text = text
        changed.append(trunk)
    rows_update(Trunk, {trunk.pk: {"search_text": trunk.search_text} for trunk in changed})
    return _Rewritten(TRUNK_GRAMS, before, trunk_entries(changed), trunk_entries(same))


def _bindings_rewritten(pbx: Pbx, trunks: Sequence[Trunk]) -> _Rewritten:
    texts = {trunk.pk: BindingTexts(trunk) for trunk in trunks}
    kept = {trunk.pk: kept_of(trunk)._asdict() for trunk in trunks}
    before: list[StoredBinding] = []
    after: list[StoredBinding] = []
    same: list[StoredBinding] = []
    for row in stored_bindings(_bindings(pbx)):
        found_by: dict[str, Any] = {
            "search_text": texts[row.trunk_id].text(row),
            **sort_keys(row),
            **kept[row.trunk_id],
        }
        new = row._replace(**found_by)
        if new == row:
            same.append(row)
        else:
            before.append(row)
            after.append(new)
    bindings_update(zip(before, after, strict=True))
    return _Rewritten(BINDING_GRAMS, *map(binding_entries, (before, after, same)))
