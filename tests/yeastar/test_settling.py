"""Bindings read again by the lists of the PBX."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trunks.yeastar import DodIssue, TargetKind, read_bindings, settle

EXTENSION, GROUP = TargetKind.EXTENSION, TargetKind.GROUP

# Letters that mean something here, often enough to meet.
DOD_TEXT = st.text(st.one_of(st.sampled_from("-,, 0159ab中"), st.characters()))
NAME = st.text(st.sampled_from("-ab中1"), max_size=6)
NAMES = st.sets(NAME.filter(bool), max_size=6)
LISTS = st.one_of(st.none(), NAMES)


def settled(text, kind=GROUP, groups=None, extensions=None):
    (record,) = settle(read_bindings(text, kind), groups=groups, extensions=extensions)
    return (record.name, record.target, record.issue)


def test_the_one_group_that_fits_decides_where_the_name_ends():
    assert settled("1-Night-Line-after-hours", groups={"sales", "after-hours"}) == (
        "Night-Line",
        "after-hours",
        DodIssue.NONE,
    )


def test_two_groups_that_fit_leave_it_ambiguous():
    assert settled("1-a-b-c", groups={"c", "b-c"}) == ("a-b", "c", DodIssue.AMBIGUOUS)


def test_a_group_that_no_list_has_does_not_exist():
    assert settled("1-a-b-c", groups={"sales"}) == ("a-b", "c", DodIssue.NO_TARGET)
    assert settled("1-a-c", groups={"sales"}) == ("a", "c", DodIssue.NO_TARGET)


def test_a_group_whose_name_ends_with_a_hyphen_is_found_in_what_looked_malformed():
    assert read_bindings("1-a-sales-", GROUP)[0].issue is DodIssue.MALFORMED
    assert settled("1-a-sales-", groups={"sales-"}) == ("a", "sales-", DodIssue.NONE)


@pytest.mark.parametrize("text", ["1-sales", "-a-sales", "sales"])
def test_what_lacks_a_part_stays_malformed(text):
    assert settled(text, groups={"support"})[2] is DodIssue.MALFORMED


def test_blanks_around_the_name_of_a_group_make_no_difference():
    assert settled("1-a- sales", groups={"sales "}) == ("a", " sales", DodIssue.NONE)


@pytest.mark.parametrize(
    ("text", "issue"),
    [
        ("1-a-1000", DodIssue.NONE),
        ("1-a-1001", DodIssue.NO_TARGET),
        ("1-a-lobby", DodIssue.ODD_TARGET),
        ("1-1000", DodIssue.MALFORMED),
    ],
)
def test_an_extension_that_no_list_has_does_not_exist(text, issue):
    assert settled(text, EXTENSION, extensions={"1000"})[2] is issue


def test_a_list_of_the_other_kind_settles_nothing():
    assert settled("1-a-b-c", groups=None, extensions={"c"})[2] is DodIssue.AMBIGUOUS
    assert settled("1-a-1000", EXTENSION, groups={"x"})[2] is DodIssue.NONE


@given(DOD_TEXT, st.sampled_from(TargetKind), LISTS, LISTS)
def test_nothing_is_lost_reordered_or_rewritten(text, kind, groups, extensions):
    plain = read_bindings(text, kind)
    after = settle(plain, groups=groups, extensions=extensions)

    assert [(one.target_kind, one.position, one.raw) for one in after] == [
        (one.target_kind, one.position, one.raw) for one in plain
    ]
    for one in after:
        if one.issue is not DodIssue.MALFORMED:
            assert f"{one.number}-{one.name}-{one.target}" == one.raw


@given(DOD_TEXT, st.sampled_from(TargetKind), LISTS, LISTS)
def test_settling_twice_changes_nothing(text, kind, groups, extensions):
    once = settle(read_bindings(text, kind), groups=groups, extensions=extensions)
    assert settle(once, groups=groups, extensions=extensions) == once


@given(DOD_TEXT, st.sampled_from(TargetKind), NAMES, NAMES, NAMES)
def test_what_earlier_lists_said_makes_no_difference(text, kind, before, groups, extensions):
    plain = read_bindings(text, kind)
    earlier = settle(plain, groups=before, extensions=before)
    assert settle(earlier, groups=groups, extensions=extensions) == settle(
        plain, groups=groups, extensions=extensions
    )


@given(DOD_TEXT, st.sampled_from(TargetKind))
def test_without_lists_nothing_changes(text, kind):
    plain = read_bindings(text, kind)
    assert settle(plain, groups=None, extensions=None) == plain


@given(st.from_regex(r"[0-9+]{1,8}", fullmatch=True), NAME, NAMES.filter(bool), st.data())
def test_with_the_true_list_a_binding_with_one_meaning_reads_back_exactly(
    number, name, groups, data
):
    group = data.draw(st.sampled_from(sorted(groups)))
    rest = f"{name}-{group}"
    meanings = {one for one in groups if rest.endswith(f"-{one}")}
    expected = DodIssue.NONE if len(meanings) == 1 else DodIssue.AMBIGUOUS
    (record,) = settle(read_bindings(f"{number}-{rest}", GROUP), groups=groups, extensions=None)

    assert record.issue is expected
    assert record.target in meanings
    if expected is DodIssue.NONE:
        assert (record.number, record.name, record.target) == (number, name, group)
