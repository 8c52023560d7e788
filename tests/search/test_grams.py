"""The pieces that texts are known by."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from trunks.search.grams import grams_of_text
from trunks.search.index import Entry
from trunks.search.text import as_value

# Few letters, so that texts have much in common; among them some that stand for others in pieces.
LETTERS = "aab1-  \ue00a\ue02d\ue001厦"
VALUES = st.text(LETTERS, max_size=6).map(as_value)
PLAIN_VALUES = st.text("aab1- 厦", max_size=6).map(as_value)


def text_of(sections: list[list[str]]) -> str:
    lines = [
        line
        for mark, values in zip("\x01\x02\x03", sections, strict=False)
        for line in (mark, *filter(None, values))
    ]
    return "\n".join([*lines, ""])


def entries_of(values: st.SearchStrategy[str]) -> st.SearchStrategy[Entry]:
    sections = st.lists(st.lists(values, max_size=3), max_size=3)
    labels = st.frozensets(values.filter(bool).map(lambda value: f"={value}"), max_size=2)
    return st.builds(Entry, st.just(1), sections.map(text_of), labels)


@pytest.mark.parametrize("values", [PLAIN_VALUES, VALUES], ids=["plain", "with letters of ours"])
def test_what_only_one_of_two_rows_is_known_by_is_all_that_sets_them_apart(values):
    @given(entries_of(values), entries_of(values))
    @example(Entry(1, "\x01\nab\n"), Entry(1, "\x01\nxab\n"))
    @example(Entry(1, "\x01\nab\n"), Entry(1, "\x01\n\ue00aab\ue00a\n"))
    @example(Entry(1, "\x01\n-\n"), Entry(1, "\x01\n\ue02d\n"))
    @example(Entry(1, "\x01\na\n", frozenset({"1"})), Entry(1, "\x01\n\ue00a\ue00a1\n"))
    def apart(one: Entry, other: Entry) -> None:
        assert one.grams_beside(other) == (one.grams - other.grams, other.grams - one.grams)

    apart()


def test_marks_of_sections_are_no_pieces():
    assert grams_of_text("\x01\n\x02\n") == set()
