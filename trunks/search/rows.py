"""The rows that lists are of: their tables, the texts and grams they are found by, and what facets count of them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from django.db.models import Model

from trunks.models import DodBinding, Pbx, Trunk
from trunks.search.index import BINDING_GRAMS, TRUNK_GRAMS
from trunks.search.sections import (
    BINDING_SECTIONS,
    OWN_BINDING_SECTIONS,
    PBX_SECTIONS,
    TRUNK_SECTIONS,
)

_TRUNK_OF_BINDING = "trunks_trunk ON trunks_trunk.id = trunks_dodbinding.trunk_id"


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of rows. Without an index there are too few of them to need one."""

    model: type[Model]
    sections: tuple[str, ...]
    grams: str = ""
    # Column by the name of the field that asks for it, and the tables that they take.
    facets: tuple[tuple[str, str], ...] = ()
    joins: tuple[str, ...] = ()


class Rows(Enum):
    """The kinds of rows."""

    BINDINGS = Kind(
        DodBinding,
        BINDING_SECTIONS,
        BINDING_GRAMS,
        (
            ("pbx", "trunks_trunk.pbx_id"),
            ("kind", "trunks_trunk.kind"),
            ("target", "trunks_dodbinding.target_kind"),
            ("issue", "trunks_dodbinding.issue"),
        ),
        (_TRUNK_OF_BINDING,),
    )
    BINDINGS_OF_ONE_TRUNK = Kind(DodBinding, OWN_BINDING_SECTIONS)
    TRUNKS = Kind(
        Trunk,
        TRUNK_SECTIONS,
        TRUNK_GRAMS,
        (("pbx", "trunks_trunk.pbx_id"), ("kind", "trunks_trunk.kind")),
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
