"""Rows in an order that an index has ready, from a place on, as long as something holds."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import connection

from trunks.models.read_moment import read_moment
from trunks.search.paging import LARGEST_ID, Key, Order, Place, is_moment
from trunks.search.sql import Sql, every, read, select_from

# No row has one of these ids.
_BETWEEN_ROWS = {0, LARGEST_ID}


class Walk:
    """Reads the places of rows; written out as SQL, since a queryset takes longer to compile than to be answered."""

    def __init__(self, source: Sql, columns: Mapping[str, str], order: Order, tests: Sql) -> None:
        """Read from `source`, where `columns` tells the column of each key of the order."""
        self._source = source
        self._keys = [columns[key] for key in order.keys]
        self._tests = tests
        self._has_moments = any(map(is_moment, order.keys))
        self.order = order

    def after(self, place: Place | None, most: int, *, until: Place | None = None) -> list[Place]:
        """Return the places of the next rows, not beyond `until`."""
        down = " DESC" if self.order.goes_down else ""
        said = every([*self._beyond(place), *self._until(until), self._tests])
        order = ", ".join(f"{key}{down}" for key in self._keys)
        rows = read(select_from(self._keys, self._source, said, f"ORDER BY {order} LIMIT {most}"))
        return [tuple(map(_read, row)) for row in rows] if self._has_moments else rows

    def _beyond(self, place: Place | None) -> list[Sql]:
        if place is None:
            return []
        compared = self._compared("<" if self.order.goes_down else ">", place)
        if len(compared.params) == 1:
            return [compared]
        # The first key tells an index where to begin, also where the others are another table's.
        sign = "<=" if self.order.goes_down else ">="
        return [Sql(f"{self._keys[0]} {sign} %s", (_written(place[0]),)), compared]

    def _until(self, place: Place | None) -> list[Sql]:
        if place is None:
            return []
        return [self._compared(">=" if self.order.goes_down else "<=", place)]

    def _compared(self, sign: str, place: Place) -> Sql:
        """Compare row values, which an index can answer (https://sqlite.org/rowvalue.html).

        SQLite compares all of them once more with each row that it comes by. So of a place between rows, whose id
        none of them has, all keys before the id are compared alone: equal ones are on one side of it.
        """
        keys = self._keys
        if len(keys) > 1 and place[-1] in _BETWEEN_ROWS:
            equal_are_before = place[-1] == LARGEST_ID
            keys, place = keys[:-1], place[:-1]
            sign = sign[0] + ("=" if equal_are_before is (sign[0] == "<") else "")
        if len(place) == 1:
            return Sql(f"{keys[0]} {sign} %s", (_written(place[0]),))
        places = ", ".join(["%s"] * len(place))
        return Sql(f"({', '.join(keys)}) {sign} ({places})", tuple(map(_written, place)))


def _read(value: Any) -> Key:  # noqa: ANN401 - as the database gives it
    known: Key = read_moment(value) if isinstance(value, datetime) else value
    return known


def _written(key: Key) -> object:
    if isinstance(key, datetime):
        return connection.ops.adapt_datetimefield_value(key)
    return key
