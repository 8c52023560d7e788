"""What a list shows of the rows that answer a question: how many, of what kinds, and one page of them.

A sample of the first rows that the index comes upon is counted; only where these are all of them are the counts
exact, and a page is a part of it.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import cached_property
from typing import Any

from django.db.models import QuerySet

from trunks.models import Sight
from trunks.search.conditions import as_expression
from trunks.search.language import Question
from trunks.search.paging import Order, Place
from trunks.search.rows import Rows
from trunks.search.sample import Count, Sample, Tally, tallies
from trunks.search.source import Source
from trunks.search.sql import ALWAYS, Sql, one_of, read
from trunks.search.ways import Ways

# More matches than this are counted only when somebody asks for it.
COUNTED = 1_000


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
        facets: Collection[str] = (),
    ) -> None:
        """Find among `rows`, all of the kind with what they can be sorted by.

        `scope` is a condition that all rows of the list hold, whatever is asked; on the trunks of bindings.
        What is not in sight is left out as if the question had said so. `facets` are those that will be counted:
        each takes time to read.
        """
        self.kind = kind
        self._question = question
        self._rows = rows
        self._source = Source(kind, question, scope, sight)
        self._facets = {name: column for name, column in kind.value.facets if name in facets}
        if "pbx" in self._facets:
            # The site of a PBX is looked up once, and not with each of its rows.
            self._facets.pop("site", None)
        self._sample: Sample | None = None

    @property
    def sample(self) -> Sample:
        """The rows that are come upon first."""
        return self._read_sample(())

    def _read_sample(self, keys: Sequence[str]) -> Sample:
        """Read the sample once, with the keys of the first order that it is asked for."""
        if self._sample is None or not set(keys) <= set(self._sample.key_names):
            # Each order ends with the id, which is read anyway.
            sorted_by = [self.kind.value.keys[key] for key in keys[:-1]]
            columns = [f"{self.kind.table}.id", *self._facets.values(), *sorted_by]
            (ids, *values), newest = self._source.first(columns, COUNTED + 1)
            facets, others = values[: len(self._facets)], values[len(self._facets) :]
            self._sample = Sample(ids, facets, tuple(keys), [*others, ids], COUNTED, newest)
        return self._sample

    @cached_property
    def _ways(self) -> Ways:
        """The ways to other rows; whoever reads pages asks for the sample first, and in one order."""
        return Ways(self.kind, self._question, self._rows, self._source, self.sample)

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
        if sample.is_all and has_columns and order.keys == sample.key_names:
            return sample.page(order, place, size)
        if sample.is_all:
            return order.places(order.beyond(self._few, place), size)
        return self._ways.page(order, place, size)

    def number_of(self, order: Order, place: Place) -> int:
        """Return which row is at a place, counted from 1; 0 where there are too many rows to tell at once."""
        if not self.sample.is_all:
            return 0
        before = order.backwards
        if before.keys == self.sample.key_names:
            return len(self.sample.page(before, place, len(self.sample.ids))) + 1
        return before.beyond(self._few, place).count() + 1

    @property
    def _few(self) -> QuerySet[Any]:
        return self._rows.filter(pk__in=self.sample.ids)


def _by_site(pbxs: Tally) -> Tally:
    sites, said = Tally(), one_of("id", pbxs)
    for pk, site in read(Sql(f"SELECT id, site FROM trunks_pbx WHERE {said.text}", said.params)):  # noqa: S608
        sites[site] += pbxs[pk]
    return sites
