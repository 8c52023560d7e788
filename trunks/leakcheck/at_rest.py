"""What stays: every row of every table, and every byte of every file."""

from __future__ import annotations

from pathlib import Path

from django.contrib.sessions.models import Session
from django.db import connection

from trunks.leakcheck.markers import Kind
from trunks.leakcheck.report import Asked, Report
from trunks.leakcheck.stand_ins import SESSIONS, STAND_INS
from trunks.models import ConnectionTest
from trunks.search.index import BINDING_GRAMS, TRUNK_GRAMS

SESSION_TABLES = frozenset({"django_session", "trunks_personsession"})
NAMED = {
    "pbxdash_cache": "cache",
    "django_session": "sessions",
    "django_tasks_db_dbtaskresult": "tasks",
    "django_tasks_database_dbtaskresult": "tasks",
}


def search_rows(report: Report) -> None:
    """Search the database, row by row."""
    for table in _tables():
        allowed = STAND_INS | SESSIONS if table in SESSION_TABLES else STAND_INS
        place = NAMED.get(table, "database rows")
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")  # noqa: S608
            for row in cursor.fetchall():
                told = "\n".join(_told(value) for value in row)
                report.look(place, told, allowed=allowed, asked=Asked(format=f"table {table}"))
    for session in Session.objects.all():
        report.look("sessions", repr(session.get_decoded()), asked=Asked(format="decoded"))
    # A worker has done all that waited.
    if ConnectionTest.objects.exclude(secret="").exists():
        report.find("database rows", f"{Kind.SEALED_SECRET} of a connection test that is over")


def search_files(report: Report, folder: Path) -> None:
    """Search all files as they are, those of the database among them, where rows leave their traces."""
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            asked = Asked(format=f"file {path.relative_to(folder)}")
            report.look("files", path.read_bytes(), allowed=STAND_INS | SESSIONS, asked=asked)


def _tables() -> list[str]:
    """Return all that can be read; SQLite keeps its index in tables that are among them."""
    tables = set(connection.introspection.table_names())
    if connection.vendor == "sqlite":
        tables -= {BINDING_GRAMS, TRUNK_GRAMS}
    return sorted(tables)


def _told(value: object) -> str:
    if isinstance(value, bytes | memoryview):
        return bytes(value).decode("latin-1")
    return str(value)
