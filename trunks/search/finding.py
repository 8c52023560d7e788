"""What a list shows of the rows that answer a question: how many, of what kinds, and one page of them.

A sample of the first rows that the index comes upon is counted; only where these are all of them are the counts
exact. Pages of few rows are sorted, pages of many are read in the order that an index has ready.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from trunks.models import Sight
from trunks.search.beginnings import BY_NUMBER, Beginnings
from trunks.search.conditions import as_expression
from trunks.search.language import Match, Question
from trunks.search.paging import Order, Place
from trunks.search.rows import Rows
from trunks.search.sample import Count, Sample, Tally, tallies
from trunks.search.source import Source
from trunks.search.sql import ALWAYS, Sql, every, read
from trunks.search.stretches import Stretches
from trunks.search.trunk_walk import is_of_trunks, walk_trunks
from trunks.search.walk import Walk

# More matches than this are counted only when somebody asks for it.
COUNTED = 1_000
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
        facet: str | None = None,
    ) -> None:
        """Find among `rows`, all of the kind with what they can be sorted by.

        `scope` is a condition that all rows of the list hold, whatever is asked; on the trunks of bindings.
        What is not in sight is left out as if the question had said so. `facet` is the only one that will be
        counted, where it is not all: each takes time to read.
        """
        self.kind = kind
        self._rows = rows
        self._source = Source(kind, question, scope, sight)
        self._has_patterns = any(
            wanted.match is Match.GLOB for term in question.terms for wanted in term.wanted
        )
        facets = {name: column for name, column in kind.value.facets if facet in {None, name}}
        if "pbx" in facets:
            # The site of a PBX is looked up once, and not with each of its rows.
            facets.pop("site", None)
        self._facets = facets
        self._sample: Sample | None = None
        self._sample_keys: tuple[str, ...] = ()

    @property
    def sample(self) -> Sample:
        """The rows that are come upon first."""
        return self._read_sample(())

    def _read_sample(self, keys: Sequence[str]) -> Sample:
        """Read the sample once, with the keys of the first order that it is asked for."""
        if self._sample is None or not set(keys) <= set(self._sample_keys):
            self._sample_keys = tuple(keys)
            # Each order ends with the id, which is read anyway.
            columns = [f"{self.kind.table}.id", *self._facets.values(), *self._columns(keys[:-1])]
            ids, *values = self._source.first(columns, COUNTED + 1)
            facets, others = values[: len(self._facets)], values[len(self._facets) :]
            self._sample = Sample(ids, facets, [*others, ids], COUNTED)
        return self._sample

    def _columns(self, keys: Sequence[str]) -> list[str]:
        return [self.kind.value.keys[key] for key in keys]

    @cached_property
    def exact(self) -> tuple[Count, list[Tally]]:
        """Count all rows, however many, and the values of facets with them; may take a second."""
        columns = list(self._facets.values())
        grouped = f"GROUP BY {', '.join(columns)}" if columns else ""
        rows = read(self._source.select([*columns, "COUNT(*)"], grouped))
        counted = [(row[:-1], row[-1]) for row in rows]
        return Count(sum(number for _, number in counted), is_exact=True), tallies(counted)

    def tally(self, facet: str, *, counts_all: bool) -> Tally:
        """Count how many rows have each value of a facet: of all rows, or of those that are come upon first."""
        if facet not in self._facets:
            return _by_site(self.tally("pbx", counts_all=counts_all))
        found = self.exact[1] if counts_all else self.sample.tallies
        return found[list(self._facets).index(facet)] if found else Tally()

    @property
    def all(self) -> QuerySet[Any]:
        """All rows, however many."""
        return self._rows.filter(as_expression(self._source.of_row))

    def page(self, order: Order, place: Place | None, size: int) -> list[Place]:
        """Return the places of the first rows after a place; each ends with the id of its row."""
        has_columns = set(order.keys) <= set(self.kind.value.keys)
        sample = self._read_sample(order.keys if has_columns else ())
        if sample.is_all and has_columns and order.keys == self._sample_keys:
            return sample.page(order, place, size)
        if sample.is_all:
            return _places(order, order.beyond(self._few, place), size)
        if self._are_sorted_by_beginning(order):
            return self._by_beginning(order, place, size)
        if order.is_indexed and self._are_many():
            if self.kind is Rows.BINDINGS and is_of_trunks(order):
                return self._walk_trunks(order, place, size)
            return self._walk(order, place, size)
        return self._sorted(order, place, size)

    def number_of(self, order: Order, place: Place) -> int:
        """Return which row is at a place, counted from 1; 0 where there are too many rows to tell at once."""
        if not self.sample.is_all:
            return 0
        before = order.backwards
        if before.keys == self._sample_keys:
            return len(self.sample.page(before, place, len(self.sample.ids))) + 1
        return before.beyond(self._few, place).count() + 1

    @property
    def _few(self) -> QuerySet[Any]:
        return self._rows.filter(pk__in=self.sample.ids)

    def _are_sorted_by_beginning(self, order: Order) -> bool:
        """Tell whether matches whose numbers begin alike are sooner sorted than come upon."""
        if self._source.goes_along_trunks or not self._source.clues:
            return False
        if self._has_patterns and connection.vendor == "sqlite":
            # Of rows that fit the index finds many times as many, and a walk reads nothing but an index.
            return False
        return (
            order.fields == BY_NUMBER
            and self._matches in _WORTH_SORTING_BY_BEGINNING[connection.vendor]
        )

    def _by_beginning(self, order: Order, place: Place | None, size: int) -> list[Place]:
        way = Beginnings(self._source, self.kind.value.keys, order)
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
        ids = sorted(self.sample.ids)
        number = len(ids) * 9 // 10
        return number * self._newest // ids[number]

    @property
    def _worth_walking(self) -> int:
        """How many rows more are walked past before all matches are sorted."""
        return _ROWS_FOR_A_MATCH[connection.vendor] * self._matches

    @cached_property
    def _newest(self) -> int:
        ((newest,),) = read(Sql(f"SELECT MAX(id) FROM {self.kind.table}"))  # noqa: S608
        return int(newest or 1)

    def _walk_trunks(self, order: Order, place: Place | None, size: int) -> list[Place]:
        """Read bindings along their trunks; sort what is left when those that match seem to stand far away."""
        own = self._rows.filter(as_expression(self._source.own))
        most = None
        if set(order.keys) <= set(self.kind.value.keys):
            most = max(_TRUNKS_WALKED, self._worth_walking // _BINDINGS_OF_A_TRUNK)
        found, reached = walk_trunks(self._source.of_trunk, own, order, place, size, most=most)
        if reached is None:
            return found
        return [*found, *self._sorted(order, reached, size - len(found))]

    def _walk(self, order: Order, place: Place | None, size: int) -> list[Place]:
        """Read rows in their order and test each; sort what is left when that takes too long."""
        way = Stretches(self.kind, self._source, self._rows, order, self._newest)
        found, reached = way.after(place, size, more=self._worth_walking)
        if reached is None:
            return found
        is_by_number = order.fields == BY_NUMBER and self._source.clues
        rest = self._by_beginning if is_by_number else self._sorted
        return [*found, *rest(order, reached, size - len(found))]

    def _sorted(self, order: Order, place: Place | None, size: int) -> list[Place]:
        """Sort all matches; those of the sample are known already, where the others come after them."""
        if not set(order.keys) <= set(self.kind.value.keys):
            matching = self._rows.filter(as_expression(self._source.narrowed))
            return _places(order, order.beyond(matching, place), size)
        source, said = self._source.tables(self._columns(order.keys))
        if not self._source.ids or order.keys != self._sample_keys:
            return Walk(source, self.kind.value.keys, order, said).after(place, size)
        rest = every([said, Sql(f"{self._source.ids} > %s", (self.sample.ids[-1],))])
        found = Walk(source, self.kind.value.keys, order, rest).after(place, size)
        known = self.sample.page(order, place, size)
        return sorted([*known, *found], reverse=order.goes_down)[:size]


def _by_site(pbxs: Tally) -> Tally:
    ids, sites = ", ".join(map(str, pbxs)) or "NULL", Tally()
    for pk, site in read(Sql(f"SELECT id, site FROM trunks_pbx WHERE id IN ({ids})")):  # noqa: S608
        sites[site] += pbxs[pk]
    return sites


def _places(order: Order, rows: QuerySet[Any], size: int) -> list[Place]:
    return list(order.sort(rows).values_list(*order.keys)[:size])
