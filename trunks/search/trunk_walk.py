"""Bindings in an order of their trunks: trunks are read in that order, some at a time, and their bindings with them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from itertools import count
from typing import Any

from django.db.models import QuerySet

from trunks.search.paging import LARGEST_ID, Order, Place
from trunks.search.sql import Sql, vendor
from trunks.search.walk import Walk

_PREFIX = "trunk__"
# How many trunks are read at first, and at the most; more at each step, since their bindings seem to be few.
_FIRST, _MOST = 16, 1_024
_COLUMNS = {
    "id": "trunks_trunk.id",
    "search_name": "trunks_trunk.search_name",
    "observed_at": "trunks_trunk.observed_at",
    "pbx__id": "trunks_pbx.id",
    "pbx__search_name": "trunks_pbx.search_name",
    "pbx__site": "trunks_pbx.site",
}
_PBXS_FIRST = "trunks_pbx {join} trunks_trunk ON trunks_trunk.pbx_id = trunks_pbx.id"
# SQLite never turns a CROSS JOIN round (https://sqlite.org/optoverview.html), so both indexes give their order.
_JOIN = {"sqlite": "CROSS JOIN", "postgresql": "JOIN"}


def is_of_trunks(order: Order) -> bool:
    """Tell whether an order of bindings is one of their trunks."""
    return all(field.startswith(_PREFIX) for field in order.fields)


def walk_trunks(
    trunks: Sql,
    bindings: QuerySet[Any],
    order: Order,
    place: Place | None,
    size: int,
    *,
    most: int | None = None,
) -> tuple[list[Place], Place | None]:
    """Return the places of the first bindings after a place, and, when not done after `most` trunks, where it ended.

    `trunks` is what trunks must hold; `bindings` are all that may be shown, in no order.
    """
    # The id of the trunk comes last by itself.
    fields = tuple(field.removeprefix(_PREFIX) for field in order.fields if field != f"{_PREFIX}id")
    of_trunks = Order(fields, order.descending, is_reversed=order.is_reversed)
    walk = trunks_in_order(of_trunks, trunks)
    begun = place[:-1] if place else None
    found = _rest_of_trunk(bindings, order, place) if place else []
    read = 0
    for step in count():
        if len(found) >= size:
            break
        if begun and most is not None and read >= most:
            return found, (*begun, 0 if order.goes_down else LARGEST_ID)
        ahead = walk.after(begun, min(_FIRST * 4**step, _MOST))
        if not ahead:
            break
        here = bindings.filter(trunk__in=[one[-1] for one in ahead])
        known = _of(here, goes_down=order.goes_down)
        found += [(*one, pk) for one in ahead for pk in known[one[-1]]]
        begun, read = ahead[-1], read + len(ahead)
    return found[:size], None


def trunks_in_order(order: Order, trunks: Sql) -> Walk:
    """Return the walk along trunks that hold something, in an order by what they or their PBXs have."""
    source = "trunks_trunk"
    if any(field.startswith("pbx__") for field in order.fields):
        source = _PBXS_FIRST.format(join=_JOIN[vendor()])
    return Walk(Sql(source), _COLUMNS, order, trunks)


def _rest_of_trunk(bindings: QuerySet[Any], order: Order, place: Place) -> list[Place]:
    """Return the places of the bindings that come after one on its trunk."""
    *trunk, last = place
    beyond = {"pk__lt": last} if order.goes_down else {"pk__gt": last}
    rest = _of(bindings.filter(trunk=trunk[-1], **beyond), goes_down=order.goes_down)
    return [(*trunk, pk) for pk in rest[trunk[-1]]]


def _of(bindings: QuerySet[Any], *, goes_down: bool) -> Mapping[Any, list[int]]:
    """Return the ids of bindings by their trunk, in the order of their ids."""
    by_trunk: dict[Any, list[int]] = defaultdict(list)
    for trunk, pk in bindings.order_by().values_list("trunk_id", "pk"):
        by_trunk[trunk].append(pk)
    for pks in by_trunk.values():
        pks.sort(reverse=goes_down)
    return by_trunk
