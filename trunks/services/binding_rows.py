"""The rows of DOD bindings: brought in step with what a PBX says, touching only what differs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, repeat
from typing import Any, NamedTuple

from django.db.models import QuerySet

from trunks.models import DodBinding, Pbx, Trunk
from trunks.models.compiled import ask_values
from trunks.models.dod import DodBindingQuerySet
from trunks.search.index import BINDING_GRAMS, binding_entries, index
from trunks.search.sections import BindingTexts
from trunks.search.sort_keys import sort_keys
from trunks.services.directory import Directory
from trunks.services.row_updates import Plain, rows_update
from trunks.yeastar import DodRecord, TargetKind, TrunkRecord, read_bindings


class KeptOfTrunk(NamedTuple):
    """What bindings keep of their trunk beside their own."""

    pbx_id: int
    trunk_kind: str
    is_present: bool


class StoredBinding(NamedTuple):
    """What is stored of a binding: as plain values, since there are many."""

    pk: int
    trunk_id: int
    target_kind: str
    position: int
    number: str
    name: str
    target: str
    raw: str
    issue: str
    search_text: str
    digits: str
    search_name: str
    search_target: str
    severity: int
    pbx_id: int
    trunk_kind: str
    is_present: bool

    @property
    def of_trunk(self) -> KeptOfTrunk:
        """What it keeps of its trunk."""
        return KeptOfTrunk(self.pbx_id, self.trunk_kind, self.is_present)


# A row as it is, and as it shall be.
Rewritten = tuple[StoredBinding, StoredBinding]


def bindings_write(*, written: Sequence[tuple[Trunk, TrunkRecord]], directory: Directory) -> None:
    """Bring the bindings of changed trunks in step, touching only the positions that differ."""
    stored = map(StoredBinding._make, ask_values(_values_of, *(trunk.pk for trunk, _ in written)))
    gone = {(row.trunk_id, row.target_kind, row.position): row for row in stored}
    owners = chain.from_iterable(
        repeat((trunk, BindingTexts(trunk), kept_of(trunk)), len(record.bindings))
        for trunk, record in written
    )
    said = directory.settle(chain.from_iterable(record.bindings for _, record in written))
    added: list[DodBinding] = []
    changed: list[Rewritten] = []
    for (trunk, texts, kept), piece in zip(owners, said, strict=True):
        kind, position = str(piece.target_kind), piece.position
        row = gone.pop((trunk.pk, kind, position), None)
        if row is None:
            fields = {"target_kind": kind, "position": position, **_fields(piece, texts)}
            added.append(DodBinding(trunk=trunk, **fields, **kept._asdict()))
        elif row.of_trunk != kept or _differs(row, piece, texts):
            changed.append((row, row._replace(**_fields(piece, texts), **kept._asdict())))
    if gone:
        DodBinding.objects.filter(pk__in=[row.pk for row in gone.values()]).delete()
    DodBinding.objects.bulk_create(added, batch_size=1000)
    _rewrite(changed, gone=gone.values(), added=added)


def _values_of(*trunks: int) -> QuerySet[DodBinding, Any]:
    return (
        DodBinding.objects.filter(trunk__in=trunks).order_by().values_list(*StoredBinding._fields)
    )


def bindings_leave(*, trunks: Sequence[int]) -> None:
    """Note that trunks, by their ids, are gone; their bindings stay as they were."""
    DodBinding.objects.filter(trunk__in=trunks).update(is_present=False)


def bindings_resettle(*, pbx: Pbx, directory: Directory) -> None:
    """Read the bindings that are there again by another directory; touches only those that differ."""
    differing: list[tuple[StoredBinding, DodRecord]] = []
    for row in stored_bindings(DodBinding.objects.filter(trunk__pbx=pbx).present()):
        (piece,) = directory.settle(read_bindings(row.raw, TargetKind(row.target_kind)))
        if (row.name, row.target, row.issue) != (piece.name, piece.target, str(piece.issue)):
            differing.append((row, piece))
    trunks = Trunk.objects.filter(pk__in={row.trunk_id for row, _ in differing}).with_pbx()
    texts = {trunk.pk: BindingTexts(trunk) for trunk in trunks}
    _rewrite(
        [(row, row._replace(**_fields(piece, texts[row.trunk_id]))) for row, piece in differing]
    )


def kept_of(trunk: Trunk) -> KeptOfTrunk:
    """Return what the bindings of a trunk keep of it."""
    return KeptOfTrunk(trunk.pbx_id, trunk.kind, trunk.removed_at is None)


def stored_bindings(rows: DodBindingQuerySet) -> Iterator[StoredBinding]:
    """Read bindings as plain values, some at a time."""
    fields = StoredBinding._fields
    return map(StoredBinding._make, rows.order_by().values_list(*fields).iterator())


def _differs(row: StoredBinding, piece: DodRecord, texts: BindingTexts) -> bool:
    # By another list of groups the same text may name another target; a trunk's name is found too.
    stored = (row.raw, row.target, row.issue)
    return stored != (piece.raw, piece.target, str(piece.issue)) or not texts.fit(row.search_text)


def _fields(piece: DodRecord, texts: BindingTexts) -> dict[str, Any]:
    return {
        "number": piece.number,
        "name": piece.name,
        "target": piece.target,
        "raw": piece.raw,
        "issue": str(piece.issue),
        "search_text": texts.text(piece),
        **sort_keys(piece),
    }


def _rewrite(
    changed: Sequence[Rewritten],
    *,
    gone: Iterable[StoredBinding] = (),
    added: Iterable[DodBinding] = (),
) -> None:
    """Write what differs in changed rows, and the index once for all, which is quickest."""
    bindings_update(changed)
    before = binding_entries(chain(gone, (old for old, _ in changed)))
    after = binding_entries([new for _, new in changed]) + binding_entries(added)
    index().replace(BINDING_GRAMS, before, after)


def bindings_update(changed: Iterable[Rewritten]) -> None:
    """Write what differs in rows, and not the index."""
    changes: dict[int, dict[str, Plain]] = {
        new.pk: {
            name: value for name, value in new._asdict().items() if value != getattr(old, name)
        }
        for old, new in changed
    }
    rows_update(DodBinding, changes)
