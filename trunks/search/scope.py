"""The rows that a list is of, whatever is asked."""

from __future__ import annotations

from dataclasses import dataclass

from trunks.search.sql import ALWAYS, Sql


@dataclass(frozen=True, slots=True)
class Scope:
    """A condition as a row tells it by itself, and as it is told where the trunk of a binding is joined."""

    of_row: Sql
    of_joined: Sql


EVERYTHING = Scope(ALWAYS, ALWAYS)

_IS_PRESENT = Sql("trunks_trunk.removed_at IS NULL")
PRESENT_TRUNKS = Scope(_IS_PRESENT, _IS_PRESENT)
PRESENT_BINDINGS = Scope(
    Sql(
        "EXISTS (SELECT 1 FROM trunks_trunk WHERE trunks_trunk.id = trunks_dodbinding.trunk_id"
        " AND trunks_trunk.removed_at IS NULL)"
    ),
    _IS_PRESENT,
)
