"""Which values of a row are exported, and what is said where there is none."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest
from django.utils import timezone as django_timezone

from tests.builders import make_binding, make_pbx, make_supplement, make_trunk
from tests.services.export.making import COLUMNS, LISTS, export_of, json_rows
from tests.services.export.making import content_of as content
from trunks.models import DodBinding, Pbx, Trunk
from trunks.models.binding_row import binding_rows
from trunks.services.export.fields import cell, record

pytestmark = pytest.mark.django_db


def row_of(name: str, row: Pbx | Trunk | DodBinding) -> dict[str, str]:
    """Return what CSV has of a row that was saved."""
    found: object
    if isinstance(row, DodBinding):
        (found,) = binding_rows([row.pk])
    else:
        found = type(row).objects.for_table().get(pk=row.pk)
    return {field.header: cell(field.value(found)) for field in LISTS[name].fields(COLUMNS[name])}


@pytest.mark.parametrize("name", LISTS)
def test_every_column_of_a_list_has_fields(name):
    assert LISTS[name].of_columns.keys() == {column.key for column in COLUMNS[name]}


@pytest.mark.parametrize("name", LISTS)
def test_every_export_has_the_pbx_and_the_age_of_each_row(name):
    for columns in (COLUMNS[name][:0], COLUMNS[name]):
        headers = [field.header for field in LISTS[name].fields(columns)]
        assert {"pbx", "as_of"} <= set(headers)
        assert len(set(headers)) == len(headers)


def test_fields_come_in_the_order_of_the_columns():
    columns = [COLUMNS["dods"][4], COLUMNS["dods"][0]]
    headers = [field.header for field in LISTS["dods"].fields(columns)]
    assert headers == ["trunk", "trunk_id", "number", "pbx", "as_of", "raw"]


def test_a_trunk_is_exported_in_the_words_of_its_pbx():
    at = datetime(2026, 11, 25, 9, 30, 5, 999, tzinfo=timezone(timedelta(hours=8)))
    pbx = make_pbx("Leeds 总机", slug="leeds", site="London")
    make_supplement(pbx, "registration", {"07": "Registered"}, at=at)
    trunk = make_trunk(
        pbx,
        "SIP-A",
        remote_id="07",
        domain="itsp.example",
        username="0044",
        observed_at=at,
        registration="Registered",
    )
    assert row_of("trunks", trunk) == {
        "name": "SIP-A",
        "trunk_id": "07",
        "pbx_name": "Leeds 总机",
        "pbx": "leeds",
        "kind": "register",
        "host": "sip.itsp.example",
        "port": "5060",
        "username": "0044",
        "dod_count": "not reported",
        "registration": "Registered",
        "registration_as_of": "2026-11-25T01:30:05+00:00",
        "as_of": "2026-11-25T01:30:05+00:00",
        "state": row_of("trunks", trunk)["state"],
        "site": "London",
        "domain": "itsp.example",
        "authname": "not reported",
        "fromuser": "not reported",
        "first_seen": "2026-11-25T01:30:05+00:00",
    }


def test_what_a_kind_does_not_have_is_told_from_what_was_not_reported_and_from_empty():
    pbx = make_pbx()
    account = row_of("trunks", make_trunk(pbx, kind="account", host=None, port=None))
    register = row_of("trunks", make_trunk(pbx, kind="register", host=None, username=""))
    assert (account["host"], account["username"]) == ("not applicable", "not reported")
    assert (register["host"], register["username"]) == ("not reported", "")


def test_no_dod_bindings_are_told_from_unreported_ones():
    trunk = make_trunk(make_pbx(), extensions_dod="")
    assert row_of("trunks", trunk)["dod_count"] == "0"


def test_a_removed_trunk_says_so():
    trunk = make_trunk(make_pbx(), removed_at=django_timezone.now())
    assert row_of("trunks", trunk)["state"] == "removed"


def test_a_kind_or_registration_that_is_not_known_is_not_reported():
    row = row_of("trunks", make_trunk(make_pbx(), kind=""))
    assert row["kind"] == row["registration"] == row["registration_as_of"] == "not reported"


def test_a_binding_is_exported_with_its_raw_text():
    binding = make_binding(make_trunk(make_pbx("HQ"), "SIP-A", remote_id="7"), "+44 20", "", "007")
    assert row_of("dods", binding) == {
        "number": "+44 20",
        "name": "",
        "target_kind": "extension",
        "target": "007",
        "trunk": "SIP-A",
        "trunk_id": "7",
        "pbx_name": "HQ",
        "pbx": "hq",
        "site": "",
        "as_of": row_of("dods", binding)["as_of"],
        "issue": "none",
        "raw": "+44 20--007",
    }


def test_of_a_malformed_piece_only_the_raw_text_is_readable():
    binding = make_binding(make_trunk(make_pbx()), "", "", "", raw="what?", issue="malformed")
    row = row_of("dods", binding)
    assert {row["number"], row["name"], row["target"]} == {"not readable"}
    assert (row["issue"], row["raw"]) == ("malformed", "what?")


def test_a_pbx_that_was_never_fetched_has_no_age_and_no_count():
    row = row_of("pbxs", make_pbx("HQ", observed_at=None, site="London"))
    assert row["as_of"] == row["trunk_count"] == "never fetched"
    assert (row["pbx_name"], row["pbx"], row["state"], row["site"]) == (
        "HQ",
        "hq",
        "never",
        "London",
    )


def test_in_json_a_gap_is_null_and_what_does_not_apply_is_left_out():
    make_trunk(make_pbx(), kind="account", host=None, port=None, username=None)
    fields = LISTS["trunks"].fields(COLUMNS["trunks"])
    row = record(fields, Trunk.objects.for_table().get())
    assert row["username"] is None
    assert "host" not in row


def test_json_counts_in_numbers():
    pbx = make_pbx()
    make_trunk(pbx)
    rows = json_rows(content(export_of(Pbx.objects.for_table(), "json", name="pbxs")))
    assert rows[0]["trunk_count"] == 1
