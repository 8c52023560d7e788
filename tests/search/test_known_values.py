"""Values to complete a search line with, from the rows of a list."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests.builders import make_binding, make_pbx, make_trunk
from trunks.models import UNLIMITED
from trunks.search import known_values as module
from trunks.search.completing import Known
from trunks.search.known_values import known_values

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


@pytest.fixture
def trunk():
    pbx = make_pbx("伦敦 London", slug="london", site="UK", country_code="44", national_prefix="0")
    trunk = make_trunk(
        pbx, "Backup", host="10.0.0.9", domain="sip.example", username="acme", authname="acme-1"
    )
    make_binding(trunk, "442079460018", "Front desk", "1000")
    make_binding(trunk, "442079460019", "front DESK", "Sales", target_kind="group")
    return trunk


def values(field, typed, list_name="dods", **which):
    return [known.value for known in known_values(list_name, field, typed, UNLIMITED, **which)]


def test_a_pbx_goes_by_the_name_of_its_address_whatever_part_of_its_own_was_typed(trunk):
    make_pbx("Leeds")
    assert known_values("trunks", "pbx", "伦", UNLIMITED) == [Known("london", "伦敦 London")]
    assert values("pbx", "") == ["leeds", "london"]


@pytest.mark.parametrize(
    ("field", "typed", "found"),
    [
        ("site", "u", ["UK"]),
        ("trunk", "BACK", ["Backup"]),
        ("host", "0.0", ["10.0.0.9"]),
        ("host", "", ["10.0.0.9", "sip.example"]),
        ("user", "me-1", ["acme-1"]),
        ("user", "acme", ["acme", "acme-1"]),
        ("number", "020 7946 0018", ["442079460018"]),
        ("number", "46-00", ["442079460018", "442079460019"]),
        ("name", "ront d", ["Front desk"]),
        ("ext", "100", ["1000"]),
        ("ext", "sales", []),
        ("group", "sa", ["Sales"]),
        ("group", "", ["Sales"]),
        ("name", "backup", []),
    ],
)
def test_values_are_found_in_their_field_by_any_part_and_each_once(trunk, field, typed, found):
    # Which spelling of a value stands for all of them, nobody can tell.
    folded = [value.casefold() for value in values(field, typed)]
    assert folded == [value.casefold() for value in found]


def test_a_name_is_that_of_what_is_listed(trunk):
    assert values("name", "", "trunks") == ["Backup"]
    assert values("name", "", "pbxs") == ["伦敦 London"]
    assert values("host", "", "pbxs") == ["https://192.168.5.150:8088"]
    assert values("name", "", "bindings", trunk_id=trunk.pk) == ["Front desk"]


def test_within_a_trunk_the_values_are_its_own(trunk):
    other = make_trunk(trunk.pbx, "Other")
    make_binding(other, "5503301", "Front hall", "2000")
    assert values("name", "front", "bindings", trunk_id=other.pk) == ["Front hall"]
    assert values("ext", "", "bindings", trunk_id=other.pk) == ["2000"]
    assert values("ext", "", "bindings") == []


def test_what_was_removed_is_not_offered(trunk):
    gone = make_trunk(trunk.pbx, "Gone", host="192.0.2.7", removed_at=timezone.now())
    make_binding(gone, "5503301", "Gone too", "2000")
    assert values("host", "192") == values("trunk", "gone") == values("name", "gone") == []


def test_one_letter_of_a_field_of_many_rows_is_waited_with(trunk):
    assert values("name", "f") == values("host", "1") == []


def test_values_that_say_nothing_are_left_out(trunk):
    make_binding(trunk, "", "", "", raw="what", issue="malformed")
    assert values("name", "") == ["Front desk"]


def test_only_so_many_rows_are_looked_at(trunk, monkeypatch, django_assert_num_queries):
    monkeypatch.setattr(module, "ROWS", 1)
    with django_assert_num_queries(1) as captured:
        assert values("number", "2079") == ["442079460018"]
    assert captured[0]["sql"].count("LIMIT 1") == 2


@pytest.mark.skipif(connection.vendor != "sqlite", reason="how SQLite reads them")
def test_extensions_are_not_looked_for_along_all_extensions(trunk):
    """The index by extensions has nearly every row, and was taken for this once."""
    with CaptureQueriesContext(connection) as asked:
        values("ext", "100")
    plan = connection.cursor().execute(f"EXPLAIN QUERY PLAN {asked[-1]['sql']}").fetchall()
    assert not [step for *_, step in plan if "dod_by_target" in step]
