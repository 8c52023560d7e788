"""Named by the nested run alone: it proves that the run did not fall back to SQLite."""

from __future__ import annotations

import pytest
from django.db import connection


@pytest.mark.both_databases
def test_the_database_is_postgresql(db: None):
    with connection.cursor() as cursor:
        cursor.execute("SELECT version()")
        assert "PostgreSQL" in str(cursor.fetchone())
