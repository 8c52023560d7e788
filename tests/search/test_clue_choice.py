"""What SQLite's index is asked for of a question is what takes less than to look at rows in vain."""

from __future__ import annotations

import pytest

from trunks.search.commonness import measured
from trunks.search.conditions import all_clues
from trunks.search.grams import label_gram
from trunks.search.index import BINDING_GRAMS
from trunks.search.index_sqlite import SqliteIndex
from trunks.search.language import read_question
from trunks.search.rows import Rows

GROUP, OF_TARGET_7, AMBIGUOUS = map(label_gram, ["group", "=7", "ambiguous"])
SHARES = {
    # The pieces of a number, which are not just as common.
    "001": 0.02,
    "018": 0.021,
    # A name.
    "ali": 0.02,
    "lic": 0.03,
    "ice": 0.021,
    # Labels.
    GROUP: 0.15,
    OF_TARGET_7: 0.01,
    AMBIGUOUS: 0.006,
    # Short words, a common one and a rare one.
    "44": 0.4,
    "hq": 0.05,
}


def grams_chosen(line: str, **shares: float) -> set[str]:
    """Return what the index is asked for to find the first rows; `zwo` is rarer than anything that was measured."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(measured, "shares", lambda _table: SHARES | shares)
        found = all_clues(read_question(line).terms, Rows.BINDINGS)
        clues = SqliteIndex().chosen(BINDING_GRAMS, found, for_sample=True)
    return {gram for clue in clues for group in clue for gram in group}


LABELS = {
    "target:group 0018": {"001", "018"},
    "target:group zwo": {"zwo"},
    "target:group alice": {GROUP, "ali", "ice"},
    "target:group ext:=7": {GROUP, OF_TARGET_7},
    "issue:ambiguous 0018": {AMBIGUOUS, "001", "018"},
}


@pytest.mark.parametrize(("line", "grams"), LABELS.items())
def test_a_label_that_many_rows_have_is_looked_at_in_the_rows_of_a_rare_word(line, grams):
    assert grams_chosen(line) == grams


def test_of_pieces_of_a_word_that_are_just_as_common_one_is_looked_up_beside_other_words():
    assert grams_chosen("alice hq", ice=0.02) == {"ali", "hq"}
    assert grams_chosen("alice hq") == {"ali", "ice", "hq"}


def test_a_word_alone_is_looked_up_by_several_pieces_since_two_may_be_just_as_common_by_chance():
    assert grams_chosen("alice", ice=0.02) == {"ali", "ice"}


def test_digits_are_just_as_common_by_chance():
    assert grams_chosen("0018 hq", **{"018": 0.02}) == {"001", "018", "hq"}


def test_digits_together_are_rarer_than_each_of_their_pieces():
    assert grams_chosen("alice 44") == {"ali", "ice", "44"}
    assert grams_chosen("0018 44") == {"001", "018"}


def test_digits_that_are_just_as_common_are_about_as_common_together():
    assert grams_chosen("0018 44", **{"018": 0.02}) == {"001", "018", "44"}
