"""The copy of a SQLite file that others write to meanwhile."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path

from trunks.services.backup.errors import BackupFailed

PAGES_A_STEP = 2_000


def copy_sqlite(
    source: str, part: Path, *, empty: Sequence[str], each: Callable[[int, int], None]
) -> None:
    """Copy the file as it is at this moment, empty some tables of the copy, and prove that it is sound.

    `each` is told how many pages are done, and of how many. Raises `BackupFailed`.
    """
    try:
        with closing(sqlite3.connect(source, isolation_level=None)) as live:
            # A read transaction of our own holds the moment: writers go on, and the copy never begins anew.
            live.execute("BEGIN")
            live.execute("SELECT COUNT(*) FROM sqlite_master").fetchone()
            with closing(sqlite3.connect(part, isolation_level=None)) as copy:
                live.backup(
                    copy,
                    pages=PAGES_A_STEP,
                    sleep=0,
                    progress=lambda status, left, pages: each(pages - left, pages),
                )
                _clean(copy, empty)
                _prove(copy)
    except sqlite3.Error as error:
        raise BackupFailed(f"SQLite could not make the copy: {error}.") from None


def _clean(copy: sqlite3.Connection, empty: Sequence[str]) -> None:
    # One file, without a journal beside it; and deleted rows are overwritten, not only forgotten.
    copy.execute("PRAGMA journal_mode=DELETE")
    copy.execute("PRAGMA secure_delete=ON")
    for table in empty:
        copy.execute(f'DELETE FROM "{table}"')  # noqa: S608 - names of our own tables


def _prove(copy: sqlite3.Connection) -> None:
    verdict = [row[0] for row in copy.execute("PRAGMA integrity_check(5)")]
    if verdict != ["ok"]:
        raise BackupFailed(f"The copy is damaged, as the database probably is: {verdict[0]}.")
