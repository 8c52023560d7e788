"""Rows of many matches in an order that an index has ready, tested as they come, a stretch of them at a time.

After a stretch it is seen whether to go on: the matches may all stand at the end of the index.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from typing import Any

from django.db.models import QuerySet

from trunks.search.beginnings import BY_NUMBER, before, clue_of_digits, next_digits
from trunks.search.commonness import measured
from trunks.search.index import END_OF_DIGITS
from trunks.search.paging import Order, Place
from trunks.search.rows import Rows
from trunks.search.source import Source
from trunks.search.sql import Sql, read
from trunks.search.trunk_walk import trunks_in_order
from trunks.search.walk import Walk

# How far an index is walked before the matches are sorted after all.
# By numbers the walk is quick, since the index holds all that is tested.
_WALKS, _WALKS_BY_NUMBER = (4_000, 12_000), (10_000, 20_000)
# Going ahead, so many digits are looked at.
_DIGITS_SKIPPED_BY = 2


class Stretches:
    """The way along the rows of one kind in an order, past those that do not answer the question."""

    def __init__(
        self, kind: Rows, source: Source, rows: QuerySet[Any], order: Order, newest: int
    ) -> None:
        """Walk along all `rows`; `newest` is the largest id among them, about how many there are."""
        self._source = source
        self._rows = rows
        self._order = order
        self._newest = newest
        self._is_by_number = order.fields == BY_NUMBER
        if kind is Rows.TRUNKS:
            self._walk = trunks_in_order(order, source.of_row)
        else:
            self._walk = Walk(Sql(kind.table), kind.value.keys, order, source.of_row)

    def after(
        self, place: Place | None, size: int, *, more: int
    ) -> tuple[list[Place], Place | None]:
        """Return the places of the next rows that answer, and, when not done with that, where the walk ended.

        `more` is the length of one more stretch, 0 for none.
        """
        found, begun = list[Place](), place
        stretches = _WALKS_BY_NUMBER if self._is_by_number else _WALKS
        for stretch in filter(None, [*stretches, more]):
            if place is not None and place is not begun:
                place = self._skip(place)
            end = self._end_of(stretch, place)
            found += self._walk.after(place, size - len(found), until=end)
            if len(found) >= size or end is None:
                return found, None
            place = end
        return found, place

    def _end_of(self, stretch: int, place: Place | None) -> Place | None:
        """Return about where a stretch of so many rows ends; None when that is the end of all."""
        if stretch >= self._newest:
            return None
        landmarks = measured.landmarks()
        if not self._is_by_number or not landmarks:
            ahead = self._order.sort(self._order.beyond(self._rows, place))
            return self._order.place_of(ahead, stretch)
        steps = max(1, stretch * len(landmarks) // self._newest)
        here = str(place[0]) if place else ""
        if self._order.goes_down:
            number = (bisect_left(landmarks, here) if place else len(landmarks)) - steps
            return (landmarks[number], 0) if number >= 0 else None
        number = (bisect_right(landmarks, here) if place else 0) + steps
        return (landmarks[number], 0) if number < len(landmarks) else None

    def _skip(self, place: Place | None) -> Place | None:
        """Go ahead to where the first match can be, where numbers are sorted by their digits.

        The index knows rows by the first digits too: of a question about a country that is last in the list, it
        tells at once that no number of the others answers it.
        """
        if not self._is_by_number or not self._source.clues or place is None:
            return place
        goes_down = self._order.goes_down
        # A number that ends is before those that go on.
        here, begin = f"{place[0]}{END_OF_DIGITS}", ""
        for _ in range(_DIGITS_SKIPPED_BY):
            ahead = next_digits(begin, here, goes_down=goes_down)
            begin = next((one for one in ahead if self._has_beginning(one)), "")
            if not begin:
                return place
            if begin.endswith(END_OF_DIGITS):
                break
        if here.startswith(begin):
            return place
        return before(begin, goes_down=goes_down)

    def _has_beginning(self, digits: str) -> bool:
        """Tell whether a number that begins so answers the question."""
        return bool(read(self._source.select(["1"], "LIMIT 1", also=[clue_of_digits(digits)])))
