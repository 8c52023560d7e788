"""What a list shows of the rows that answer a question: how many, of what kinds, and one page of them.

A sample of the first rows that the index comes upon is counted; only where these are all of them are the counts
exact. Pages of few rows are sorted, pages of many are read in the order that an index has ready.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from operator import itemgetter
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from trunks.models import Sight, Trunk
from trunks.search.commonness import measured
from trunks.search.conditions import (
    as_expression,
    clues,
    conditions,
    narrowed,
    parts,
    tests,
    trunk_is,
    trunk_is_among,
)
from trunks.search.grams import label_gram
from trunks.search.index import DIGITS_LABELLED, END_OF_DIGITS, Clue, index
from trunks.search.language import Question, Term
from trunks.search.paging import Order, Place
from trunks.search.rows import Rows, in_sight
from trunks.search.sql import ALWAYS, Sql, every
from trunks.search.trunk_walk import is_of_trunks, trunks_in_order, walk_trunks
from trunks.search.walk import Walk

# More matches than this are counted only when somebody asks for it.
COUNTED = 1_000
# With fewer matches than this among a million it is quicker to read and sort them all than to walk an index past
# the other rows.
_WORTH_SORTING = 3_000
# Bindings that are looked up by their trunks lie close together.
_WORTH_SORTING_BY_TRUNK = 8_000
_BY_NUMBER = ("digits",)
# The bindings of so few trunks are looked at sooner than any index tells of them.
_FEW_TRUNKS = 200
# Times as many for whom is limited: the index leads past all that is out of sight.
_TIMES_IN_SIGHT = 5
# Numbers are not longer than this.
_LONGEST_NUMBER = 500
_LARGEST_ID = 2**63 - 1
# How far an index is walked before the matches are sorted after all: they may all stand at its end.
# By numbers the walk is quick, since the index holds all that is tested.
_WALKS, _WALKS_BY_NUMBER = (4_000, 12_000), (5_000, 50_000)

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
    """Rows that were come upon first, each once: its id, the values that facets count, and its keys."""

    rows: list[tuple[Any, ...]]
    facets: int
    # Unless there are more.
    is_all: bool

    @property
    def ids(self) -> list[int]:
        """The ids of the rows."""
        return [row[0] for row in self.rows]

    @property
    def count(self) -> Count:
        """How many rows there are, or at least are."""
        return Count(len(self.counted), self.is_all)

    @property
    def counted(self) -> list[tuple[Any, ...]]:
        """The rows that are counted: all, or as many as the count says."""
        return self.rows if self.is_all else self.rows[:COUNTED]

    @cached_property
    def tallies(self) -> list[Tally]:
        """How many rows have each value, for each facet."""
        return [Counter(map(itemgetter(1 + place), self.counted)) for place in range(self.facets)]

    def page(self, order: Order, place: Place | None, size: int) -> list[Place]:
        """Return the first of all rows beyond a place, where the sample has the keys of the order."""
        places = sorted((row[1 + self.facets :] for row in self.rows), reverse=order.goes_down)
        begin = 0
        if place is not None:
            upwards = places[::-1] if order.goes_down else places
            behind = bisect_left(upwards, place) if order.goes_down else bisect_right(places, place)
            begin = len(places) - behind if order.goes_down else behind
        return places[begin : begin + size]


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
    """The rows of one kind, within a scope, that answer a question, looked up in the way that suits it."""

    def __init__(
        self,
        kind: Rows,
        question: Question,
        rows: QuerySet[Any],
        scope: Sql = ALWAYS,
        *,
        sight: Sight,
    ) -> None:
        """Find among `rows`, all of the kind with what they can be sorted by.

        `scope` is a condition that all rows of the list hold, whatever is asked; on the trunks of bindings.
        What is not in sight is left out as if the question had said so.
        """
        limit = in_sight(kind, sight)
        self.kind = kind
        self._rows = rows
        self._facets = [column for _, column in kind.value.facets]
        self._sample: Sample | None = None
        self._sample_keys: tuple[str, ...] = ()
        own, of_trunk = parts(question.terms, kind)
        self._clues = clues(question.terms, kind)
        # What a row says of itself is told soonest, so it comes first.
        said = tests(own, kind)
        if kind is Rows.BINDINGS:
            self._tests_of_own = said
            self._tests_of_trunk = every([limit, tests(of_trunk, Rows.TRUNKS), scope])
            self._driver = self._choose_driver(of_trunk, limit)
            joined = self._tests_of_trunk if self._driver == ALWAYS else scope
            self._tests_of_joined = every([self._driver, said, joined])
            self._tests = every([said, trunk_is(self._tests_of_trunk)])
        else:
            self._driver = ALWAYS
            self._tests = self._tests_of_joined = every([limit, said, scope])

    def _choose_driver(self, of_trunk: Sequence[Term], limit: Sql) -> Sql:
        """Return the condition that bindings are looked up by their trunks, if that is the quickest way to them.

        It is with few trunks, and when nothing else tells where to look.
        """
        if limit == ALWAYS and all(term.negated for term in of_trunk):
            return ALWAYS
        trunks = every([limit, conditions(of_trunk, Rows.TRUNKS)])
        found = Trunk.objects.filter(as_expression(trunks)).order_by()
        few = _FEW_TRUNKS if limit == ALWAYS else _FEW_TRUNKS * _TIMES_IN_SIGHT
        ids = list(found.values_list("pk", flat=True)[: few + 1])
        if len(ids) <= few:
            self._clues = []
            return Sql(f"trunks_dodbinding.trunk_id IN ({', '.join(map(str, ids)) or 'NULL'})")
        told = self._clues if limit == ALWAYS else narrowed(self._clues, self.kind)
        if told:
            return ALWAYS
        self._clues = []
        return trunk_is_among(trunks)

    @property
    def sample(self) -> Sample:
        """The rows that are come upon first."""
        return self._read_sample(())

    def _read_sample(self, keys: Sequence[str]) -> Sample:
        """Read the sample once, with the keys of the first order that it is asked for."""
        if self._sample is None or not set(keys) <= set(self._sample_keys):
            self._sample_keys = tuple(keys)
            columns = [self.kind.value.keys[key] for key in keys]
            statement = self._statement([f"{self.kind.table}.id", *self._facets, *columns])
            with connection.cursor() as cursor:
                cursor.execute(f"{statement.text} LIMIT {self._most_read}", statement.params)
                rows = cursor.fetchmany(COUNTED + 1)
                limit = COUNTED + 1
                if len(rows) == limit < self._most_read and not self._are_many(rows):
                    limit = self._most_read
                    rows += cursor.fetchmany(limit - len(rows))
            self._sample = Sample(rows, len(self._facets), len(rows) < limit)
        return self._sample

    @property
    def _most_read(self) -> int:
        """How many rows are read at the most: SQLite hands them out one by one, so that many cost only when taken."""
        return 2 * _WORTH_SORTING_BY_TRUNK if connection.vendor == "sqlite" else COUNTED + 1

    @cached_property
    def exact(self) -> tuple[Count, list[Tally]]:
        """Count all rows, however many, and the values of facets with them; may take a second."""
        statement = self._statement([*self._facets, "COUNT(*)"])
        grouped = f" GROUP BY {', '.join(self._facets)}" if self._facets else ""
        with connection.cursor() as cursor:
            cursor.execute(f"{statement.text}{grouped}", statement.params)
            rows = [(row[:-1], row[-1]) for row in cursor.fetchall()]
        return Count(sum(number for _, number in rows), is_exact=True), tallies(rows)

    @property
    def all(self) -> QuerySet[Any]:
        """All rows, however many."""
        return self._rows.filter(as_expression(self._tests))

    def page(self, order: Order, place: Place | None, size: int) -> list[Place]:
        """Return the places of the first rows after a place; each ends with the id of its row."""
        has_columns = set(order.keys) <= set(self.kind.value.keys)
        sample = self._read_sample(order.keys if has_columns else ())
        if sample.is_all and has_columns and order.keys == self._sample_keys:
            return sample.page(order, place, size)
        if sample.is_all:
            return _places(order, order.beyond(self._few, place), size)
        if order.is_indexed and self._are_many(sample.rows):
            if self.kind is Rows.BINDINGS and is_of_trunks(order):
                own = self._rows.filter(as_expression(self._tests_of_own))
                return walk_trunks(self._tests_of_trunk, own, order, place, size)
            return list(self._walk(order, place, size))
        return self._sorted(order, place, size)

    def number_of(self, order: Order, place: Place) -> int:
        """Return which row is at a place, counted from 1; 0 where there are too many rows to tell at once."""
        if not self.sample.is_all:
            return 0
        before = order.backwards
        if before.keys == self._sample_keys:
            return len(self.sample.page(before, place, len(self.sample.rows))) + 1
        return before.beyond(self._few, place).count() + 1

    @property
    def _few(self) -> QuerySet[Any]:
        return self._rows.filter(pk__in=self.sample.ids)

    def _are_many(self, rows: Sequence[tuple[Any, ...]]) -> bool:
        """Judge by how soon the sample was full: ids are given to PBXs as they come, and matches lie among them all."""
        worth_sorting = _WORTH_SORTING if self._clues else _WORTH_SORTING_BY_TRUNK
        return bool(COUNTED * self._newest / max(row[0] for row in rows) >= worth_sorting)

    @cached_property
    def _newest(self) -> int:
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT MAX(id) FROM {self.kind.table}")  # noqa: S608
            (newest,) = cursor.fetchone()
        return int(newest or 1)

    def _walk(self, order: Order, place: Place | None, size: int) -> Iterator[Place]:
        """Read rows in their order and test each, a stretch at a time; sort what is left when that takes too long."""
        if self.kind is Rows.TRUNKS:
            walk = trunks_in_order(order, self._tests)
        else:
            walk = Walk(self.kind.table, self.kind.value.keys, order, self._tests)
        missing, begun = size, place
        for stretch in _WALKS_BY_NUMBER if order.fields == _BY_NUMBER else _WALKS:
            if place is not begun:
                place = self._skip(order, place)
            end = self._end_of(stretch, order, place)
            found = walk.after(place, missing, until=end)
            yield from found
            missing -= len(found)
            if not missing or end is None:
                return
            place = end
        yield from self._sorted(order, place, missing)

    def _end_of(self, stretch: int, order: Order, place: Place | None) -> Place | None:
        """Return about where a stretch of so many rows ends; None when that is the end of all."""
        landmarks = measured.landmarks()
        if order.fields != _BY_NUMBER or not landmarks:
            ahead = order.sort(order.beyond(self._rows, place))
            return order.place_of(ahead, stretch)
        steps = max(1, stretch * len(landmarks) // self._newest)
        here = str(place[0]) if place else ""
        if order.goes_down:
            number = (bisect_left(landmarks, here) if place else len(landmarks)) - steps
            return (landmarks[number], 0) if number >= 0 else None
        number = bisect_right(landmarks, here) + steps
        return (landmarks[number], 0) if number < len(landmarks) else None

    def _skip(self, order: Order, place: Place | None) -> Place | None:
        """Go ahead to where the first match can be, where numbers are sorted by their digits.

        The index knows rows by the first digits too: of a question about a country that is last in the list, it
        tells at once that no number of the others answers it.
        """
        if order.fields != _BY_NUMBER or not self._clues or place is None:
            return place
        # A number that ends is before those that go on.
        here, begin = f"{place[0]}{END_OF_DIGITS}", ""
        for length in range(1, DIGITS_LABELLED + 1):
            nexts = (begin + digit for digit in f"{END_OF_DIGITS}0123456789")
            way = sorted(nexts, reverse=order.goes_down)
            reached = here[:length]
            ahead = [one for one in way if (one <= reached if order.goes_down else one >= reached)]
            begin = next((one for one in ahead if self._has_beginning(one)), "")
            if not begin:
                return place
            if begin.endswith(END_OF_DIGITS):
                break
        if here.startswith(begin):
            return place
        digits = begin.removesuffix(END_OF_DIGITS)
        if not order.goes_down:
            return (digits, 0)
        return (digits, _LARGEST_ID) if digits != begin else (digits + "9" * _LONGEST_NUMBER, 0)

    def _has_beginning(self, digits: str) -> bool:
        """Tell whether a number that begins so answers the question."""
        statement = self._statement(["1"], [*self._clues, ((label_gram(digits),),)])
        with connection.cursor() as cursor:
            cursor.execute(f"{statement.text} LIMIT 1", statement.params)
            return cursor.fetchone() is not None

    def _sorted(self, order: Order, place: Place | None, size: int) -> list[Place]:
        matching = self._rows.filter(
            as_expression(every([*narrowed(self._clues, self.kind), self._driver, self._tests]))
        )
        return _places(order, order.beyond(matching, place), size)

    def _statement(self, columns: Sequence[str], found: Sequence[Clue] | None = None) -> Sql:
        """Return the statement that reads columns of the rows, from the index where it helps."""
        kind = self.kind.value
        among = self._clues if found is None else found
        source, where = index().source(
            self.kind.table, kind.grams, among, kind.joins, has_driver=self._driver != ALWAYS
        )
        said = every([*where, self._tests_of_joined])
        text = f"SELECT {', '.join(columns)} FROM {source.text} WHERE {said.text}"  # noqa: S608
        return Sql(text, (*source.params, *said.params))


def _places(order: Order, rows: QuerySet[Any], size: int) -> list[Place]:
    return list(order.sort(rows).values_list(*order.keys)[:size])
