"""The extensions and groups of a PBX, as last read: what its DOD bindings are settled by."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from trunks.models import Pbx, Supplement
from trunks.yeastar import DodRecord, settle

LISTS = frozenset({Supplement.Kind.EXTENSIONS, Supplement.Kind.GROUPS})


@dataclass(frozen=True, slots=True)
class Directory:
    """Group names and extension numbers; None stands for a list that is not known."""

    groups: frozenset[str] | None = None
    extensions: frozenset[str] | None = None

    def settle(self, bindings: Iterable[DodRecord]) -> tuple[DodRecord, ...]:
        """Read bindings again, knowing what there is."""
        return settle(bindings, groups=self.groups, extensions=self.extensions)


def directory_of(pbx: Pbx) -> Directory:
    """Return the lists that were last read from a PBX; nothing is known where they are not wanted."""
    if not pbx.reads_extensions:
        return Directory()
    known = {
        row.kind: frozenset(row.data or ())
        for row in pbx.supplements.filter(kind__in=LISTS, data__isnull=False)
    }
    return Directory(
        groups=known.get(Supplement.Kind.GROUPS), extensions=known.get(Supplement.Kind.EXTENSIONS)
    )


def extension_names(pbx_ids: Iterable[int]) -> dict[tuple[int, str], str]:
    """Return the name of each extension, by PBX and number, where the PBX tells one."""
    lists = Supplement.objects.filter(
        pbx__in=set(pbx_ids),
        pbx__reads_extensions=True,
        kind=Supplement.Kind.EXTENSIONS,
        data__isnull=False,
    )
    return {
        (row.pbx_id, number): name
        for row in lists
        for number, name in (row.data or {}).items()
        if name and name != number
    }
