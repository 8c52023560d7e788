"""The audit log as somebody with the whole database could change it: without its triggers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from django.db import connection

from trunks.audit_triggers import TABLES


@contextmanager
def triggers_lifted() -> Iterator[None]:
    """Put the triggers of the log away for a moment."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            for table in TABLES:
                cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
            yield
            for table in TABLES:
                cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
            return
        cursor.execute(
            "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name IN (%s, %s, %s)",
            TABLES,
        )
        triggers = cursor.fetchall()
        for name, _ in triggers:
            cursor.execute(f"DROP TRIGGER {name}")
        yield
        for _, sql in triggers:
            cursor.execute(sql)


def tamper(statement: str, values: Sequence[str | int | None] = ()) -> None:
    """Do to the rows what the triggers forbid."""
    with triggers_lifted(), connection.cursor() as cursor:
        cursor.execute(statement, values)


def empty() -> None:
    """Begin anew: making the database may have been recorded."""
    for table in (*TABLES, "trunks_auditcheck"):
        tamper(f"DELETE FROM {table}")  # noqa: S608  constants alone
