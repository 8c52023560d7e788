"""What a list shows of the rows that answer a question: how many, of what kinds, and one page of them.

A sample of the first rows that the index comes upon is counted; only where these are all of them are the counts
exact. Pages of few rows are sorted, pages of many are read in the order that an index has ready.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db import connection
from django.db.models import Max, QuerySet

from trunks.search.conditions import (
    as_expression,
    clues,
    in_passing,
    names_few_pbxs,
    narrowed,
    tests,
)
from trunks.search.index import index
from trunks.search.language import Question
from trunks.search.paging import Order, Place
from trunks.search.rows import Rows
from trunks.search.sql import ALWAYS, Sql, every

# More matches than this are counted only when somebody asks for it.
COUNTED = 1_000
# With fewer matches than this among a million it is quicker to sort them than to walk an index past the others.
_WORTH_SORTING = 10_000
# How far an index is walked before the matches are sorted after all: they may all stand at its end.
_WALKS = (2_000, 20_000)

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
    """Rows that were come upon first, each once, with the values that facets count."""

    ids: list[int]
    values: list[Values]
    # Unless there are more.
    is_all: bool

    @property
    def count(self) -> Count:
        """How many rows there are, or at least are."""
        return Count(min(len(self.ids), COUNTED), self.is_all)

    @cached_property
    def tallies(self) -> list[Tally]:
        """How many rows have each value, for each facet."""
        return tallies((values, 1) for values in self.values)


def tallies(rows: Iterable[tuple[Values, int]]) -> list[Tally]:
    """Add up how many rows have each value, for each facet."""
    counters: list[Tally] = []
    for values, number in rows:
        if not counters:
            counters = [Counter() for _ in values]
        for counter, value in zip(counters, values, strict=True):
            counter[value] += number
    return counters


class Finding:
    """The rows of one kind, within a scope, that answer a question. Nothing is read before it is asked for."""

    def __init__(
        self, kind: Rows, question: Question, rows: QuerySet[Any], scope: Sql = ALWAYS
    ) -> None:
        """Find among `rows`, all of the kind with what they can be sorted by, those in the scope."""
        self.kind = kind
        self._rows = rows
        self._scope = scope
        self._tests = every([scope, tests(question.terms, kind)])
        by_pbx = kind.are_bindings and names_few_pbxs(question.terms)
        self._clues = [] if by_pbx else clues(question.terms, kind)
        self._facets = [column for _, column in kind.value.facets]

    @cached_property
    def sample(self) -> Sample:
        """The rows that are come upon first."""
        limit = COUNTED + 1
        with connection.cursor() as cursor:
            statement = self._statement([f"{self.kind.table}.id", *self._facets])
            cursor.execute(f"{statement.text} LIMIT {limit}", statement.params)
            rows = cursor.fetchall()
        return Sample([row[0] for row in rows], [row[1:] for row in rows], len(rows) < limit)

    @cached_property
    def exact(self) -> tuple[Count, list[Tally]]:
        """Count all rows, however many, and the values of facets with them; may take a second."""
        statement = self._statement([*self._facets, "COUNT(*)"])
        grouped = f" GROUP BY {', '.join(self._facets)}" if self._facets else ""
        with connection.cursor() as cursor:
            cursor.execute(f"{statement.text}{grouped}", statement.params)
            rows = [(row[:-1], row[-1]) for row in cursor.fetchall()]
        return Count(sum(number for _, number in rows), is_exact=True), tallies(rows)

    def page(self, order: Order, place: Place | None, size: int) -> list[Place]:
        """Return the places of the first rows after a place; each ends with the id of its row."""
        if self.sample.is_all:
            return _places(order, order.beyond(self._few, place), size)
        if order.is_indexed and self._matches_are_many:
            return list(self._walk(order, place, size))
        return self._sorted(order, place, size)

    def number_of(self, order: Order, place: Place) -> int:
        """Return which row is at a place, counted from 1; 0 where there are too many rows to tell at once."""
        if not self.sample.is_all:
            return 0
        return order.backwards.beyond(self._few, place).count() + 1

    @property
    def _few(self) -> QuerySet[Any]:
        return self._rows.filter(pk__in=self.sample.ids)

    @cached_property
    def _matches_are_many(self) -> bool:
        """Judge by how soon the sample was full: ids are given to PBXs as they come, and matches lie among them all."""
        newest = self._rows.aggregate(newest=Max("pk"))["newest"] or 1
        return COUNTED * newest / max(self.sample.ids) >= _WORTH_SORTING

    def _walk(self, order: Order, place: Place | None, size: int) -> Iterator[Place]:
        """Read rows in their order and test each, a stretch at a time; sort what is left when that takes too long."""
        matching = self._rows.filter(as_expression(in_passing(self._tests)))
        missing = size
        for stretch in _WALKS:
            ahead = order.sort(order.beyond(self._rows, place))
            end = order.place_of(ahead, stretch)
            found = _places(order, order.until(order.beyond(matching, place), end), missing)
            yield from found
            missing -= len(found)
            if not missing or end is None:
                return
            place = end
        yield from self._sorted(order, place, missing)

    def _sorted(self, order: Order, place: Place | None, size: int) -> list[Place]:
        matching = self._rows.filter(
            as_expression(every([*narrowed(self._clues, self.kind), self._tests]))
        )
        return _places(order, order.beyond(matching, place), size)

    def _statement(self, columns: Sequence[str]) -> Sql:
        """Return the statement that reads columns of the rows, from the index where it helps."""
        kind = self.kind.value
        source, where = index().source(self.kind.table, kind.grams, self._clues, kind.joins)
        said = every([*where, self._tests])
        text = f"SELECT {', '.join(columns)} FROM {source.text} WHERE {said.text}"  # noqa: S608
        return Sql(text, (*source.params, *said.params))


def _places(order: Order, rows: QuerySet[Any], size: int) -> list[Place]:
    return list(order.sort(rows).values_list(*order.keys)[:size])
