"""Rows that answer a question: the database and a plain reading of the rule agree."""

from __future__ import annotations

import pytest
from django.db.models.expressions import RawSQL
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from tests.builders import make_binding, make_pbx, make_trunk
from tests.search.oracle import answers, row_of_binding, row_of_trunk
from trunks.models import DodBinding, Pbx, Trunk
from trunks.search.commonness import measured
from trunks.search.conditions import as_expression, conditions
from trunks.search.fields import BINDING_FIELDS, DOD_FIELDS, PBX_FIELDS, TRUNK_FIELDS
from trunks.search.index import BINDING_GRAMS
from trunks.search.language import Question, read_question
from trunks.search.matching import (
    matching_bindings,
    matching_pbxs,
    matching_trunks,
)
from trunks.search.rows import Rows

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]

NUMBER = "442079460018"
PIECES = [
    *("5503301", "+44 (20)", "7946-0018", "５５０", "Café", "cafe", "50%", "a_b", "\\", "%", "_"),
    *("厦门", "ﬁ", "İ", "a*b", "x?y", "[1]", "a-b", "0", "e", "ab", "front desk", '"', "'", "$1"),
]
values = st.one_of(
    st.lists(st.sampled_from(PIECES), min_size=1, max_size=3).map(" ".join),
    st.text("aB1%_.-+*\\ ", min_size=1, max_size=6),
).filter(lambda text: text.strip())
signs = st.sampled_from(["", "", "", "-", '"', "*", "?", ",", "="])
names = st.sampled_from(["", "", "name:", "ext:", "group:", "number:", "trunk:", "pbx:", "user:"])
terms = st.tuples(signs, names, signs, values, signs).map("".join)
lines = st.one_of(
    values, st.text(max_size=8), terms, st.lists(terms, min_size=2, max_size=3).map(" ".join)
)


class Oracle(TestCase):
    """Hypothesis, each example in a transaction of its own."""

    @settings(max_examples=150, deadline=None)
    @given(line=lines, name=values, username=values, pbx_name=values)
    def test_trunks_are_found_as_the_rule_says(self, line, name, username, pbx_name):
        trunk = make_trunk(make_pbx(pbx_name, slug="a"), name, username=username, host=None)
        question = read_question(line, TRUNK_FIELDS)
        found = matching_trunks(Trunk.objects.all(), question).exists()
        assert found == answers(row_of_trunk(trunk), question)

    @settings(max_examples=300, deadline=None)
    @given(line=lines, name=values, target=values, trunk_name=values, group=st.booleans())
    def test_bindings_are_found_as_the_rule_says(self, line, name, target, trunk_name, group):
        trunk = make_trunk(make_pbx("HQ"), trunk_name, host="h", port=None, username="u")
        kind = "group" if group else "extension"
        binding = make_binding(trunk, NUMBER, name, target, target_kind=kind)
        question = read_question(line, DOD_FIELDS)
        found = matching_bindings(DodBinding.objects.all(), question).exists()
        assert found == answers(row_of_binding(binding), question)


def bindings(line: str) -> list[str]:
    question = read_question(line, DOD_FIELDS)
    return sorted(row.number for row in matching_bindings(DodBinding.objects.all(), question))


def trunks(line: str) -> list[str]:
    question = read_question(line, TRUNK_FIELDS)
    return sorted(row.name for row in matching_trunks(Trunk.objects.all(), question))


def pbxs(line: str) -> list[str]:
    question = read_question(line, PBX_FIELDS)
    return sorted(row.name for row in matching_pbxs(Pbx.objects.all(), question))


@pytest.mark.parametrize(
    "line",
    ["+44 (20) 7946-0018", "442079460018", "79460018", "４４２０７９４６", "+44 20", "20.7946"],
)
@pytest.mark.parametrize(
    "stored", ["442079460018", "+44 20 7946 0018", "(44)20.7946/0018", "４４２０７９４６００１８"]
)
def test_a_number_is_found_however_either_side_writes_it(line, stored):
    make_binding(make_trunk(make_pbx(), "T", username=stored), stored)
    assert bindings(line) == [stored]
    assert trunks(line) == ["T"]


@pytest.mark.parametrize("stored", [NUMBER, "+442079460018", "02079460018", "2079460018"])
@pytest.mark.parametrize(
    "line",
    [
        "number:=02079460018",
        '"020 7946 0018"',
        "+44 (20) 7946-0018",
        "+44 (0)20 7946 0018",
        "00442079460018",
        "9460018",
        "0018",
        "number:*0018",
        "number:0?079460018",
    ],
)
def test_a_pbx_that_knows_its_country_makes_the_forms_of_a_number_equal(stored, line):
    make_binding(make_trunk(make_pbx(country_code="44", national_prefix="0")), stored)
    assert bindings(line) == [stored]


def test_without_a_country_only_digits_are_compared():
    make_binding(make_trunk(make_pbx()), NUMBER)
    assert bindings("02079460018") == []


def test_a_malformed_piece_is_found_by_its_raw_text():
    make_binding(make_trunk(make_pbx()), "", "", "", raw="5503399", issue="malformed")
    assert bindings("03399") == [""]
    assert bindings("issue:malformed") == bindings("is:malformed") == [""]
    assert bindings("-is:malformed") == []


def test_words_may_be_found_in_different_places():
    make_trunk(make_pbx("Leeds branch"), "SIP-A", username="alice")
    assert trunks("leeds ALICE sip.itsp") == ["SIP-A"]


def test_no_match_reaches_across_two_values():
    make_trunk(make_pbx(), "one", username="two", host=None)
    assert trunks("onetwo") == trunks("one*two") == []


def of_one_trunk(question: Question) -> RawSQL:
    return as_expression(conditions(question.terms, Rows.BINDINGS_OF_ONE_TRUNK))


def test_within_one_trunk_its_own_name_finds_nothing():
    make_binding(make_trunk(make_pbx(), "Paris"), "1", "alice")
    rows = DodBinding.objects.all()
    question = read_question("paris", BINDING_FIELDS)
    assert not rows.filter(of_one_trunk(question)).exists()
    question = read_question("alice", BINDING_FIELDS)
    assert rows.filter(of_one_trunk(question)).exists()


def test_what_half_of_all_bindings_have_is_looked_for_trunk_by_trunk(monkeypatch):
    """Reading the trunks of all that match, out of a million, takes seconds."""
    monkeypatch.setattr(measured, "_shares", {BINDING_GRAMS: {"44": 0.5}})
    common, rare = (
        conditions(read_question(line, TRUNK_FIELDS).terms, Rows.TRUNKS).text
        for line in ("number:44", "number:4498")
    )
    assert "EXISTS (SELECT 1 FROM trunks_dodbinding" in common
    assert "IN (SELECT trunks_dodbinding.trunk_id" in rare


def test_a_trunk_is_found_by_its_bindings():
    trunk = make_trunk(make_pbx(), "A")
    make_binding(trunk, "5503301", target="1000")
    make_binding(trunk, "5503302", target="Sales", target_kind="group")
    make_trunk(trunk.pbx, "B")
    assert trunks("number:*02") == trunks("ext:=1000") == trunks("group:sales") == ["A"]
    assert trunks("ext:sales") == []
    assert trunks("-number:5503301") == ["B"]
    assert trunks("is:bound") == ["A"]


def test_states_of_the_pbx_hold_for_all_on_it():
    for name, trust in [("Plain", "plain"), ("Sealed", "system")]:
        make_binding(make_trunk(make_pbx(name, trust=trust), name), name)
    assert bindings("is:insecure") == trunks("is:insecure") == pbxs("is:insecure") == ["Plain"]
    assert bindings("-is:insecure") == trunks("-is:insecure") == ["Sealed"]


def test_pbxs_are_found_by_name_site_address_and_state():
    make_pbx("London", site="UK", base_url="https://10.0.0.1:8088")
    make_pbx("Leeds", site="UK", base_url="https://10.0.0.2:8088", enabled=False)
    assert pbxs("site:=uk") == ["Leeds", "London"]
    assert pbxs("host:10.0.0.2") == pbxs("is:disabled") == pbxs("-name:london") == ["Leeds"]


def test_a_hundred_words_are_one_question_that_the_database_takes():
    make_trunk(make_pbx(), "SIP-A")
    assert trunks(" ".join(f"{number}" for number in range(10, 110))) == []
