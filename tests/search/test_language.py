"""A line of text becomes terms."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trunks.search.fields import BINDING_FIELDS, DOD_FIELDS
from trunks.search.language import (
    EVERY_FIELD,
    LONGEST_QUESTION,
    Match,
    Term,
    Wanted,
    read_question,
    write_term,
)
from trunks.search.text import as_value


def texts_of(line):
    return [wanted.text for term in read_question(line).terms for wanted in term.wanted]


def only(line, fields=DOD_FIELDS):
    (term,) = read_question(line, fields).terms
    return term


def test_words_are_normalised_and_each_counts_once():
    assert texts_of("  Café  CAFE 厦门 ") == ["cafe", "厦门"]


def test_a_number_also_goes_by_its_digits():
    assert only("+55-03").wanted == (Wanted("+55-03", "5503"),)


@pytest.mark.parametrize("line", ["+44 (20) 7946-0018", "+44 20 7946 0018", "(44) 20 7946 - 0018"])
def test_a_number_that_begins_with_plus_or_bracket_goes_on_after_spaces(line):
    assert [wanted.digits for wanted in only(line).wanted] == ["442079460018"]


def test_a_zero_in_brackets_is_for_callers_at_home():
    assert only("+44 (0)20 7946 0018").wanted[0].digits == "442079460018"


def test_other_numbers_with_a_space_between_are_words_of_their_own():
    assert texts_of("1000 5503301") == ["1000", "5503301"]


def test_a_lone_dash_after_a_number_is_part_of_it():
    question = read_question("5503301 - 5503302")
    assert [term.wanted[0].digits for term in question.terms] == ["5503301", "5503302"]


def test_a_phrase_in_quotes_is_one_text_in_which_no_sign_means_anything():
    term = only('"front: desk, *1 -x"')
    assert (term.field, term.wanted[0].text) == ("", "front: desk, *1 -x")
    assert term.wanted[0].match is Match.CONTAINS


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ("“front desk”", "front desk"),
        ("”front desk“", "front desk"),
        ('"say ""hi"" now"', 'say "hi" now'),
        ('"say “hi” now"', "say “hi” now"),
        ('""""', '"'),
        ("“front ”“desk”", "front desk"),
    ],
)
def test_quotation_marks_may_be_curved_or_stand_within_others(line, text):
    assert only(line).wanted[0].text == text
    assert only(only(line).typed).wanted == only(line).wanted


def test_a_comma_is_or_and_a_minus_is_not():
    assert only("-london,leeds") == Term(
        "", (Wanted("london"), Wanted("leeds")), negated=True, typed="-london,leeds"
    )


@pytest.mark.parametrize(
    "line", ["ext:1000", "EXT:1000", "分机:1000", "ext：1000", "extension:1000"]
)
def test_a_field_goes_by_its_name_in_any_case_and_language(line):
    assert only(line).field == "ext"


@pytest.mark.parametrize("field", EVERY_FIELD, ids=lambda field: field.name)
def test_every_field_has_a_name_in_english_and_one_in_chinese(field):
    assert {name.isascii() for name in field.names} == {True, False}


def test_an_equals_sign_asks_for_the_whole_value():
    assert only('name:="Front Desk"').wanted == (Wanted("front desk", match=Match.EXACT),)


def test_stars_and_question_marks_stand_for_other_characters():
    assert only("number:+44*00?8").wanted == (Wanted("+44*00?8", "44*00?8", Match.GLOB),)


@pytest.mark.parametrize("line", ["fe80::1", "2001:db8:0:1::5", "https://pbx.example:8088"])
def test_an_address_is_a_word_though_it_has_colons(line):
    question = read_question(line)
    assert not question.problems
    assert question.terms[0].field == ""


def test_a_field_that_there_is_not_is_explained_and_the_rest_is_searched():
    question = read_question("numbr:0018 london", DOD_FIELDS)
    assert [term.wanted[0].text for term in question.terms] == ["london"]
    (problem,) = question.problems
    assert problem.typed == "numbr:0018"
    assert not problem.was_searched


def test_a_list_has_its_own_fields_only():
    assert read_question("pbx:london", BINDING_FIELDS).problems


def suggestions(line, fields=DOD_FIELDS):
    (problem,) = read_question(line, fields).problems
    return [(suggestion.text, suggestion.line) for suggestion in problem.suggestions]


def test_for_a_field_that_there_is_not_the_nearest_and_the_text_itself_are_suggested_in_their_place():
    assert suggestions('"front  desk" -numbr:0018,0019 london') == [
        ("-number:0018,0019", '"front  desk" -number:0018,0019 london'),
        ('-"numbr:0018,0019"', '"front  desk" -"numbr:0018,0019" london'),
    ]


def test_without_a_near_field_the_text_itself_is_suggested_and_the_fields_are_named():
    assert suggestions("sip:1000@pbx") == [('"sip:1000@pbx"', '"sip:1000@pbx"')]
    (problem,) = read_question("sip:1000@pbx", BINDING_FIELDS).problems
    assert "number, name, ext" in str(problem.explanation)


@pytest.mark.parametrize(
    ("line", "meant"),
    [
        ("is:stail", "is:stale"),
        ("-状态：stale,remvoed", "-状态:stale,removed"),
        ('issue:"target does not exist"', "issue:no-target"),
    ],
)
def test_for_a_value_that_there_is_not_the_nearest_is_suggested(line, meant):
    assert suggestions(line) == [(meant, meant)]


def test_nothing_is_suggested_when_no_value_is_near():
    assert suggestions("is:qqqq") == []


@given(st.text('aknid:"-*, ', max_size=20))
def test_a_line_with_a_suggestion_in_it_has_that_problem_no_longer(line):
    question = read_question(line, DOD_FIELDS)
    for problem in question.problems:
        for suggestion in problem.suggestions:
            again = read_question(suggestion.line, DOD_FIELDS)
            assert problem.typed not in {left.typed for left in again.problems}


def test_a_state_that_there_is_not_is_explained_with_those_there_are():
    (problem,) = read_question("is:stail", DOD_FIELDS).problems
    assert "stale" in str(problem.explanation)


@pytest.mark.parametrize("line", ["ext:", "ext:=", 'ext:""', "ext:,", "**", "-*", "name:*"])
def test_a_term_that_asks_for_nothing_is_explained(line):
    question = read_question(line, DOD_FIELDS)
    assert not question.terms
    assert [problem.typed for problem in question.problems] == [line]


def test_a_quotation_mark_without_a_second_one_is_explained():
    question = read_question('london "front desk')
    assert [term.wanted[0].text for term in question.terms] == ["london", "front desk"]
    assert [problem.was_searched for problem in question.problems] == [True]


@pytest.mark.parametrize("line", [" \t\u3000\0", "", '""', ",", '" "'])
def test_signs_alone_ask_for_nothing(line):
    question = read_question(line)
    assert not question
    assert not question.problems


def test_a_term_left_out_leaves_the_others_as_they_were_typed():
    question = read_question('kind:peer  "Front  Desk" -is:stale')
    assert question.without_choice("kind").text == '"Front  Desk" -is:stale'
    assert question.without_term(question.terms[1]).text == "kind:peer -is:stale"


def test_a_long_question_is_cut_and_says_so():
    question = read_question("x" * 10_000)
    assert question.was_cut
    assert question.text == "x" * LONGEST_QUESTION


@given(st.text(st.characters(codec=None)) | st.text('abno:ext="-*?, 01+()'))
def test_no_text_makes_reading_fail(line):
    question = read_question(line)
    assert "\0" not in question.text
    question.text.encode()


@given(st.text('a1*?,:=- \\%_"“”é厦：，\t', min_size=1).filter(str.strip), st.booleans())
def test_a_term_that_was_written_for_a_value_asks_for_that_value(value, exactly):
    question = read_question(f"a {write_term('name', value, exactly=exactly)} b", DOD_FIELDS)
    _before, term, _after = question.terms
    assert (term.field, term.wanted[0].text) == ("name", as_value(value))
    assert term.wanted[0].match is (Match.EXACT if exactly else Match.CONTAINS)


@given(st.text('ab1:="“”-*?, ', max_size=20))
def test_a_line_put_together_from_its_terms_reads_the_same(line):
    question = read_question(line, DOD_FIELDS)
    again = read_question(" ".join(term.typed for term in question.terms), DOD_FIELDS)
    assert [(term.field, term.wanted, term.negated) for term in again.terms] == [
        (term.field, term.wanted, term.negated) for term in question.terms
    ]
