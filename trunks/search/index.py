"""The index that narrows a search to few rows, in each of the two databases.

Rows are written to it by the services that write them, inside the same transaction. What it knows of a row is
worked out from the row alone, so that it can be taken out again and rebuilt at any time.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Protocol

from trunks.models import Trunk
from trunks.search.grams import grams_missing, grams_of_text, is_plain, label_gram
from trunks.search.sections import lines_of
from trunks.search.sql import Sql, vendor

BINDING_GRAMS = "trunks_bindinggrams"
TRUNK_GRAMS = "trunks_trunkgrams"

# By how many of its first digits a number is known, and what stands after the last one for this.
DIGITS_LABELLED = 4
END_OF_DIGITS = "$"

# Of these groups, one has all of its grams in every row that is found.
Clue = Sequence[Sequence[str]]


class IndexedBinding(Protocol):
    """What the index looks at of a binding: a row, or its values."""

    @property
    def pk(self) -> int: ...
    @property
    def target_kind(self) -> str: ...
    @property
    def issue(self) -> str: ...
    @property
    def target(self) -> str: ...
    @property
    def digits(self) -> str: ...
    @property
    def search_text(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Entry:
    """A row as the index knows it: its id, and the text and the labels that tell its grams."""

    pk: int
    text: str = ""
    labels: frozenset[str] = frozenset()

    @property
    def grams(self) -> set[str]:
        """All grams of the row, each once."""
        return grams_of_text(self.text).union(map(label_gram, self.labels))

    def grams_beside(self, other: Entry) -> tuple[set[str], set[str]]:
        """Return the grams that only this one has, and those that only the other has."""
        if not (self.text and other.text and is_plain(self.text) and is_plain(other.text)):
            return self.grams - other.grams, other.grams - self.grams
        ours, theirs = (set(map(label_gram, entry.labels)) for entry in (self, other))
        return (
            grams_missing(self.text, other.text) | (ours - theirs),
            grams_missing(other.text, self.text) | (theirs - ours),
        )


class Index(Protocol):
    """What both databases do in their own way; `table` is the table of grams."""

    def replace(self, table: str, before: Sequence[Entry], after: Sequence[Entry]) -> None:
        """Write rows as they are now over what they were, which is exactly what is in the index."""

    def clear(self, table: str) -> None:
        """Take everything out; other writers wait until the transaction ends."""

    def merge(self, table: str) -> bool:
        """Do a step towards few pieces of what was written in many, and tell whether another one is to follow."""

    def has(self, table: str, entry: Entry) -> bool:
        """Tell whether a row is in the index as it is now."""

    def narrow(self, table: str, clues: Sequence[Clue]) -> Sql:
        """Return the query for the ids of the rows that can fit all clues."""

    def source(
        self,
        rows: str,
        table: str,
        clues: Sequence[Clue],
        joins: Sequence[str],
        *,
        in_order: bool,
    ) -> tuple[Sql, list[Sql]]:
        """Return what to read rows from, so that those that can fit come one by one, and what must hold then.

        `rows` is their table, `joins` are tables with the condition that joins them. Without clues rows come
        `in_order` of their ids, or as a condition tells which to look up.
        """

    def chosen(self, table: str, clues: Sequence[Clue], *, for_sample: bool = False) -> list[Clue]:
        """Return the clues that are sooner looked up than looked at in rows, the rare ones first.

        `for_sample` where no more than the first rows are read.
        """

    def beside_few(self, table: str, clues: Sequence[Clue]) -> list[Clue]:
        """Return what is left to look up of clues beside another one that leaves few rows to look at."""

    def told(self, table: str, clues: Sequence[Clue]) -> list[Clue]:
        """Return the clues that hold of every row from `source`, and not only of most."""

    def ids(self, rows: str, table: str, clues: Sequence[Clue]) -> str:
        """Return the column of ids in whose order rows come from `source` by themselves; empty if in none."""


@cache
def index() -> Index:
    """Return the index of the database in use."""
    if vendor() == "postgresql":
        from trunks.search.index_postgresql import PostgresqlIndex

        return PostgresqlIndex()
    from trunks.search.index_sqlite import SqliteIndex

    return SqliteIndex()


def trunk_entries(trunks: Iterable[Trunk]) -> list[Entry]:
    """Return trunks as the index knows them; looks at their texts."""
    return [Entry(trunk.pk, trunk.search_text) for trunk in trunks]


def binding_entries(bindings: Iterable[IndexedBinding]) -> list[Entry]:
    """Return bindings as the index knows them; looks at their targets, issues, digits and texts."""
    return [Entry(row.pk, row.search_text, frozenset(_labels(row))) for row in bindings]


def _labels(binding: IndexedBinding) -> Iterator[str]:
    digits = binding.digits + END_OF_DIGITS
    begin = [digits[:length] for length in range(1, DIGITS_LABELLED + 1)]
    targets = map(target_label, lines_of(binding.target))
    return filter(None, [binding.target_kind, binding.issue, *begin, *targets])


def target_label(line: str) -> str:
    """Return the label of the rows that are bound to just this extension or group, as their texts have it."""
    return f"={line}"
