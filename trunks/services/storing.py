"""From what a PBX answered to rows: compare first, then write what differs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from trunks.models import DodBinding, Fetch, Pbx, Trunk
from trunks.search.index import (
    BINDING_GRAMS,
    TRUNK_GRAMS,
    Entry,
    binding_entries,
    index,
    trunk_entries,
)
from trunks.search.sections import BindingTexts, trunk_text
from trunks.search.sort_keys import write_sort_keys
from trunks.search.text import normalise
from trunks.services.directory import Directory, directory_of
from trunks.services.history import digest_of, version_fields, versions_close, versions_open
from trunks.services.row_updates import rows_update
from trunks.yeastar import DodRecord, TargetKind, TrunkRecord, read_bindings

_WRITTEN_BINDING_FIELDS = [
    *("number", "name", "target", "raw", "issue", "search_text"),
    *("digits", "search_name", "search_target", "severity"),
]
_WRITTEN_TRUNK_FIELDS = [
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
    "observed_at",
    "removed_at",
]


@dataclass(slots=True)
class Difference:
    """What an answer means for the trunks of one PBX."""

    added: list[TrunkRecord] = field(default_factory=list)
    changed: list[tuple[Trunk, TrunkRecord]] = field(default_factory=list)
    unchanged: list[Trunk] = field(default_factory=list)
    removed: list[Trunk] = field(default_factory=list)

    @property
    def counts(self) -> tuple[int, int, int]:
        """How many trunks were added, changed and removed."""
        return len(self.added), len(self.changed), len(self.removed)


def compare(*, stored: Iterable[Trunk], records: Iterable[TrunkRecord], whole: bool) -> Difference:
    """Tell what is new, changed, the same and gone; nothing is gone unless all trunks were asked for.

    A trunk that had been removed and is back counts as changed.
    """
    by_id = {trunk.remote_id: trunk for trunk in stored}
    difference = Difference()
    for record in records:
        trunk = by_id.pop(record.remote_id, None)
        if trunk is None:
            difference.added.append(record)
        elif trunk.removed_at is None and trunk.digest == digest_of(version_fields(record)):
            difference.unchanged.append(trunk)
        else:
            difference.changed.append((trunk, record))
    if whole:
        difference.removed = [trunk for trunk in by_id.values() if trunk.removed_at is None]
    return difference


def stored_trunks(pbx: Pbx) -> list[Trunk]:
    """Return what is stored of a PBX's trunks, as far as a comparison needs it."""
    return list(pbx.trunks.to_compare())


def store(
    *,
    fetch: Fetch,
    records: Sequence[TrunkRecord],
    observed_at: datetime,
    stored: Iterable[Trunk] | None = None,
) -> Difference:
    """Write one PBX's answer; the caller holds the transaction, and may have read what is stored already."""
    if stored is None:
        stored = stored_trunks(fetch.pbx)
    difference = compare(stored=stored, records=records, whole=fetch.covers_all)
    _touch(difference.unchanged, observed_at)
    _remove(difference.removed, observed_at)
    if difference.added or difference.changed:
        _write(fetch, difference, observed_at)
    return difference


def _write(fetch: Fetch, difference: Difference, observed_at: datetime) -> None:
    written = [
        (Trunk(pbx=fetch.pbx, remote_id=record.remote_id, first_seen=observed_at), record)
        for record in difference.added
    ]
    written += difference.changed
    known = Trunk.objects.filter(pk__in=[trunk.pk for trunk, _ in difference.changed])
    before = trunk_entries(known.only("search_text"))
    for trunk, record in written:
        trunk.pbx = fetch.pbx
        _copy(trunk, record, observed_at)
    Trunk.objects.bulk_create(trunk for trunk, _ in written if trunk.pk is None)
    rows_update([trunk for trunk, _ in difference.changed], _WRITTEN_TRUNK_FIELDS)
    index().replace(TRUNK_GRAMS, before, trunk_entries(trunk for trunk, _ in written))
    if written:
        _write_bindings(written, directory_of(fetch.pbx))
    versions_close(trunks=[trunk for trunk, _ in difference.changed], at=observed_at)
    versions_open(
        trunks=((trunk, version_fields(record)) for trunk, record in written),
        fetch=fetch,
        at=observed_at,
    )


def bindings_resettle(*, pbx: Pbx, directory: Directory) -> None:
    """Read the bindings that are there again by another directory; touches only those that differ."""
    rows = DodBinding.objects.filter(trunk__pbx=pbx).present()
    differing: dict[int, DodRecord] = {}
    fields = ("pk", "target_kind", "raw", "name", "target", "issue")
    for pk, kind, raw, *stored in rows.values_list(*fields).iterator():
        (piece,) = directory.settle(read_bindings(raw, TargetKind(kind)))
        if stored != [piece.name, piece.target, piece.issue]:
            differing[pk] = piece
    found = DodBinding.objects.filter(pk__in=list(differing)).select_related("trunk__pbx")
    before = binding_entries(found)
    changed = [
        _read_piece(binding, piece, BindingTexts(binding.trunk).text(piece))
        for binding in found
        if (piece := differing[binding.pk])
    ]
    rows_update(changed, _WRITTEN_BINDING_FIELDS)
    index().replace(BINDING_GRAMS, before, binding_entries(changed))


def _touch(trunks: Sequence[Trunk], observed_at: datetime) -> None:
    Trunk.objects.filter(pk__in=[trunk.pk for trunk in trunks]).update(observed_at=observed_at)


def _remove(trunks: Sequence[Trunk], at: datetime) -> None:
    if not trunks:
        return
    Trunk.objects.filter(pk__in=[trunk.pk for trunk in trunks]).update(removed_at=at)
    versions_close(trunks=trunks, at=at)


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


def _write_bindings(written: Sequence[tuple[Trunk, TrunkRecord]], directory: Directory) -> None:
    """Bring the bindings of changed trunks in step, touching only the positions that differ."""
    gone: dict[tuple[int, str, int], DodBinding] = {
        (binding.trunk_id, binding.target_kind, binding.position): binding
        for binding in DodBinding.objects.filter(trunk__in=[trunk.pk for trunk, _ in written])
    }
    added: list[DodBinding] = []
    changed: list[DodBinding] = []
    before: list[Entry] = []
    for trunk, record in written:
        texts = BindingTexts(trunk)
        for piece in directory.settle(record.bindings):
            text = texts.text(piece)
            binding = gone.pop((trunk.pk, str(piece.target_kind), piece.position), None)
            if binding is None:
                binding = DodBinding(trunk=trunk, position=piece.position)
                added.append(_read_piece(binding, piece, text))
            elif _differs(binding, piece, text):
                before += binding_entries([binding])
                changed.append(_read_piece(binding, piece, text))
    before += binding_entries(gone.values())
    DodBinding.objects.filter(pk__in=[binding.pk for binding in gone.values()]).delete()
    rows_update(changed, _WRITTEN_BINDING_FIELDS)
    DodBinding.objects.bulk_create(added, batch_size=1000)
    index().replace(BINDING_GRAMS, before, binding_entries([*changed, *added]))


def _differs(binding: DodBinding, piece: DodRecord, text: str) -> bool:
    # By another list of groups the same text may name another target; a trunk's name is found too.
    stored = (binding.raw, binding.target, binding.issue, binding.search_text)
    return stored != (piece.raw, piece.target, str(piece.issue), text)


def _read_piece(binding: DodBinding, piece: DodRecord, text: str) -> DodBinding:
    binding.target_kind = str(piece.target_kind)
    binding.number = piece.number
    binding.name = piece.name
    binding.target = piece.target
    binding.raw = piece.raw
    binding.issue = str(piece.issue)
    binding.search_text = text
    write_sort_keys(binding)
    return binding
