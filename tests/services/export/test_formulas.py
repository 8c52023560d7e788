"""Texts that a spreadsheet would run."""

from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.services.export.making import read_back
from trunks.services.export.formulas import without_formula

# Mostly what spreadsheets look at, so that few examples find much.
TEXTS = (
    st.text(st.sampled_from(";=+-@'＝＋－＠﹢⁼−\t\r\n\0 \u200b\ufeff\u300019aZ()|!号")) | st.text()
)


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+SUM(A1)",
        "-2+cmd|' /C calc'!A0",
        "@SUM(1)",
        "\t=1",
        "\rname",
        "\nname",
        "  =HYPERLINK(1)",
        "\u200b=1",
        "\ufeff=1",
        "\u3000=1",
        "＝1+1",
        "＋a",
        "＠a",
        "－a",
        "﹢a",
        "⁼a",
        "−a",
        "=",
        "'=1",
    ],
)
def test_what_would_be_run_gets_an_apostrophe(text):
    assert without_formula(text) == f"'{text}"


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("desk;=1+1", "desk;'=1+1"),
        ("desk; =1+1;@SUM(1)", "desk;' =1+1;'@SUM(1)"),
        ("desk\n=1+1", "desk\n'=1+1"),
        ("\n=1", "'\n'=1"),
        (";'=1", ";''=1"),
        ("1000;+44 20 7946 0018;-5", "1000;+44 20 7946 0018;-5"),
    ],
)
def test_what_would_be_run_behind_a_semicolon_or_line_feed_gets_one_too(text, left):
    assert without_formula(text) == left


@pytest.mark.parametrize(
    "number",
    ["+442079460018", "+44 20 7946", "+44 (20) 7946-0018", "-5", "0044", "*72", "+1/2", "+44*12#"],
)
def test_a_plain_number_stays_as_it_is(number):
    assert without_formula(number) == number


@pytest.mark.parametrize("text", ["", "sales", "'quoted'", "总机", "a=b", "5503301-yeastar-1000"])
def test_a_harmless_text_stays_as_it_is(text):
    assert without_formula(text) == text


@given(TEXTS)
@example("''=1")
@example("' =1")
def test_a_program_can_undo_it(text):
    assert read_back(without_formula(text)) == text


@given(TEXTS)
def test_nothing_that_is_left_begins_a_formula(text):
    for left in re.split("[;\r\n]", without_formula(text)):
        assert_harmless(left)
    assert without_formula(text)[:1] not in {"\t", "\r", "\n", "\0"}


def assert_harmless(left: str) -> None:
    visible = "".join(
        character
        for character in unicodedata.normalize("NFKC", left)
        if not character.isspace() and unicodedata.category(character) not in {"Cc", "Cf"}
    )
    assert visible[:1] not in {"=", "@", "+", "-", "−"} or re.fullmatch(r"[+-][0-9 ().*/#-]+", left)


@given(st.from_regex(r"\A\+?[0-9][0-9 ()-]{0,20}\Z"))
def test_every_phone_number_stays_as_it_is(number):
    assert without_formula(number) == number
