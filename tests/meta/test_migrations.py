"""The migrations say what the models say."""

from __future__ import annotations

import pytest
from django.core.management import call_command
from django.db import connection


@pytest.mark.django_db
def test_no_migration_is_missing():
    call_command("makemigrations", "--check", "--dry-run", verbosity=0)


@pytest.mark.django_db
def test_the_index_by_digits_holds_what_a_walk_looks_at():
    """SQLite makes a table anew for many a change of its fields, and its indexes as the models have them."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("SELECT name FROM pragma_index_info('dod_by_digits')")
            columns = [name for (name,) in cursor.fetchall()]
        kept_of_trunk = ["trunk_id", "pbx_id", "trunk_kind", "is_present"]
        tested = ["target_kind", "issue", "search_text"]
        assert columns == ["digits", "id", *kept_of_trunk, *tested]
