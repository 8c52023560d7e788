"""The extensions and groups of a PBX, as last read: what its DOD bindings are settled by."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import chain
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from trunks.models import DodBinding, Pbx, Supplement, TargetKind
from trunks.models.compiled import ask_values
from trunks.search.sql import Sql, read
from trunks.yeastar import DodRecord, settle

# An extension by its PBX and its number, and what it is called.
ExtensionOf = tuple[int, str]
ExtensionNames = Mapping[ExtensionOf, str]

# How each database takes the value of a key out of JSON.
_NAME = {
    "sqlite": """json_extract(trunks_supplement.data, '$."' || asked.number || '"')""",
    "postgresql": "trunks_supplement.data ->> asked.number",
}
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
        kind: frozenset(json.loads(data) or ()) for kind, data in ask_values(_lists_of, pbx.pk)
    }
    return Directory(
        groups=known.get(Supplement.Kind.GROUPS), extensions=known.get(Supplement.Kind.EXTENSIONS)
    )


def _lists_of(pbx: int) -> QuerySet[Supplement, Any]:
    wanted = Supplement.objects.filter(pbx=pbx, kind__in=sorted(LISTS), data__isnull=False)
    return wanted.order_by().values_list("kind", "data")


def name_extensions(bindings: Iterable[DodBinding]) -> None:
    """Set the `extension_name` of bindings that came with their trunks, in one query for all."""
    bound = [one for one in bindings if one.target_kind == TargetKind.EXTENSION]
    names = extension_names((one.trunk.pbx_id, one.target) for one in bound)
    for one in bound:
        name = names.get((one.trunk.pbx_id, one.target), "")
        one.extension_name = "" if name == one.target else name


def extension_names(asked: Iterable[ExtensionOf]) -> ExtensionNames:
    """Return the names of extensions, each by its PBX and its number, as far as they are known, in one query.

    The database takes each name out of its list by itself: to read whole lists for the fifty rows of a page
    takes longer than to search them. What has other signs than an extension may have would not do as a path.
    """
    wanted = sorted({one for one in asked if one[1].isascii() and one[1].isalnum()})
    if not wanted:
        return {}
    each = ", ".join(["(%s, %s)"] * len(wanted))
    rows = read(
        Sql(
            f"WITH asked (pbx, number) AS (VALUES {each})"  # noqa: S608  our own words only
            f" SELECT asked.pbx, asked.number, {_NAME[connection.vendor]} FROM asked"
            " JOIN trunks_pbx ON trunks_pbx.id = asked.pbx AND trunks_pbx.reads_extensions"
            " JOIN trunks_supplement ON trunks_supplement.pbx_id = asked.pbx AND trunks_supplement.kind = %s",
            (*chain.from_iterable(wanted), Supplement.Kind.EXTENSIONS.value),
        )
    )
    return {(pbx, number): name for pbx, number, name in rows if name}
