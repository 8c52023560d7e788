"""The columns of a list: what each is called in an address and what it sorts by."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from trunks.search.paging import Order


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a list, and the fields that sort by it."""

    key: str
    label: str | Promise
    fields: tuple[str, ...]
    numeric: bool = False
    # Unknown values come last both ways; for columns that have no unknown ones an index can serve.
    may_be_unknown: bool = False
    # Whether an index has the order ready.
    is_indexed: bool = False
    # Shown only to those who choose it.
    is_extra: bool = False

    def order(self, *, descending: bool) -> Order:
        """Return the order by this column; rows that are equal in it are sorted by their id."""
        return Order(self.fields, descending, self.may_be_unknown, self.is_indexed)


_PBX_OF_TRUNK = ("pbx__search_name", "pbx__id", "search_name")
_TRUNK = ("trunk__search_name", "trunk__id")
_PBX = ("trunk__pbx__search_name", "trunk__pbx__id", *_TRUNK)
_SITE = ("trunk__pbx__site", "trunk__pbx__id", *_TRUNK)
_TARGET = ("target_kind", "search_target")

TRUNK_COLUMNS = (
    Column("name", _("Trunk"), ("search_name",), is_indexed=True),
    Column("pbx", _("PBX"), _PBX_OF_TRUNK, is_indexed=True),
    Column("kind", _("Type"), ("kind", "search_name")),
    Column("host", _("Host"), ("host", "port"), may_be_unknown=True),
    Column("account", _("Account"), ("username",), may_be_unknown=True),
    Column("dods", _("DODs"), ("dod_count",), numeric=True),
    Column("registration", _("Registration"), ("registration_rank", "search_name")),
    Column("fetched", _("Fetched"), ("observed_at",), is_indexed=True),
    Column("state", _("State"), ("severity", "search_name")),
    Column("site", _("Site"), ("pbx__site", "search_name"), is_extra=True),
    Column("domain", _("Domain"), ("domain",), may_be_unknown=True, is_extra=True),
    Column("authname", _("Authentication name"), ("authname",), may_be_unknown=True, is_extra=True),
    Column("fromuser", _("From user"), ("fromuser",), may_be_unknown=True, is_extra=True),
    Column("seen", _("First seen"), ("first_seen",), is_extra=True),
)
BINDING_COLUMNS = (
    Column("number", _("DOD number"), ("digits",), is_indexed=True),
    Column("name", _("Name"), ("search_name",), is_indexed=True),
    Column("bound", _("Bound to"), _TARGET, is_indexed=True),
    Column("target", _("Extension or group"), _TARGET, is_indexed=True),
    Column("issue", _("Issue"), ("severity",), is_indexed=True),
)
DOD_COLUMNS = (
    *BINDING_COLUMNS[:-1],
    Column("trunk", _("Trunk"), _TRUNK, is_indexed=True),
    Column("pbx", _("PBX"), _PBX, is_indexed=True),
    Column("site", _("Site"), _SITE, is_indexed=True, is_extra=True),
    Column("fetched", _("Fetched"), ("trunk__observed_at", "trunk__id"), is_indexed=True),
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
