"""The word under the caret becomes the name of a field, or a value of one."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.search.oracle import Row, answers
from trunks.search.completing import MOST, Known, completions
from trunks.search.fields import BINDING_FIELDS, DOD_FIELDS, PBX_FIELDS, TRUNK_FIELDS
from trunks.search.language import (
    LONGEST_QUESTION,
    Question,
    field_named,
    read_question,
)

VALUES = ["10.0.0.1:5060", "-x", "a,b", "a*b", "front desk", "london", 'say "hi"', "“hi”", "王伟"]
PIECES = [
    *("kind:", "is:", "name:", "pbx:=", "名称：", "nosuch:", "-", '"', "=", ",", " ", "*", "peer"),
    *("stale", "removed", "lon", "“", "”", "a", "front", "王", "+44 (20)", "\ud800", "\0", "，"),
]
lines = st.text() | st.lists(st.sampled_from(PIECES), max_size=12).map("".join)


def complete(typed, fields=DOD_FIELDS, values=VALUES):
    """Complete a line in which `|` is the caret; the same stands in what comes back."""
    before, _, after = typed.partition("|")

    def known(_field, text):
        return [Known(value) for value in values if text in value]

    found = completions(before + after, len(before), fields, known)
    return [f"{one.line[: one.caret]}|{one.line[one.caret :]}" for one in found]


@given(lines, st.integers(0, 30))
def test_a_line_with_a_choice_in_it_asks_for_what_was_chosen(line, caret):
    asked = []

    def known(field, _text):
        asked.append(field)
        return [Known(value) for value in VALUES]

    for one in completions(line, caret, DOD_FIELDS, known):
        question = read_question(one.line, DOD_FIELDS)
        name, colon, value = one.text.rpartition(":")
        if colon and not value:
            assert one.line[: one.caret].endswith(one.text)
            assert field_named(name, DOD_FIELDS)
        elif asked:
            terms = [replace(t, negated=False) for t in question.terms if t.field == asked[0].name]
            row = Row({asked[0].name: [one.text]})
            assert any(answers(row, Question("", (term,))) for term in terms)
        else:
            texts = [wanted.text for term in question.terms for wanted in term.wanted]
            # Another value of the same term may be one that there is not.
            assert value in texts or any(value in problem.typed for problem in question.problems)


@given(lines, st.integers(0, 30), st.integers(0, 250))
def test_no_choice_is_more_than_a_search_takes(line, caret, length):
    found = completions("x" * length + " " + line, length + 1 + caret, DOD_FIELDS, lambda *_: [])
    assert len(found) <= MOST
    assert all(len(one.line.strip()) <= LONGEST_QUESTION for one in found)


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("ki|", ["kind:|"]),
        ("KI|", ["kind:|"]),
        ("london -ki|", ["london -kind:|"]),
        ("ki| london", ["kind:| london"]),
        ("类|", ["类型:|"]),
        ("acc|", ["account:|", "kind:account|"]),
        ("group na|:x", ["group name:|x"]),
        ("ki|：peer", ["kind:|peer"]),
    ],
)
def test_a_word_becomes_the_name_of_a_field(typed, expected):
    assert complete(typed) == expected


def test_nothing_typed_leads_to_every_field_in_front_of_what_follows():
    assert complete("|london", PBX_FIELDS) == [f"{field.name}:|london" for field in PBX_FIELDS]


def test_a_list_leads_to_its_own_fields_only():
    assert complete("pb|", BINDING_FIELDS) == []


def test_a_known_value_leads_to_its_field():
    assert complete("-sta|") == ["-is:|", "-is:stale|"]
    assert complete("fetched|") == ["is:stale|"]


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("kind:|", ["kind:register|", "kind:peer|", "kind:account|"]),
        ("-类型：p|", ["-类型:peer|"]),
        ("kind:=p|x london", ["kind:peer| london"]),
        ("is:removed,sta|,failing", ["is:removed,stale|,failing"]),
        ("is:cannot|", ["is:malformed|"]),
        ("issue:target|", ["issue:no-target|", "issue:odd-target|"]),
    ],
)
def test_a_field_with_a_list_of_values_completes_from_it(typed, expected):
    assert complete(typed) == expected


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("pbx:lon|", ["pbx:=london|"]),
        ("-PBX:=lon|,leeds", ["-PBX:=london|,leeds"]),
        ("pbx:leeds,lon|", ["pbx:leeds,london|"]),
        ('name:"front d|', ['name:="front desk"|']),
        ('name:"fro| sales', ['name:="front desk"| sales']),
        ('name:"fro|nt" sales', ['name:="front desk"| sales']),
        ("name:x,a,|b", ['name:x,a,"10.0.0.1:5060"|', "name:x,a,-x|"]),
        ("name:sa|", ['name:="say ""hi"""|']),
        ("name:=x,sa|", ['name:=x,"say ""hi"""|']),
        ('name:"say ""|', ['name:="say ""hi"""|']),
        ('name:"“|', ['name:="“hi”"|']),
    ],
)
def test_other_values_are_asked_for_whole_and_in_quotes_where_needed(typed, expected):
    assert complete(typed)[:2] == expected


@pytest.mark.parametrize(
    "typed",
    ["5503|", "name:*|", "nosuch:a|", '"ki|"', "https://lon|", "fe80::1|", "a,ki|", "kind:peer|"],
)
def test_where_there_is_nothing_to_choose_nothing_is_offered(typed):
    assert complete(typed) == []


def test_values_that_begin_with_what_was_typed_come_first():
    values = ["cabal", "al-ba", "alibi", "bar"]
    found = complete("user:ba|", values=values)
    assert found == ["user:=bar|", "user:=al-ba|", "user:=cabal|"]


def test_all_fields_of_a_list_fit():
    assert max(len(fields) for fields in (DOD_FIELDS, TRUNK_FIELDS)) <= MOST
