"""A line of text becomes words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trunks.search.words import LONGEST_QUESTION, Word, read_question


def words_of(line):
    return [word.text for word in read_question(line).words]


def test_words_are_normalised_and_each_counts_once():
    assert words_of("  Café  CAFE 厦门 ") == ["cafe", "厦门"]


def test_a_number_also_goes_by_its_digits():
    assert read_question("+55-03").words == (Word("+55-03", "5503"),)


@pytest.mark.parametrize("line", ["+44 (20) 7946-0018", "+44 20 7946 0018", "(44) 20 7946 - 0018"])
def test_a_number_that_begins_with_plus_or_bracket_goes_on_after_spaces(line):
    assert [word.number for word in read_question(line).words] == ["442079460018"]


def test_other_numbers_with_a_space_between_are_words_of_their_own():
    assert words_of("1000 5503301") == ["1000", "5503301"]


def test_a_lone_dash_after_a_number_is_part_of_it():
    assert [word.number for word in read_question("5503301 - 5503302").words] == [
        "5503301",
        "5503302",
    ]


def test_nothing_but_space_asks_for_nothing():
    assert not read_question(" \t\u3000\0")


def test_a_long_question_is_cut_and_says_so():
    question = read_question("x" * 10_000)
    assert question.was_cut
    assert question.text == "x" * LONGEST_QUESTION


@given(st.text(st.characters(codec=None)))
def test_no_text_makes_reading_fail(line):
    question = read_question(line)
    assert "\0" not in question.text
    question.text.encode()
