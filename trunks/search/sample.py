"""The rows that were come upon first, and what is counted of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from heapq import nlargest, nsmallest
from typing import Any

from trunks.search.paging import Order, Place

# How many rows have each value.
Tally = Counter[str | int | None]
# The values of a row that facets count, in the order of `Kind.facets`.
Values = tuple[str | int | None, ...]


@dataclass(frozen=True, slots=True)
class Count:
    """How many rows there are; when not exact, there are more."""

    number: int
    is_exact: bool


@dataclass(frozen=True)
class Sample:
    """Rows that were come upon first, each once, column by column: there is one value of each row in every list."""

    ids: list[int]
    # What facets count, in the order of `Kind.facets`.
    facets: list[list[str | int | None]]
    # What the rows can be sorted by: what it is called, and its values, ending with the ids.
    key_names: tuple[str, ...]
    keys: list[list[Any]]
    # No more than these are counted.
    most: int
    # The largest id among all rows of the kind: about how many there are.
    newest: int

    @property
    def is_all(self) -> bool:
        """Tell whether there are no other rows."""
        return len(self.ids) <= self.most

    @property
    def count(self) -> Count:
        """How many rows there are, or at least are."""
        return Count(len(self.counted), self.is_all)

    @property
    def counted(self) -> list[int]:
        """The ids of the rows that are counted: of all, or of as many as the count says."""
        return self.ids[: self.most]

    @cached_property
    def tallies(self) -> list[Tally]:
        """How many rows have each value of each facet."""
        return [Tally(column[: self.most]) for column in self.facets]

    def page(self, order: Order, place: Place | None, size: int) -> list[Place]:
        """Return the first of all rows beyond a place, where the sample has the keys of the order."""
        down = order.goes_down
        rows: Iterable[Place] = zip(*self.keys, strict=True)
        if place is not None:
            rows = (row for row in rows if (row < place if down else row > place))
        return (nlargest if down else nsmallest)(size, rows)


def tallies(rows: Iterable[tuple[Values, int]]) -> list[Tally]:
    """Add up how many rows have each value, for each facet."""
    counters: list[Tally] = []
    for values, number in rows:
        if not counters:
            counters = [Counter() for _ in values]
        for counter, value in zip(counters, values, strict=True):
            counter[value] += number
    return counters
