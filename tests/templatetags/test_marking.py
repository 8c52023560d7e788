"""What the search found is marked, and nothing escapes from it."""

from __future__ import annotations

import re

import pytest
from django.utils.html import escape
from hypothesis import given
from hypothesis import strategies as st

from trunks.search.language import read_question
from trunks.templatetags.marking import marked


@pytest.mark.parametrize(
    ("line", "value", "shown"),
    [
        ("03", "5503301", "55<mark>03</mark>301"),
        ("itsp", "DEMO-ITSP", "DEMO-<mark>ITSP</mark>"),
        ("7946 0018", "+44 20 7946 0018", "+44 20 <mark>7946</mark> <mark>0018</mark>"),
        ("79460018", "+44 (20) 7946-0018", "+44 (20) <mark>7946-0018</mark>"),
        ("+44 20", "4420", "<mark>4420</mark>"),
        ("５５", "5503301", "<mark>55</mark>03301"),
        ("55", "５５03", "<mark>５５</mark>03"),
        ("cafe", "Cafe\u0301!", "<mark>Cafe\u0301</mark>!"),
        ("fi", "o\ufb01ce", "o<mark>\ufb01</mark>ce"),
        ("a.c", "abc a.c", "abc <mark>a.c</mark>"),
        ("b", "<b>", "&lt;<mark>b</mark>&gt;"),
        ("lt", "<", "&lt;"),
        ("03", "10.0.0.3:5060", "10.0.0.3:5060"),
        ("50", "10.0.0.3:5060", "10.0.0.3:<mark>50</mark>60"),
        ("ext:=1000", "1000", "<mark>1000</mark>"),
        ("ext:=1000", "5510007", "5510007"),
        ("number:=442079460018", "+44 (20) 7946-0018", "<mark>+44 (20) 7946-0018</mark>"),
        ("name:=Ann", "ÁNN", "<mark>ÁNN</mark>"),
        ("name:=Ann", "Joanna", "Joanna"),
        ("name:10*", "10 Downing 10", "<mark>10</mark> Downing 10"),
        ("name:*10", "10 Downing 10", "10 Downing <mark>10</mark>"),
        ("name:*10*", "10 Downing 10", "<mark>10</mark> Downing <mark>10</mark>"),
        ("number:10*", "(10) 3310", "<mark>(10</mark>) 3310"),
        ("number:10?3", "10 23", "<mark>10</mark> 2<mark>3</mark>"),
        ('name:"*"*', "* 10", "<mark>*</mark> 10"),
        ("x", "", ""),
        ("", "a&b", "a&amp;b"),
    ],
)
def test_matches_are_marked_in_the_text_as_it_stands(line, value, shown):
    assert marked(value, read_question(line)) == shown


def test_no_value_and_no_question_are_fine():
    assert marked(None, None) == ""


@given(st.text(), st.text(max_size=20))
def test_marking_neither_loses_a_character_nor_lets_one_out(value, line):
    shown = marked(value, read_question(line))
    bare = shown.replace("<mark>", "").replace("</mark>", "")
    assert not re.search(r"[<>]", bare)
    assert bare == escape(value)
