"""Fields written back to many rows at once."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.builders import make_binding, make_pbx, make_trunk
from trunks.models import DodBinding
from trunks.services.row_updates import Plain, rows_update

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
