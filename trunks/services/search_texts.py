"""Keep the texts that rows are found by, and the index over them, in step with what they are written from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from trunks.models import DodBinding, Pbx, SearchIndex, Trunk
from trunks.search.commonness import measure_landmarks, measure_shares, sampled_entries
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
from trunks.services.row_updates import Plain, rows_update

# So many rows of each table tell whether an index was lost, or left out of a backup.
LOOKED_UP = 200

# A table of grams, and rows as they were and as they are now.
Rewritten = tuple[str, list[Entry], list[Entry]]


def search_texts_rewrite(*, pbx: Pbx) -> int:
    """Write the texts of a PBX's trunks and bindings anew where they differ, and return how many did."""
    rewritten = 0
    for table, before, after in _rewritten(pbx):
        index().replace(table, before, after)
        rewritten += len(after)
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
            rewritten += sum(len(after) for _table, _before, after in _rewritten(pbx))
            for table, entries in _entries(pbx):
                index().replace(table, [], entries)
        SearchIndex.objects.update_or_create(
            pk=1, defaults={"rule": RULE, "built_at": timezone.now()}
        )
        search_measure()
    return rewritten


def search_measure(*, if_older_than: timedelta = timedelta()) -> None:
    """Measure anew what makes searches quick, unless that was done lately; takes a tenth of a second."""
    due = Q(measured_at=None) | Q(measured_at__lte=timezone.now() - if_older_than)
    if SearchIndex.objects.filter(due).exists():
        SearchIndex.objects.update(
            common=measure_shares(), landmarks=measure_landmarks(), measured_at=timezone.now()
        )


def search_texts_are_current() -> bool:
    """Tell whether all texts were written by the rule of this version."""
    return SearchIndex.objects.filter(pk=1, rule=RULE).exists()


def search_index_is_in_step() -> bool:
    """Look some rows up in the index, from all over the tables, and tell whether all are there as they are now."""
    return all(
        index().has(table, entry)
        for table, entries in sampled_entries(LOOKED_UP).items()
        for entry in entries
    )


def _entries(pbx: Pbx) -> Iterator[tuple[str, list[Entry]]]:
    trunks = pbx.trunks.only("search_text")
    yield TRUNK_GRAMS, trunk_entries(trunks)
    for trunk in trunks:
        rows = trunk.bindings.only("target_kind", "target", "issue", "digits", "search_text")
        yield BINDING_GRAMS, binding_entries(rows)


def _rewritten(pbx: Pbx) -> Iterator[Rewritten]:
    """Write what differs, some rows at a time."""
    trunks = list(pbx.trunks.defer("extensions_dod", "groups_dod"))
    changed: list[Trunk] = []
    before: list[Entry] = []
    for trunk in trunks:
        trunk.pbx = pbx
        text = trunk_text(trunk)
        if text != trunk.search_text:
            before += trunk_entries([trunk])
            trunk.search_text = text
            changed.append(trunk)
    rows_update(Trunk, {trunk.pk: {"search_text": trunk.search_text} for trunk in changed})
    yield TRUNK_GRAMS, before, trunk_entries(changed)
    for trunk in trunks:
        yield _bindings_rewritten(trunk)


def _bindings_rewritten(trunk: Trunk) -> Rewritten:
    texts = BindingTexts(trunk)
    changed: list[DodBinding] = []
    before: list[Entry] = []
    changes: dict[int, Mapping[str, Plain]] = {}
    for binding in trunk.bindings.all():
        found_by = {"search_text": texts.text(binding), **sort_keys(binding)}
        differing = {
            field: value for field, value in found_by.items() if getattr(binding, field) != value
        }
        if differing:
            before += binding_entries([binding])
            for field, value in differing.items():
                setattr(binding, field, value)
            changed.append(binding)
            changes[binding.pk] = differing
    rows_update(DodBinding, changes)
    return BINDING_GRAMS, before, binding_entries(changed)
