"""The index in SQLite: a full-text table without texts, whose words are grams (https://sqlite.org/fts5.html)."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import connection
from django.db.backends.utils import CursorWrapper

from trunks.search.clue_choice import (
    joining_first,
    one_of_each_word,
    rarest,
    without_idle_labels,
    without_twins,
)
from trunks.search.commonness import measured
from trunks.search.index import Clue, Entry
from trunks.search.sql import Sql

# A tenth of a second: whoever lands an answer waits no longer.
PAGES_MERGED = 250
_CHANGES_OF_A_STEP = 2
_PIECES_MERGED = 2


class SqliteIndex:
    """Rows by their grams; a gram of a row is taken out only where it was put in, since no text is kept."""

    def replace(self, table: str, before: Sequence[Entry], after: Sequence[Entry]) -> None:
        """Write rows as they are now over what they were; a row that changed loses and gets what differs.

        Without positions (`detail=none`) a row is nothing but the set of its grams.
        """
        was, now = ({entry.pk: entry for entry in entries} for entries in (before, after))
        writes: list[tuple[str | None, int, str]] = []
        # In the order of ids: FTS5 writes out all that it gathered when an id is below the last one.
        for pk in sorted(was.keys() | now.keys()):
            nothing = Entry(pk)
            gone, new = was.get(pk, nothing).grams_beside(now.get(pk, nothing))
            if gone or new:
                if pk in was:
                    writes.append(("delete", pk, " ".join(gone)))
                if pk in now:
                    writes.append((None, pk, " ".join(new)))
        with connection.cursor() as cursor:
            cursor.executemany(
                f"INSERT INTO {table} ({table}, rowid, grams) VALUES (%s, %s, %s)",  # noqa: S608
                writes,
            )

    def clear(self, table: str) -> None:
        """Take everything out; the transaction has the only pen already."""
        with connection.cursor() as cursor:
            cursor.execute(f"INSERT INTO {table} ({table}) VALUES ('delete-all')")  # noqa: S608

    def merge(self, table: str) -> bool:
        """Write some pages of pieces on one level into one on the next, where there are two or more.

        So a few are left, one of which holds most. All into one, by a negative number, would add levels each time,
        and with two thousand of them, after some years, SQLite 3.40 takes the table for broken. Less than two
        changes tell that nothing is left (https://sqlite.org/fts5.html#the_merge_command).
        """
        command = f"INSERT INTO {table} ({table}, rank) VALUES (%s, %s)"  # noqa: S608
        with connection.cursor() as cursor:
            cursor.execute(command, ["usermerge", _PIECES_MERGED])
            before = _changes(cursor)
            cursor.execute(command, ["merge", PAGES_MERGED])
            return _changes(cursor) - before >= _CHANGES_OF_A_STEP

    def has(self, table: str, entry: Entry) -> bool:
        """Tell whether a row can be found by all that it is known by now."""
        every_gram = _expression([[sorted(entry.grams)]])
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT 1 FROM {table} WHERE {table} MATCH %s AND rowid = %s",  # noqa: S608
                [every_gram, entry.pk],
            )
            return cursor.fetchone() is not None

    def narrow(self, table: str, clues: Sequence[Clue]) -> Sql:
        """Return the query for the ids of the rows that can fit all clues."""
        return Sql(f"SELECT rowid FROM {table} WHERE {table} MATCH %s", (_expression(clues),))  # noqa: S608

    def source(
        self,
        rows: str,
        table: str,
        clues: Sequence[Clue],
        joins: Sequence[str],
        *,
        in_order: bool,
    ) -> tuple[Sql, list[Sql]]:
        """Begin with the index: a CROSS JOIN is never turned round (https://sqlite.org/optoverview.html)."""
        if not clues:
            # By their ids, and not by an index that happens to hold all that is asked for.
            first = f"{rows} NOT INDEXED" if in_order else rows
            return Sql(" CROSS JOIN ".join([first, *joins])), []
        begin = [table, f"{rows} ON {rows}.id = {table}.rowid", *joins]
        return Sql(" CROSS JOIN ".join(begin)), [Sql(f"{table} MATCH %s", (_expression(clues),))]

    def chosen(self, table: str, clues: Sequence[Clue], *, for_sample: bool = False) -> list[Clue]:
        """Return rare ones; for the first rows also those that spare looking at more than they take to go through.

        The list of a gram is read from its first row on, so to read it to its end beside a rare one takes too long.
        """
        shares = measured.shares(table)
        rare = without_idle_labels(rarest(clues, shares), shares)
        joining = joining_first(clues, rare, shares) if for_sample else []
        if len(rare) + len(joining) > 1:
            rare = without_twins(rare, shares)
        return [*rare, *joining]

    def beside_few(self, table: str, clues: Sequence[Clue]) -> list[Clue]:
        """Return one gram of each word: the list of another takes longer to go through than few rows to look at."""
        return one_of_each_word(clues, measured.shares(table))

    def told(self, table: str, clues: Sequence[Clue]) -> list[Clue]:
        """Return all: each gram is a word of its own."""
        return list(clues)

    def ids(self, rows: str, table: str, clues: Sequence[Clue]) -> str:
        """Return the ids of the index itself, which is read in their order."""
        return f"{table}.rowid" if clues else f"{rows}.id"


def _changes(cursor: CursorWrapper) -> int:
    cursor.execute("SELECT total_changes()")
    (changes,) = cursor.fetchone()
    return int(changes)


def _expression(clues: Sequence[Clue]) -> str:
    return " AND ".join(
        "("
        + " OR ".join("(" + " AND ".join(f'"{gram}"' for gram in group) + ")" for group in clue)
        + ")"
        for clue in clues
    )
