"""The columns of a list: what each is called in an address and what it sorts by."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import F
from django.db.models.expressions import OrderBy
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Column:
    """A column that a list can be sorted by."""

    key: str
    label: str | Promise
    fields: tuple[str, ...]
    numeric: bool = False
    # Unknown values come last both ways; for columns that have no unknown ones an index can serve.
    may_be_unknown: bool = False

    def order(self, *, descending: bool) -> list[str | OrderBy]:
        """Sort by this column, and rows that are equal in it by their id."""
        sign = "-" if descending else ""
        last = f"{sign}id"
        if not self.may_be_unknown:
            return [*(f"{sign}{field}" for field in self.fields), last]
        return [
            *(OrderBy(F(name), descending=descending, nulls_last=True) for name in self.fields),
            last,
        ]


TRUNK_COLUMNS = (
    Column("name", _("Trunk"), ("search_name",)),
    Column("pbx", _("PBX"), ("pbx__search_name", "search_name")),
    Column("kind", _("Type"), ("kind", "search_name")),
    Column("host", _("Host"), ("host", "port"), may_be_unknown=True),
    Column("account", _("Account"), ("username",), may_be_unknown=True),
    Column("dods", _("DODs"), ("dod_count",), numeric=True),
    Column("registration", _("Registration"), ("registration_rank", "search_name")),
    Column("fetched", _("Fetched"), ("observed_at",)),
    Column("state", _("State"), ("severity", "search_name")),
)
BINDING_COLUMNS = (
    Column("number", _("DOD number"), ("digits",)),
    Column("name", _("Name"), ("search_name",)),
    Column("bound", _("Bound to"), ("target_kind", "search_target")),
    Column("target", _("Extension or group"), ("target_kind", "search_target")),
    Column("issue", _("Issue"), ("severity",)),
)
DOD_COLUMNS = (
    *BINDING_COLUMNS[:-1],
    Column("trunk", _("Trunk"), ("trunk__search_name", "trunk__id")),
    Column(
        "pbx",
        _("PBX"),
        ("trunk__pbx__search_name", "trunk__pbx__id", "trunk__search_name", "trunk__id"),
    ),
    Column("fetched", _("Fetched"), ("trunk__observed_at", "trunk__id")),
    BINDING_COLUMNS[-1],
)
PBX_COLUMNS = (
    Column("name", _("Name"), ("search_name",)),
    Column("state", _("State"), ("severity", "search_name")),
    Column("fetched", _("Fetched"), ("observed_at",), may_be_unknown=True),
    Column("trunks", _("Trunks"), ("trunk_count",), numeric=True),
    Column("site", _("Site"), ("site", "search_name")),
    Column("address", _("Address"), ("base_url",)),
    Column("trust", _("Trust"), ("trust", "search_name")),
)
