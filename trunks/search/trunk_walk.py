"""Bindings in an order of their trunks: trunks are read in that order, some at a time, and their bindings with them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from itertools import count, islice
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from trunks.search.paging import Key, Order, Place
from trunks.search.sql import Sql, every

_PREFIX = "trunk__"
# How many trunks are read at first, and at the most; more at each step, since their bindings seem to be few.
_FIRST, _MOST = 16, 1_024
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
    columns: Mapping[str, str],
) -> list[Place]:
    """Return the places of the first bindings after a place.

    `trunks` is what trunks must hold, `bindings` are all that may be shown, in no order; `columns` tells where
    keys are.
    """
    keys = [columns[field] for field in order.fields]
    source = "trunks_trunk"
    if any(column.startswith("trunks_pbx.") for column in keys):
        source = _PBXS_FIRST.format(join=_JOIN[connection.vendor])
    walk = _Walk(source, keys, trunks, order)
    return list(islice(_bindings(walk, bindings, place), size))


class _Walk:
    """Trunks in an order."""

    def __init__(self, source: str, keys: list[str], trunks: Sql, order: Order) -> None:
        self._source = source
        self._keys = keys
        self._trunks = trunks
        self.order = order

    def after(self, begun: Place | None, most: int) -> list[Place]:
        """Return the places of the next trunks, each ending with the id of the trunk."""
        down = " DESC" if self.order.goes_down else ""
        said = every([*self._beyond(begun), self._trunks])
        text = (
            f"SELECT {', '.join(self._keys)} FROM {self._source} WHERE {said.text}"  # noqa: S608
            f" ORDER BY {', '.join(f'{key}{down}' for key in self._keys)} LIMIT {most}"
        )
        with connection.cursor() as cursor:
            cursor.execute(text, said.params)
            return [tuple(map(_read, row)) for row in cursor.fetchall()]

    def _beyond(self, begun: Place | None) -> list[Sql]:
        if begun is None:
            return []
        sign = "<" if self.order.goes_down else ">"
        values = tuple(map(_written, begun))
        row, places = ", ".join(self._keys), ", ".join(["%s"] * len(values))
        # The first one tells an index where to begin.
        first = Sql(f"{self._keys[0]} {sign}= %s", values[:1])
        return [first, Sql(f"({row}) {sign} ({places})", values)]


def _bindings(walk: _Walk, bindings: QuerySet[Any], place: Place | None) -> Iterator[Place]:
    goes_down = walk.order.goes_down
    begun: Place | None = None
    if place is not None:
        begun, last = place[:-1], place[-1]
        beyond = {"pk__lt": last} if goes_down else {"pk__gt": last}
        rest = _of(bindings.filter(trunk=begun[-1], **beyond), goes_down=goes_down)
        yield from ((*begun, pk) for pk in rest[begun[-1]])
    for step in count():
        trunks = walk.after(begun, min(_FIRST * 4**step, _MOST))
        if not trunks:
            return
        known = _of(bindings.filter(trunk__in=[one[-1] for one in trunks]), goes_down=goes_down)
        for one in trunks:
            yield from ((*one, pk) for pk in known[one[-1]])
        begun = trunks[-1]


def _of(bindings: QuerySet[Any], *, goes_down: bool) -> Mapping[Any, list[int]]:
    """Return the ids of bindings by their trunk, in the order of their ids."""
    by_trunk: dict[Any, list[int]] = defaultdict(list)
    for trunk, pk in bindings.order_by().values_list("trunk_id", "pk"):
        by_trunk[trunk].append(pk)
    for pks in by_trunk.values():
        pks.sort(reverse=goes_down)
    return by_trunk


def _read(key: Key) -> Key:
    # SQLite gives moments without their zone.
    if isinstance(key, datetime) and key.tzinfo is None:
        return key.replace(tzinfo=UTC)
    return key


def _written(key: Key) -> object:
    if isinstance(key, datetime):
        return connection.ops.adapt_datetimefield_value(key)
    return key
