"""The rows that lists are of: their tables, the texts and grams they are found by, and what facets count of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from django.db.models import Model

from trunks.models import DodBinding, Pbx, Sight, Trunk
from trunks.search.index import BINDING_GRAMS, TRUNK_GRAMS
from trunks.search.sections import (
    BINDING_SECTIONS,
    OWN_BINDING_SECTIONS,
    PBX_SECTIONS,
    TRUNK_SECTIONS,
)
from trunks.search.sql import ALWAYS, NEVER, Sql

_OWN_KEYS = {
    name: f"trunks_dodbinding.{name}"
    for name in ("id", "digits", "search_name", "target_kind", "search_target", "severity")
}
# Of trunks that their PBXs still report, and of the bindings of such.
PRESENT = Sql("trunks_trunk.removed_at IS NULL")
# The same, as bindings keep it beside their own.
BINDING_PRESENT = Sql("trunks_dodbinding.is_present")
BINDINGS_OF_TRUNK = "trunks_dodbinding ON trunks_dodbinding.trunk_id = trunks_trunk.id"
TRUNK_OF_BINDING = "trunks_trunk ON trunks_trunk.id = trunks_dodbinding.trunk_id"
PBX_OF_TRUNK = "trunks_pbx ON trunks_pbx.id = trunks_trunk.pbx_id"
PBX_OF_BINDING = "trunks_pbx ON trunks_pbx.id = trunks_dodbinding.pbx_id"


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of rows. Without an index there are too few of them to need one."""

    model: type[Model]
    sections: tuple[str, ...]
    grams: str = ""
    # Column by the name of the field that asks for it.
    facets: tuple[tuple[str, str], ...] = ()
    # Column by the key of an order; what is not here is worked out by querysets.
    keys: Mapping[str, str] = field(default_factory=dict)
    # The other tables of these columns.
    joins: tuple[str, ...] = ()


class Rows(Enum):
    """The kinds of rows."""

    BINDINGS = Kind(
        DodBinding,
        BINDING_SECTIONS,
        BINDING_GRAMS,
        (
            ("pbx", "trunks_dodbinding.pbx_id"),
            ("site", "trunks_pbx.site"),
            ("kind", "trunks_dodbinding.trunk_kind"),
            ("target", "trunks_dodbinding.target_kind"),
            ("issue", "trunks_dodbinding.issue"),
        ),
        {
            **_OWN_KEYS,
            "trunk__id": "trunks_dodbinding.trunk_id",
            "trunk__search_name": "trunks_trunk.search_name",
            "trunk__pbx__id": "trunks_dodbinding.pbx_id",
            "trunk__pbx__search_name": "trunks_pbx.search_name",
            "trunk__pbx__site": "trunks_pbx.site",
        },
        (TRUNK_OF_BINDING, PBX_OF_BINDING),
    )
    BINDINGS_OF_ONE_TRUNK = Kind(DodBinding, OWN_BINDING_SECTIONS, keys=_OWN_KEYS)
    TRUNKS = Kind(
        Trunk,
        TRUNK_SECTIONS,
        TRUNK_GRAMS,
        (
            ("pbx", "trunks_trunk.pbx_id"),
            ("site", "trunks_pbx.site"),
            ("kind", "trunks_trunk.kind"),
        ),
        {"id": "trunks_trunk.id", "search_name": "trunks_trunk.search_name"},
        (PBX_OF_TRUNK,),
    )
    PBXS = Kind(Pbx, PBX_SECTIONS, facets=(("site", "trunks_pbx.site"),))

    @property
    def table(self) -> str:
        """The table that the rows are in."""
        return self.value.model._meta.db_table  # noqa: SLF001  documented

    @property
    def are_bindings(self) -> bool:
        """Tell whether these are DOD bindings, of many trunks or of one."""
        return self.value.model is DodBinding


def in_sight(rows: Rows, sight: Sight) -> Sql:
    """Return the condition that rows are of PBXs in sight. A trunk at hand is in sight."""
    if sight.pbxs is None or rows is Rows.BINDINGS_OF_ONE_TRUNK:
        return ALWAYS
    column = "trunks_pbx.id" if rows is Rows.PBXS else f"{rows.table}.pbx_id"
    ids = ", ".join(map(str, sorted(sight.pbxs)))
    return Sql(f"{column} IN ({ids})") if ids else NEVER
