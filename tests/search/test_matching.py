"""Rows that answer a question: the database and a plain reading of the rule agree."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from tests.builders import make_binding, make_pbx, make_trunk
from trunks.models import DodBinding, Trunk
from trunks.search.matching import matching_bindings, matching_trunks
from trunks.search.text import digits_of, normalise
from trunks.search.words import read_question

NUMBER = "442079460018"
PIECES = [
    "5503301",
    "+44 (20)",
    "7946-0018",
    "５５０",
    "Café",
    "cafe",
    "50%",
    "a_b",
    "\\",
    "%",
    "_",
    "厦门",
    "ﬁ",
    "İ",
]
values = st.one_of(
    st.lists(st.sampled_from(PIECES), min_size=1, max_size=3).map(" ".join),
    st.text("aB1%_.-+\\ ", max_size=6),
)
lines = st.one_of(values, st.text(max_size=8))


def finds(line, *fields):
    """The rule by itself: each word, or its bare digits, stands in some field or in a number's digits."""
    normal = [normalise(field) for field in fields]
    numbers = [
        digits_of(field) for field in fields if not normalise(field).strip("0123456789+-./() \n")
    ]
    return all(
        any(spelling in text for spelling in word.spellings for text in [*normal, *numbers])
        for word in read_question(line).words
    )


class Oracle(TestCase):
    """Hypothesis, each example in a transaction of its own."""

    @settings(max_examples=60, deadline=None)
    @given(line=lines, name=values, username=values, pbx_name=values)
    def test_trunks_are_found_as_the_rule_says(self, line, name, username, pbx_name):
        make_trunk(make_pbx(pbx_name, slug="a"), name, username=username, host=None)
        found = matching_trunks(Trunk.objects.all(), read_question(line)).exists()
        assert found == finds(line, name, username, pbx_name)

    @settings(max_examples=60, deadline=None)
    @given(line=lines, name=values, target=values, trunk_name=values)
    def test_bindings_are_found_as_the_rule_says(self, line, name, target, trunk_name):
        trunk = make_trunk(make_pbx("HQ"), trunk_name)
        make_binding(trunk, NUMBER, name, target)
        found = matching_bindings(DodBinding.objects.all(), read_question(line)).exists()
        raw = f"{NUMBER}-{name}-{target}"
        assert found == finds(line, NUMBER, name, target, raw, trunk_name, "HQ")


@pytest.mark.django_db
@pytest.mark.parametrize(
    "line",
    ["+44 (20) 7946-0018", "442079460018", "79460018", "４４２０７９４６", "+44 20", "20.7946"],
)
@pytest.mark.parametrize(
    "stored", ["442079460018", "+44 20 7946 0018", "(44)20.7946/0018", "４４２０７９４６００１８"]
)
def test_a_number_is_found_however_either_side_writes_it(line, stored):
    make_binding(make_trunk(make_pbx(), username=stored), stored)
    question = read_question(line)
    assert matching_bindings(DodBinding.objects.all(), question).count() == 1
    assert matching_trunks(Trunk.objects.all(), question).count() == 1


@pytest.mark.django_db
def test_a_malformed_piece_is_found_by_its_raw_text():
    make_binding(make_trunk(make_pbx()), "", "", "", raw="5503399", issue="malformed")
    assert matching_bindings(DodBinding.objects.all(), read_question("03399")).count() == 1


@pytest.mark.django_db
def test_words_may_be_found_in_different_places():
    trunk = make_trunk(make_pbx("Leeds branch"), "SIP-A", username="alice")
    found = matching_trunks(Trunk.objects.all(), read_question("leeds ALICE sip.itsp"))
    assert list(found) == [trunk]


@pytest.mark.django_db
def test_no_match_reaches_across_two_values():
    make_trunk(make_pbx(), "one", username="two", host=None)
    assert not matching_trunks(Trunk.objects.all(), read_question("onetwo")).exists()


@pytest.mark.django_db
def test_within_one_trunk_its_own_name_finds_nothing():
    make_binding(make_trunk(make_pbx(), "Paris"))
    rows = DodBinding.objects.all()
    assert not matching_bindings(rows, read_question("paris"), of_one_trunk=True).exists()


@pytest.mark.django_db
def test_a_hundred_words_are_one_question_that_the_database_takes():
    make_trunk(make_pbx(), "SIP-A")
    line = " ".join(f"{number}" for number in range(10, 110))
    assert not matching_trunks(Trunk.objects.all(), read_question(line)).exists()
