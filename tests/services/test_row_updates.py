"""Fields written back to many rows at once."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.builders import make_binding, make_pbx, make_trunk
from trunks.models import DodBinding, Trunk
from trunks.services.row_updates import Plain, rows_set, rows_update

pytestmark = pytest.mark.django_db


def test_each_row_gets_its_own_fields_and_keeps_the_others():
    trunk = make_trunk(make_pbx())
    first, second, third = (make_binding(trunk, f"550330{n}", "desk") for n in range(3))
    changes: dict[int, dict[str, Plain]] = {
        first.pk: {"name": "a"},
        second.pk: {"severity": 0, "name": "b"},
        third.pk: {},
    }
    rows_update(DodBinding, changes)
    rows = DodBinding.objects.order_by("pk").values_list("number", "name", "severity")
    assert list(rows) == [("5503300", "a", 4), ("5503301", "b", 0), ("5503302", "desk", 4)]


def test_a_field_that_did_not_change_is_not_in_the_statement():
    row = make_binding(make_trunk(make_pbx()))
    with CaptureQueriesContext(connection) as asked:
        rows_update(DodBinding, {row.pk: {"name": "a"}})
    (query,) = asked.captured_queries
    assert "name" in query["sql"]
    assert "digits" not in query["sql"]


def test_many_rows_get_the_same_values_a_moment_among_them_and_others_keep_theirs():
    pbx = make_pbx()
    kept, *touched = (make_trunk(pbx, name) for name in "ABC")
    moment = datetime(2026, 1, 2, 3, 4, 5, 678, tzinfo=UTC)
    rows_set(Trunk, [trunk.pk for trunk in touched], {"observed_at": moment, "host": "10.0.0.9"})
    rows = Trunk.objects.order_by("name").values_list("observed_at", "host")
    assert list(rows) == [(kept.observed_at, kept.host)] + [(moment, "10.0.0.9")] * 2


def test_values_for_no_rows_ask_nothing_of_the_database(django_assert_num_queries):
    with django_assert_num_queries(0):
        rows_set(Trunk, [], {"host": "10.0.0.9"})
