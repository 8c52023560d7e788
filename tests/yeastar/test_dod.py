from __future__ import annotations

from string import whitespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trunks.yeastar import DodIssue, DodRecord, TargetKind, read_bindings, write_bindings

EXTENSION, GROUP = TargetKind.EXTENSION, TargetKind.GROUP

# Letters that mean something here, often enough to meet.
DOD_TEXT = st.text(st.one_of(st.sampled_from("-,, \t0159a中,－\u3000"), st.characters()))


def only(text, kind=EXTENSION):
    (record,) = read_bindings(text, kind)
    return record


def test_the_documented_extension_binding_is_read():
    assert only("5503301-yeastar-1000") == DodRecord(
        EXTENSION, 0, "5503301", "yeastar", "1000", "5503301-yeastar-1000", DodIssue.NONE
    )


def test_the_documented_list_of_groups_is_read_without_its_last_comma():
    records = read_bindings("5503301-yeastar-sales,5503302-yealink-support,", GROUP)
    assert [(one.position, one.number, one.target) for one in records] == [
        (0, "5503301", "sales"),
        (1, "5503302", "support"),
    ]


@pytest.mark.parametrize("text", [None, "", ",", " , \t,\r\n"])
def test_nothing_but_commas_and_white_space_is_no_binding(text):
    assert read_bindings(text, EXTENSION) == ()


def test_empty_pieces_take_no_position():
    assert [one.position for one in read_bindings(",1-a-2,, ,3-b-4,", EXTENSION)] == [0, 1]


def test_a_hyphen_in_a_name_stays_in_the_name_of_an_extension_binding():
    record = only("5503301-front-desk-1000")
    assert (record.number, record.name, record.target) == ("5503301", "front-desk", "1000")
    assert record.issue is DodIssue.NONE


def test_a_third_hyphen_makes_a_group_binding_ambiguous():
    record = only("5503301-front-desk-sales", GROUP)
    assert (record.name, record.target, record.issue) == (
        "front-desk",
        "sales",
        DodIssue.AMBIGUOUS,
    )


def test_a_name_may_be_empty():
    record = only("5503301--1000")
    assert (record.number, record.name, record.target) == ("5503301", "", "1000")
    assert record.issue is DodIssue.NONE


@pytest.mark.parametrize(
    "text", ["5503301", "5503301-1000", "-yeastar-1000", " -a-1", "5503301-yeastar-", "--", "-"]
)
def test_a_piece_that_lacks_a_part_is_malformed_and_kept_whole(text):
    assert only(text) == DodRecord(EXTENSION, 0, "", "", "", text.strip(), DodIssue.MALFORMED)


@pytest.mark.parametrize("target", ["12345678", "sales", "10 00", "１０００", "1000x", "٣"])
def test_an_extension_that_is_not_one_to_seven_digits_is_odd(target):
    record = only(f"5503301-yeastar-{target}")
    assert (record.target, record.issue) == (target, DodIssue.ODD_TARGET)


def test_full_width_separators_separate_nothing():
    assert only("5503301-a\uff0c5503302\uff0db-1000").name == "a\uff0c5503302\uff0db"


def test_only_ascii_white_space_is_trimmed():
    assert only(" \t5503301-a-1000\r\n").raw == "5503301-a-1000"
    assert only("\u3000").raw == "\u3000"


@given(DOD_TEXT, st.sampled_from(TargetKind))
def test_no_character_of_any_piece_is_lost(text, kind):
    pieces = [piece.strip(whitespace) for piece in text.split(",")]
    assert [one.raw for one in read_bindings(text, kind)] == [piece for piece in pieces if piece]


@given(DOD_TEXT, st.sampled_from(TargetKind))
def test_the_parts_of_a_readable_piece_make_up_the_whole(text, kind):
    for one in read_bindings(text, kind):
        if one.issue is not DodIssue.MALFORMED:
            assert f"{one.number}-{one.name}-{one.target}" == one.raw
            assert "-" not in one.number + one.target


@given(DOD_TEXT, st.sampled_from(TargetKind))
def test_what_was_written_reads_back(text, kind):
    records = read_bindings(text, kind)
    assert read_bindings(write_bindings(records), kind) == records


@pytest.mark.parametrize("length", [500, 501])
def test_a_piece_too_long_to_be_a_binding_is_kept_whole(length):
    piece = "5503301-" + "x" * (length - 13) + "-1000"
    (one,) = read_bindings(piece, TargetKind.EXTENSION)

    assert one.raw == piece
    assert (one.issue is DodIssue.MALFORMED) is (length > 500)
