"""The normal form of text."""

from __future__ import annotations

import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trunks.search.text import as_number, as_value, normalise


def test_every_character_is_normal_after_one_pass():
    for code in range(sys.maxunicode + 1):
        once = normalise(chr(code))
        assert normalise(once) == once, hex(code)


@given(st.text())
def test_normal_text_stays_as_it_is(text):
    assert normalise(normalise(text)) == normalise(text)


def test_case_accents_and_width_make_no_difference():
    assert normalise("ＣＡＦＥ") == normalise("café") == normalise("𝐂afé")


def test_a_number_loses_its_punctuation_and_nothing_else_is_one():
    assert as_number("+44 (20) 7946-0018") == "442079460018"
    assert as_number("５５０３３０１") == "5503301"
    assert as_number("550x") == as_number("-") == ""


@pytest.mark.parametrize(
    ("word", "digits"),
    [
        ("10.0.0.3", ""),
        ("192.168.6.36", ""),
        ("055.033.01.10", "0550330110"),
        ("20.7946", "207946"),
    ],
)
def test_an_address_is_no_number(word, digits):
    assert as_number(word) == digits


def test_a_value_stands_on_one_line_with_single_spaces():
    assert as_value(" É\n\tb \x01") == "e b"
