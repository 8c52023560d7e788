"""The ways to a page of many matches: sorted by how their numbers begin, walked to in an index, or all sorted.

Which is quickest is judged by how soon the sample was full. The numbers it is judged by were measured with the
bench (`bench/searching.py`) among a million bindings, where two ways take the same time.
"""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.db.models import QuerySet

from trunks.search.beginnings import BY_NUMBER, Beginnings
from trunks.search.conditions import as_expression
from trunks.search.language import Match, Question
from trunks.search.paging import Order, Place
from trunks.search.rows import Rows
from trunks.search.sample import Sample
from trunks.search.source import Source
from trunks.search.sql import Sql, every, vendor
from trunks.search.stretches import Stretches
from trunks.search.trunk_walk import is_of_trunks, walk_trunks
from trunks.search.walk import Walk

# With fewer matches than this among a million it is quicker to read and sort them all than to walk an index past
# the other rows.
_WORTH_SORTING = 3_000
# Of bindings by number, so many are sorted by how their numbers begin; fewer are sooner sorted all at once.
_WORTH_SORTING_BY_BEGINNING = {"sqlite": range(2_000, 20_000), "postgresql": range(40_000)}
# Bindings that are looked up by their trunks lie close together.
_WORTH_SORTING_BY_TRUNK = 8_000
# So many trunks are walked along before the matches are sorted after all: they may all stand at the end.
_TRUNKS_WALKED = 1_000
# Sorting looks up each match where it stands, which on PostgreSQL takes as long as walking past so many other rows:
# there it is worth to walk on.
_ROWS_FOR_A_MATCH = {"sqlite": 0, "postgresql": 10}
_BINDINGS_OF_A_TRUNK = 20


class Ways:
    """The ways to the rows of one kind that answer a question, of which a sample is known."""

    def __init__(
        self, kind: Rows, question: Question, rows: QuerySet[Any], source: Source, sample: Sample
    ) -> None:
        """Lead to some of `rows`, which `source` reads."""
        self._kind = kind
        self._rows = rows
        self._source = source
        self._sample = sample
        self._has_patterns = any(
            wanted.match is Match.GLOB for term in question.terms for wanted in term.wanted
        )

    def page(self, order: Order, place: Place | None, size: int) -> list[Place]:
        """Return the places of the first rows after a place; each ends with the id of its row."""
        if self._are_sorted_by_beginning(order):
            return self._by_beginning(order, place, size)
        if order.is_indexed and self._are_many():
            if self._kind is Rows.BINDINGS and is_of_trunks(order):
                return self._walk_trunks(order, place, size)
            return self._walk(order, place, size)
        return self._sorted(order, place, size)

    def _are_sorted_by_beginning(self, order: Order) -> bool:
        """Tell whether matches whose numbers begin alike are sooner sorted than come upon."""
        if self._source.goes_along_trunks or not self._source.clues:
            return False
        if self._has_patterns and vendor() == "sqlite":
            # Of rows that fit the index finds many times as many, and a walk reads nothing but an index.
            return False
        return order.fields == BY_NUMBER and self._matches in _WORTH_SORTING_BY_BEGINNING[vendor()]

    def _by_beginning(self, order: Order, place: Place | None, size: int) -> list[Place]:
        way = Beginnings(self._source, self._kind.value.keys, order)
        return way.after(place, size, matches=self._matches)

    def _are_many(self) -> bool:
        """Tell whether sorting all matches takes longer than walking to the first ones."""
        along_trunks = self._source.goes_along_trunks
        return self._matches >= (_WORTH_SORTING_BY_TRUNK if along_trunks else _WORTH_SORTING)

    @cached_property
    def _matches(self) -> int:
        """Judge by how soon the sample was full: ids are given to PBXs as they come, and matches lie among them all.

        A tenth is left out, since PostgreSQL may have put a row of today where an old one was.
        """
        ids = sorted(self._sample.ids)
        number = len(ids) * 9 // 10
        return number * self._sample.newest // ids[number]

    @property
    def _worth_walking(self) -> int:
        """How many rows more are walked past before all matches are sorted."""
        return _ROWS_FOR_A_MATCH[vendor()] * self._matches

    def _walk_trunks(self, order: Order, place: Place | None, size: int) -> list[Place]:
        """Read bindings along their trunks; sort what is left when those that match seem to stand far away."""
        own = self._rows.filter(as_expression(self._source.own))
        most = None
        if set(order.keys) <= set(self._kind.value.keys):
            most = max(_TRUNKS_WALKED, self._worth_walking // _BINDINGS_OF_A_TRUNK)
        found, reached = walk_trunks(self._source.of_trunk, own, order, place, size, most=most)
        if reached is None:
            return found
        return [*found, *self._sorted(order, reached, size - len(found))]

    def _walk(self, order: Order, place: Place | None, size: int) -> list[Place]:
        """Read rows in their order and test each; sort what is left when that takes too long."""
        way = Stretches(self._kind, self._source, self._rows, order, self._sample.newest)
        found, reached = way.after(place, size, more=self._worth_walking)
        if reached is None:
            return found
        is_by_number = order.fields == BY_NUMBER and self._source.clues
        rest = self._by_beginning if is_by_number else self._sorted
        return [*found, *rest(order, reached, size - len(found))]

    def _sorted(self, order: Order, place: Place | None, size: int) -> list[Place]:
        """Sort all matches; those of the sample are known already, where the others come after them."""
        if not set(order.keys) <= set(self._kind.value.keys):
            matching = self._rows.filter(as_expression(self._source.narrowed))
            return order.places(order.beyond(matching, place), size)
        source, said = self._source.tables([self._kind.value.keys[key] for key in order.keys])
        if not self._source.ids or order.keys != self._sample.key_names:
            return Walk(source, self._kind.value.keys, order, said).after(place, size)
        rest = every([said, Sql(f"{self._source.ids} > %s", (self._sample.ids[-1],))])
        found = Walk(source, self._kind.value.keys, order, rest).after(place, size)
        known = self._sample.page(order, place, size)
        return sorted([*known, *found], reverse=order.goes_down)[:size]
