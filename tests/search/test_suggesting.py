"""What the search box offers: the best few of everything."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from tests.builders import make_binding, make_pbx, make_trunk
from trunks.models import UNLIMITED, TargetKind
from trunks.search.sample import Count
from trunks.search.suggesting import SHOWN, suggest
from trunks.search.suggestions import FullList

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]

LINES = [
    *("5", "z", "伟", "王伟", "55", "alice", "5503301", "+44 20", "1000", "a b", '"', '"a', "-a"),
    *("*", "a*", "number:1", "is:removed", "x:y", "%", "_", "\0", "-", ",", "a,b", "pbx:a", "¼"),
]


@pytest.fixture
def trunk():
    return make_trunk(make_pbx("Leeds"), "SIP-A")


def offered(line, key):
    """Return what is offered of one kind, in its order."""
    return [
        found.text
        for group in suggest(line, UNLIMITED).groups
        if group.key == key
        for found in group.found
    ]


def pages(line):
    return [(page.page, page.number) for page in suggest(line, UNLIMITED).complete]


def lists(line):
    return {found.page: found.count.number for found in suggest(line, UNLIMITED).lists}


def bind(trunk, *names, **fields):
    for name in names:
        make_binding(trunk, name=name, **fields)


def test_equal_comes_before_beginning_and_that_before_holding(trunk):
    bind(trunk, "Mariannes", "Anne Smith", "Susanne", "anne", "Anneliese")
    assert offered("Anne", "names") == ["anne", "Anne Smith", "Anneliese", "Susanne", "Mariannes"]


def test_each_name_is_offered_once_however_often_it_is_bound(trunk):
    bind(trunk, *["sales desk"] * 25, "sales team")
    assert offered("sales", "names") == ["sales desk", "sales team"]


def test_no_more_than_the_best_few_are_offered(trunk):
    bind(trunk, *(f"desk {number}" for number in range(SHOWN + 3)))
    assert offered("desk", "names") == [f"desk {number}" for number in range(SHOWN)]


@pytest.mark.parametrize("line", ["厦", "厦门", "门电", "门"])
def test_chinese_is_found_from_its_first_letter_on(trunk, line):
    bind(trunk, "厦门电信")
    make_trunk(trunk.pbx, "厦门备用")
    make_binding(trunk, target="厦门电信组", target_kind=TargetKind.GROUP)
    assert offered(line, "names") == ["厦门电信"]
    assert offered(line, "groups") == ["厦门电信组"]
    assert offered(line, "trunks") == (["厦门备用"] if line != "门电" else [])


def test_accents_and_case_do_not_matter(trunk):
    bind(trunk, "José Müller")
    assert offered("JOSE mul", "names") == ["José Müller"]


def test_all_words_must_be_in_one_value(trunk):
    bind(trunk, "front desk", "desk", "front")
    assert offered("desk front", "names") == ["front desk"]


@pytest.mark.parametrize(
    "line", ["+44 (20) 7946-0018", "442079460018", "44 20", "7946 0018", "４４２０", "0018"]
)
def test_a_number_is_offered_however_it_is_written(trunk, line):
    make_binding(trunk, "+44 20 7946 0018")
    assert offered(line, "numbers") == ["+44 20 7946 0018"] * (not pages(line))
    assert lists(line)["dods"] == 1


def test_a_number_is_offered_in_the_form_of_its_country():
    pbx = make_pbx(country_code="44", national_prefix="0")
    make_binding(make_trunk(pbx), "442079460018")
    assert offered("0207946", "numbers") == ["442079460018"]
    assert pages("020 7946 0018") == [("number", "020 7946 0018")]


def test_numbers_are_the_same_whatever_their_punctuation(trunk):
    make_binding(trunk, "+44 20")
    make_binding(trunk, "4420")
    assert len(offered("44", "numbers")) == 1


def test_shorter_extensions_come_first(trunk):
    for target in ("1000", "10", "100", "2100", "10000"):
        make_binding(trunk, "5", target=target)
    assert offered("10", "exts") == ["100", "1000", "10000", "2100"]
    assert pages("10") == [("extension", "10")]


def test_a_complete_number_or_extension_offers_its_page_first(trunk):
    make_binding(trunk, "5503301", target="1000")
    assert pages("550-3301") == [("number", "550-3301")]
    assert pages("1000") == [("extension", "1000")]
    assert pages('"1000"') == [("extension", "1000")]
    assert pages("550330") == []
    assert offered("5503301", "numbers") == []


def test_a_star_code_is_a_number_too(trunk):
    make_binding(trunk, "*98#")
    assert pages("*98#") == [("number", "*98#")]


def test_one_letter_offers_what_begins_with_it(trunk):
    bind(trunk, "Zoe", "Franz")
    make_trunk(trunk.pbx, "Zurich")
    assert offered("z", "names") == ["Zoe"]
    assert offered("z", "trunks") == ["Zurich"]


def test_a_trunk_is_offered_for_its_host_and_says_so(trunk):
    make_trunk(trunk.pbx, "Other", host="gate.example")
    group = next(group for group in suggest("gate", UNLIMITED).groups if group.key == "trunks")
    assert [(found.text, found.hint) for found in group.found] == [
        ("Other", "Leeds · gate.example")
    ]


def test_a_pbx_is_offered_by_name_and_by_site():
    make_pbx("Leeds", site="North")
    make_pbx("Northampton", site="Midlands")
    group = next(group for group in suggest("north", UNLIMITED).groups if group.key == "pbxs")
    assert [(found.text, found.hint) for found in group.found] == [
        ("Northampton", "Midlands"),
        ("Leeds", "North"),
    ]


def test_what_is_on_removed_trunks_is_not_offered(trunk):
    gone = make_trunk(trunk.pbx, "Gone", removed_at=timezone.now())
    make_binding(gone, "5503301", "Zoe", "1000")
    for line in ("Gone", "5503301", "Zoe", "1000"):
        assert suggest(line, UNLIMITED).count == 0, line
        assert suggest(line, UNLIMITED).lists == [], line


def test_lists_lead_to_the_same_line_with_their_counts(trunk):
    bind(trunk, "leeds desk", "other")
    found = suggest("leeds", UNLIMITED).lists
    assert [(one.page, one.url, one.count.number) for one in found] == [
        ("dods", "/dods/?q=leeds", 2),
        ("trunks", "/trunks/?q=leeds", 1),
        ("pbxs", "/pbxs/?q=leeds", 1),
    ]


def test_counts_say_when_there_are_more():
    assert FullList("dods", "", Count(1_000, is_exact=True)).shown == "1,000"
    assert FullList("dods", "", Count(1_000, is_exact=False)).shown == "1,000+"


def test_a_line_with_fields_offers_rows_and_the_lists_that_can_read_it(trunk):
    make_binding(trunk, "5503301", "desk", "1000")
    answer = suggest("number:5503301 -name:alice", UNLIMITED)
    assert [group.key for group in answer.groups] == ["trunks", "bindings"]
    assert offered("number:5503301 -name:alice", "bindings") == ["5503301-desk-1000"]
    assert lists("number:5503301 -name:alice") == {"dods": 1, "trunks": 1}


def test_a_removed_trunk_is_counted_when_asked_for(trunk):
    make_trunk(trunk.pbx, "Gone", removed_at=timezone.now())
    assert offered("is:removed", "trunks") == ["Gone"]
    assert lists("is:removed") == {"trunks": 1}


def test_a_line_that_cannot_be_read_finds_nothing_and_says_why(trunk):
    answer = suggest("nmber:5", UNLIMITED)
    assert (answer.count, answer.lists) == (0, ())
    assert "no such field" in str(answer.problems[0].explanation)


def test_more_rows_cost_no_more_queries(trunk):
    bind(trunk, *(f"desk {number}" for number in range(30)))
    with CaptureQueriesContext(connection) as few:
        suggest("desk", UNLIMITED)
    bind(trunk, *(f"desk {number}" for number in range(30, 120)))
    with CaptureQueriesContext(connection) as many:
        suggest("desk", UNLIMITED)
    assert len(many) <= len(few) <= 20


class AnyLine(TestCase):
    """Hypothesis, each example in a transaction of its own."""

    @settings(max_examples=60, deadline=None)
    @given(line=st.one_of(st.sampled_from(LINES), st.text(max_size=12)))
    def test_whatever_is_typed_is_answered(self, line):
        make_binding(make_trunk(make_pbx("Leeds")), "5503301", "alice", "1000")
        assert suggest(line, UNLIMITED).count >= 0

    @settings(max_examples=60, deadline=None)
    @given(
        name=st.text("abAB 王伟é-", min_size=2, max_size=8).filter(str.strip),
        start=st.integers(0, 6),
        length=st.integers(2, 8),
    )
    def test_any_two_letters_of_a_name_offer_it(self, name, start, length):
        make_binding(make_trunk(make_pbx("Leeds")), "5503301", name, "1000")
        piece = name[start : start + length]
        if len(piece) == length and piece == piece.strip() and not piece.startswith("-"):
            assert name in offered(f'"{piece}"', "names")
