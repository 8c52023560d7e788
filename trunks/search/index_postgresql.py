"""The index in PostgreSQL: a table of small numbers that grams come down to, with a GIN index over them.

It takes no extension, and nothing in it depends on the locale of the database, as pg_trgm does. Two grams with
the same number only make more rows to look at; the short ones, which many rows have, share theirs with no other.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import product
from zlib import crc32

from django.db import connection

from trunks.models import DodIssue
from trunks.search.clue_choice import rarest
from trunks.search.commonness import measured, narrows
from trunks.search.grams import SIGNS, label_gram
from trunks.search.index import Clue, Entry
from trunks.search.sql import Sql, any_of, every

# Of grams that more rows have, the rows are sooner looked at as they come than all looked up before the first.
_WORTH_IT = 0.15
# What a smallint holds.
_SMALLEST, _COUNT = -32768, 65536
_ISSUES = frozenset(map(label_gram, DodIssue.values))
_SHORT = {"".join(signs): at for at, signs in enumerate(product(SIGNS, ("", *SIGNS)))}


class PostgresqlIndex:
    """Rows by their grams (https://www.postgresql.org/docs/current/gin.html)."""

    def replace(self, table: str, before: Sequence[Entry], after: Sequence[Entry]) -> None:
        """Write rows over what there is of them."""
        known, kept = set(before), {entry.pk for entry in after}
        gone = [entry.pk for entry in before if entry.pk not in kept]
        new = [entry for entry in after if entry not in known]
        with connection.cursor() as cursor:
            if gone:
                cursor.execute(f"DELETE FROM {table} WHERE id = ANY(%s)", [gone])  # noqa: S608
            cursor.executemany(
                f"INSERT INTO {table} (id, grams) VALUES (%s, %s::smallint[])"  # noqa: S608
                " ON CONFLICT (id) DO UPDATE SET grams = EXCLUDED.grams",
                [(entry.pk, _numbers(entry.grams)) for entry in new],
            )

    def clear(self, table: str) -> None:
        """Take everything out; a fetch that lands meanwhile writes after this has ended."""
        with connection.cursor() as cursor:
            cursor.execute(f"LOCK TABLE {table} IN EXCLUSIVE MODE")
            cursor.execute(f"DELETE FROM {table}")  # noqa: S608

    def merge(self, table: str) -> bool:
        """Do nothing: its own vacuum keeps a GIN index in one piece."""
        return False

    def has(self, table: str, entry: Entry) -> bool:
        """Tell whether a row is known by exactly what it is known by now."""
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT 1 FROM {table} WHERE id = %s AND grams = %s::smallint[]",  # noqa: S608
                [entry.pk, _numbers(entry.grams)],
            )
            return cursor.fetchone() is not None

    def narrow(self, table: str, clues: Sequence[Clue]) -> Sql:
        """Return the query for the ids of the rows that can fit all clues."""
        asked = every(map(_has_one, clues))
        return Sql(f"SELECT id FROM {table} WHERE {asked.text}", asked.params)  # noqa: S608

    def source(
        self,
        rows: str,
        table: str,
        clues: Sequence[Clue],
        joins: Sequence[str],
        *,
        in_order: bool,
    ) -> tuple[Sql, list[Sql]]:
        """Begin with the index; OFFSET 0 keeps the planner from looking at all rows first."""
        worth_it = _worth_it(table, clues)
        if not worth_it:
            return Sql(" JOIN ".join([rows, *joins])), []
        hits = self.narrow(table, worth_it)
        row = f"(SELECT * FROM {rows} WHERE {rows}.id = hits.id OFFSET 0) AS {rows}"  # noqa: S608
        begin = f"({hits.text}) AS hits CROSS JOIN LATERAL {row}"
        return Sql(" JOIN ".join([begin, *joins]), hits.params), []

    def chosen(self, table: str, clues: Sequence[Clue], *, for_sample: bool = False) -> list[Clue]:
        """Return rare ones, and those of one short gram: GIN goes ahead in a long list to the rows of a short one.

        Where issues are all that is asked for, the index over severities leads to their rows sooner. The first rows
        come no sooner than all, since whole lists are read first.
        """
        if all(gram in _ISSUES for clue in clues for group in clue for gram in group):
            return []
        rare = rarest(clues, measured.shares(table))
        return [*rare, *(clue for clue in clues if _may_join(clue) and clue not in rare)]

    def beside_few(self, table: str, clues: Sequence[Clue]) -> list[Clue]:
        """Return all: to go ahead in their lists to few rows takes next to nothing."""
        return list(clues)

    def told(self, table: str, clues: Sequence[Clue]) -> list[Clue]:
        """Return those of short grams, whose numbers are no other's."""
        return list(filter(_is_short, _worth_it(table, clues)))

    def ids(self, rows: str, table: str, clues: Sequence[Clue]) -> str:
        """Return nothing: rows come in the order that they are stored in."""
        return ""


def _worth_it(table: str, clues: Sequence[Clue]) -> list[Clue]:
    """Return what to ask the index for: rare clues, and what may join them; nothing without a rare one."""
    shares = measured.shares(table) if clues else {}
    rare = [clue for clue in clues if narrows(clue, shares, below=_WORTH_IT)]
    joining = (clue for clue in clues if clue not in rare and _may_join(clue))
    return [*rare, *joining] if rare else []


def _may_join(clue: Clue) -> bool:
    return len(clue) == 1 == len(clue[0]) and _is_short(clue)


def _is_short(clue: Clue) -> bool:
    return all(gram in _SHORT for group in clue for gram in group)


def _has_one(clue: Clue) -> Sql:
    """Return the condition that a row has all grams of one of the groups."""
    if len(clue) > 1 and all(len(group) == 1 for group in clue):
        # An OR would be tested row by row.
        return Sql("grams && %s::smallint[]", (_numbers(gram for (gram,) in clue),))
    return any_of(Sql("grams @> %s::smallint[]", (_numbers(group),)) for group in clue)


def _numbers(grams: Iterable[str]) -> str:
    """Return the numbers that grams come down to, as PostgreSQL writes an array: soonest written in one piece."""
    return f"{{{','.join(map(str, sorted(set(map(_number, grams)))))}}}"


# Raise the rule of `trunks.search.sections` with any change here.
@lru_cache(maxsize=_COUNT)
def _number(gram: str) -> int:
    at = _SHORT.get(gram)
    if at is None:
        at = len(_SHORT) + crc32(gram.encode()) % (_COUNT - len(_SHORT))
    return at + _SMALLEST
