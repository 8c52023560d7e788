"""What the index tells by itself is not looked for in the texts of rows again, and only that."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext

from tests.builders import make_binding, make_pbx, make_trunk
from trunks.forms.lists import DodListForm
from trunks.models import UNLIMITED, Sight
from trunks.search.commonness import measured
from trunks.search.fields import DOD_FIELDS
from trunks.search.language import read_question
from trunks.search.rows import PRESENT, Rows
from trunks.search.source import Source
from trunks.search.sql import ALWAYS

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


def asked_of_rows(line: str) -> str:
    source = Source(Rows.BINDINGS, read_question(line), ALWAYS, UNLIMITED)
    return source.select(["trunks_dodbinding.id"]).text


@pytest.mark.parametrize("line", ["hq", "hq,42", "ab cd"])
def test_a_word_of_two_letters_is_told_by_the_index_alone(line):
    assert "search_text" not in asked_of_rows(line)


@pytest.mark.parametrize(
    "line", ["faxes", "-hq", "name:hq", "x-y", '"-"', "h*q", "ext:10", "hq,faxes"]
)
def test_what_the_index_tells_only_in_part_is_looked_for_in_the_texts(line):
    assert "search_text" in asked_of_rows(line)


# The share of rows that `alice` leaves, and that `44` and both pieces of `5060` do, and who joins.
JOINING = [
    (0.02, 0.4, {"44", "506", "060"}),
    (0.012, 0.48, {"44"}),
    (0.001, 0.4, set()),
    (None, 0.4, set()),
    (0.02, 0.9, set()),
]


@pytest.mark.parametrize(("rare", "common", "joining"), JOINING)
def test_a_common_word_joins_a_rare_one_for_the_first_rows_where_that_spares_more_than_it_takes(
    rare, common, joining, monkeypatch
):
    shares = dict.fromkeys(["44", "506", "060"], common)
    if rare is not None:
        shares.update(dict.fromkeys(["ali", "lic", "ice"], rare))
    monkeypatch.setattr(measured, "shares", lambda _table: shares)
    asked = {gram for word in ("44", "5060") for gram in grams_asked_first(f"alice {word}")}
    assert asked == (joining if connection.vendor == "sqlite" else set())


def grams_asked_first(line: str) -> set[str]:
    """Return what the index is asked for beside `alice`, where it is SQLite's."""
    source = Source(Rows.BINDINGS, read_question(line), ALWAYS, UNLIMITED)
    with CaptureQueriesContext(connection) as asked:
        source.first(["trunks_dodbinding.id"], 3)
    grams = set(re.findall(r'"(\w+)"', asked[0]["sql"]))
    return grams - {"ali", "lic", "ice"}


@pytest.mark.parametrize("line", ["issue:ambiguous", "is:malformed", "issue:ambiguous,malformed"])
def test_issues_alone_are_left_to_the_index_over_severities_where_that_is_quicker(line):
    asked = asked_of_rows(line)
    assert ("severity" in asked) == (connection.vendor == "postgresql")
    assert ("grams" in asked) == (connection.vendor == "sqlite")
    assert "grams" in asked_of_rows(f"{line} fax")


LOOKS_UP = {
    "desk": False,
    "-desk": False,
    "desk site:leeds": False,
    "desk is:insecure,failing": False,
    "desk kind:peer": False,
    "desk is:stale": True,
    "desk is:stale,insecure": True,
    "desk user:smith": True,
}


@pytest.mark.parametrize(("line", "looks_up"), LOOKS_UP.items())
def test_of_trunks_a_search_looks_up_only_what_their_bindings_do_not_keep(line, looks_up):
    limited = Sight(pbxs=frozenset({1, 2}), sites=())
    source = Source(Rows.BINDINGS, read_question(line, DOD_FIELDS), PRESENT, limited)
    # As rows are tested one by one; what leads to them may be their trunks.
    assert ("trunks_trunk" in source.of_row.text) == looks_up


@pytest.mark.parametrize("line", ["hq 44", "44 hq"])
def test_a_common_word_of_two_letters_joins_a_rare_one_where_the_index_goes_ahead(
    line, monkeypatch
):
    monkeypatch.setattr(measured, "shares", lambda _table: {"44": 0.6})
    looks_at_texts = "search_text" in asked_of_rows(line)
    assert looks_at_texts == (connection.vendor == "sqlite")


def test_common_words_alone_are_looked_for_in_the_texts_of_rows_as_they_come(monkeypatch):
    monkeypatch.setattr(measured, "shares", lambda _table: {"44": 0.6, "hq": 0.6})
    if connection.vendor == "postgresql":
        assert asked_of_rows("hq 44").count("search_text") == 2
    else:
        assert "search_text" not in asked_of_rows("hq 44")


@pytest.mark.parametrize("line", ["ext:=7", "group:=7"])
def test_who_is_bound_to_a_target_still_has_to_be_of_its_kind(line):
    trunk = make_trunk(make_pbx())
    for kind in ("extension", "group"):
        make_binding(trunk, "1", target="7", target_kind=kind)
    form = DodListForm(QueryDict(f"q={line}"), path="/", sight=UNLIMITED)
    (row,) = form.turn(form.all_rows()).rows
    assert row.target_kind.startswith(line[:3])


def test_signs_that_stand_for_others_in_the_index_do_not_find_each_other():
    make_binding(make_trunk(make_pbx()), "1", "\ue02d")
    make_binding(make_trunk(make_pbx("b")), "2", "-")
    form = DodListForm(QueryDict('q=name:="-"'), path="/", sight=UNLIMITED)
    assert [row.number for row in form.turn(form.all_rows()).rows] == ["2"]
    form = DodListForm(QueryDict('q="\ue02d"'), path="/", sight=UNLIMITED)
    assert [row.number for row in form.turn(form.all_rows()).rows] == ["1"]
