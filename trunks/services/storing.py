"""From what a PBX answered to rows: compare first, then write what differs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from copy import copy
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import QuerySet

from trunks.models import Fetch, Trunk
from trunks.models.compiled import ask, ask_values
from trunks.search.index import TRUNK_GRAMS, index, trunk_entries
from trunks.search.sections import trunk_text
from trunks.search.text import normalise
from trunks.services.binding_rows import bindings_leave, bindings_write
from trunks.services.directory import directory_of
from trunks.services.history import digest_of, version_fields, versions_close, versions_open
from trunks.services.row_updates import Plain, rows_set, rows_update
from trunks.yeastar import TrunkRecord

_WRITTEN_FIELDS = [
    "name",
    "kind",
    "host",
    "port",
    "domain",
    "username",
    "authname",
    "fromuser",
    "password_fingerprint",
    "extensions_dod",
    "groups_dod",
    "dod_count",
    "digest",
    "search_name",
    "search_text",
    "removed_at",
]


class StoredTrunk(NamedTuple):
    """What is stored of a trunk, as far as a comparison needs it: as plain values, since there are many."""

    pk: int
    pbx_id: int
    remote_id: str
    digest: str
    is_removed: bool


@dataclass(slots=True)
class Difference:
    """What an answer means for the trunks of one PBX."""

    added: list[TrunkRecord] = field(default_factory=list)
    changed: list[tuple[StoredTrunk, TrunkRecord]] = field(default_factory=list)
    unchanged: list[StoredTrunk] = field(default_factory=list)
    removed: list[StoredTrunk] = field(default_factory=list)

    @property
    def counts(self) -> tuple[int, int, int]:
        """How many trunks were added, changed and removed."""
        return len(self.added), len(self.changed), len(self.removed)


def compare(
    *, stored: Iterable[StoredTrunk], records: Iterable[TrunkRecord], whole: bool
) -> Difference:
    """Tell what is new, changed, the same and gone; nothing is gone unless all trunks were asked for.

    A trunk that had been removed and is back counts as changed.
    """
    by_id = {trunk.remote_id: trunk for trunk in stored}
    difference = Difference()
    for record in records:
        trunk = by_id.pop(record.remote_id, None)
        if trunk is None:
            difference.added.append(record)
        elif not trunk.is_removed and trunk.digest == digest_of(version_fields(record)):
            difference.unchanged.append(trunk)
        else:
            difference.changed.append((trunk, record))
    if whole:
        difference.removed = [trunk for trunk in by_id.values() if not trunk.is_removed]
    return difference


def stored_trunks(*pbxs: int) -> list[StoredTrunk]:
    """Return what is stored of the trunks of PBXs, as far as a comparison needs it."""
    return list(map(StoredTrunk._make, ask_values(_trunks_to_compare, *pbxs))) if pbxs else []


def _trunks_to_compare(*pbxs: int) -> QuerySet[Trunk, Any]:
    return Trunk.objects.filter(pbx__in=pbxs).to_compare()


def store(
    *,
    fetch: Fetch,
    records: Sequence[TrunkRecord],
    observed_at: datetime,
    stored: Iterable[StoredTrunk] | None = None,
) -> Difference:
    """Write one PBX's answer; the caller holds the transaction, and may have read what is stored already."""
    if stored is None:
        stored = stored_trunks(fetch.pbx_id)
    difference = compare(stored=stored, records=records, whole=fetch.covers_all)
    _touch([*difference.unchanged, *(trunk for trunk, _ in difference.changed)], observed_at)
    _remove(difference.removed, observed_at)
    if difference.added or difference.changed:
        _write(fetch, difference, observed_at)
    return difference


def _write(fetch: Fetch, difference: Difference, observed_at: datetime) -> None:
    written = [
        (Trunk(pbx=fetch.pbx, remote_id=record.remote_id, first_seen=observed_at), record)
        for record in difference.added
    ]
    known = _known(difference.changed)
    written += [(copy(known[trunk.pk]), record) for trunk, record in difference.changed]
    for trunk, record in written:
        trunk.pbx = fetch.pbx
        _copy(trunk, record, observed_at)
    Trunk.objects.bulk_create(trunk for trunk, _ in written if trunk.pk is None)
    rows_update(
        Trunk,
        {trunk.pk: _differing(trunk, known[trunk.pk]) for trunk, _ in written if trunk.pk in known},
    )
    before, after = trunk_entries(known.values()), trunk_entries(trunk for trunk, _ in written)
    index().replace(TRUNK_GRAMS, before, after)
    bindings_write(written=written, directory=directory_of(fetch.pbx))
    versions_close(trunks=list(known), at=observed_at)
    versions_open(
        trunks=((trunk, version_fields(record)) for trunk, record in written),
        fetch=fetch,
        at=observed_at,
    )


def _known(changed: Sequence[tuple[StoredTrunk, TrunkRecord]]) -> dict[int, Trunk]:
    """Return changed trunks by their ids, as they were."""
    found = ask(_trunks_as_written, *(trunk.pk for trunk, _ in changed)) if changed else ()
    return {trunk.pk: trunk for trunk in found}


def _trunks_as_written(*pks: int) -> QuerySet[Trunk]:
    return Trunk.objects.filter(pk__in=pks).only(*_WRITTEN_FIELDS).order_by()


def _differing(trunk: Trunk, known: Trunk) -> dict[str, Plain]:
    """Return the fields that are not as they were, since each that is written is written into its indexes too."""
    values = ((name, getattr(trunk, name)) for name in _WRITTEN_FIELDS)
    return {name: value for name, value in values if value != getattr(known, name)}


def _touch(trunks: Sequence[StoredTrunk], observed_at: datetime) -> None:
    rows_set(Trunk, [trunk.pk for trunk in trunks], {"observed_at": observed_at})


def _remove(trunks: Sequence[StoredTrunk], at: datetime) -> None:
    if gone := [trunk.pk for trunk in trunks]:
        rows_set(Trunk, gone, {"removed_at": at})
        bindings_leave(trunks=gone)
        versions_close(trunks=gone, at=at)


def _copy(trunk: Trunk, record: TrunkRecord, observed_at: datetime) -> None:
    fields = version_fields(record)
    for name, value in fields.items():
        setattr(trunk, name, value)
    trunk.dod_count = len(record.bindings)
    trunk.digest = digest_of(fields)
    trunk.search_name = normalise(record.name)
    trunk.search_text = trunk_text(trunk)
    trunk.observed_at = observed_at
    trunk.removed_at = None
