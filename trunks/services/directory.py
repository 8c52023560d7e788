"""The extensions and groups of a PBX, as last read: what its DOD bindings are settled by."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from trunks.models import DodBinding, Pbx, Supplement, TargetKind
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


def name_extensions(bindings: Iterable[DodBinding]) -> None:
    """Set the `extension_name` of bindings that came with their trunks, in one query for all."""
    bound = [one for one in bindings if one.target_kind == TargetKind.EXTENSION]
    names = extension_names({one.trunk.pbx_id for one in bound})
    for one in bound:
        name = names.get(one.trunk.pbx_id, {}).get(one.target, "")
        one.extension_name = "" if name == one.target else name


def extension_names(pbxs: Collection[int]) -> dict[int, Mapping[str, str]]:
    """Return the names of the extensions of these PBXs by their numbers, as far as they are known, in one query."""
    lists = Supplement.objects.filter(
        pbx__in=pbxs, pbx__reads_extensions=True, kind=Supplement.Kind.EXTENSIONS
    )
    return {pk: data or {} for pk, data in lists.values_list("pbx_id", "data")}
