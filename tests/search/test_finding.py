"""What a list finds: sample, pages, batches, counts and facets agree with a plain reading of the rule."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any
from unittest.mock import patch
from urllib.parse import urlsplit
from zlib import crc32

import pytest
from django.http import QueryDict
from hypothesis import example, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from tests.builders import make_binding, make_pbx, make_trunk
from tests.search.limits import ALL_LIMITS, Limits, some_limits
from tests.search.oracle import Row, answers, row_of_binding, row_of_pbx, row_of_trunk
from tests.search.worlds import (
    is_seen,
    lines_for,
    removed_are_shown,
    sight_of_pbxs,
    sights,
    worlds,
)
from trunks.forms.list_state import ListForm
from trunks.forms.lists import BindingListForm, DodListForm, TrunkListForm
from trunks.forms.pbx_list import PbxListForm
from trunks.models import UNLIMITED, DodBinding, Pbx, Trunk
from trunks.search.commonness import measured
from trunks.search.sample import Count, Tally

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


class Common(dict[str, float]):
    """Shares of grams such as a large table might have: by chance, but always the same."""

    def __init__(self, *, all_of_them: bool) -> None:
        self.all_of_them = all_of_them

    def __contains__(self, gram: object) -> bool:
        return self.all_of_them or crc32(str(gram).encode()) % 2 == 0

    def get(self, gram: str, usual: Any = None) -> Any:
        return crc32(gram.encode()) % 100 / 100 if gram in self else usual


def pages_of(
    form: ListForm, make: Callable[[str], ListForm], *, back: bool = False
) -> Iterator[list[Any]]:
    """Follow the links from page to page; more pages than there can be are no list."""
    for _ in range(20):
        listing = form.turn(form.all_rows())
        yield list(listing.rows)
        url = listing.previous_url if back else listing.next_url
        if not url:
            return
        form = make(urlsplit(url).query)
    raise AssertionError("the pages come again and again")


def tallied(form: ListForm, *, counts_all: bool) -> list[Tally]:
    facets = [name for name, _column in form.kind.value.facets]
    finding = form.finding_of(form.question, facets)
    return [finding.tally(name, counts_all=counts_all) for name in facets]


shares = st.sampled_from([{}, Common(all_of_them=False), Common(all_of_them=True)])


def query_of(**parts: str) -> QueryDict:
    query = QueryDict(mutable=True)
    query.update(parts)
    return query


def sorts_of(form: type[ListForm]) -> st.SearchStrategy[str]:
    return st.sampled_from([f"{sign}{c.key}" for c in form.columns for sign in ("", "-")])


class Finds(TestCase):
    """Hypothesis, each example in a transaction of its own."""

    def agree(
        self,
        make: Callable[[QueryDict], ListForm],
        line: str,
        rows: dict[int, tuple[Row, tuple[Any, ...]]],
        limit: Limits,
        sort: str,
    ) -> None:
        """Compare all that a list can tell with what plain Python finds among the rows."""

        def form(query: str = "", **more: str) -> ListForm:
            return make(QueryDict(query) if query else query_of(q=line, sort=sort, **more))

        question = form().question
        found = {pk for pk, (row, _) in rows.items() if answers(row, question)}
        values = [rows[pk][1] for pk in found]
        with limit():
            sample = form().finding.sample
            told = tallied(form(), counts_all=False)
            pages = [row.pk for page in pages_of(form(), form) for row in page]
            batches = [row.pk for rows in form().batches(form().all_rows()) for row in rows]
            count, _tallies = form().finding.exact
            counted = tallied(form(), counts_all=True)
        assert sorted(pages) == sorted(found)
        assert batches == pages
        assert set(sample.ids) <= found
        assert len(sample.ids) == len(set(sample.ids)) >= min(len(found), limit.counted + 1)
        assert sample.is_all or len(found) > limit.counted
        assert not sample.is_all or len(sample.ids) == len(found)
        assert count == Count(len(found), is_exact=True)
        expected = [Tally(column) for column in zip(*values, strict=True)]
        assert list(filter(None, counted)) == expected
        if sample.is_all and found:
            assert told == expected
        elif found:
            assert {tally.total() for tally in told} <= {limit.counted}

    @settings(max_examples=40, deadline=None)
    @given(
        world=worlds,
        line=lines_for(DodListForm.search_fields),
        limit=some_limits,
        sort=sorts_of(DodListForm),
        common=shares,
        seen=sights,
    )
    def test_bindings_are_found_as_the_rule_says(self, world, line, limit, sort, common, seen):
        world.save()
        sight = sight_of_pbxs(seen)
        asked = DodListForm(query_of(q=line), path="/", sight=UNLIMITED).question.asks_for("is")
        rows = {
            binding.pk: (
                row_of_binding(binding),
                (trunk.pbx_id, trunk.pbx.site, trunk.kind, binding.target_kind, binding.issue),
            )
            for binding in DodBinding.objects.with_trunk()
            if removed_are_shown(asked, trunk := binding.trunk) and is_seen(sight, trunk.pbx_id)
        }
        with patch.object(measured, "shares", lambda _table: common):
            self.agree(
                lambda query: DodListForm(query, path="/", sight=sight), line, rows, limit, sort
            )

    @settings(max_examples=40, deadline=None)
    @given(
        world=worlds,
        line=lines_for(TrunkListForm.search_fields),
        limit=some_limits,
        sort=sorts_of(TrunkListForm),
        common=shares,
        seen=sights,
    )
    def test_trunks_are_found_as_the_rule_says(self, world, line, limit, sort, common, seen):
        world.save()
        sight = sight_of_pbxs(seen)
        asked = TrunkListForm(query_of(q=line), path="/", sight=UNLIMITED).question.asks_for("is")
        rows = {
            trunk.pk: (row_of_trunk(trunk), (trunk.pbx_id, trunk.pbx.site, trunk.kind))
            for trunk in Trunk.objects.with_pbx()
            if removed_are_shown(asked, trunk) and is_seen(sight, trunk.pbx_id)
        }
        with patch.object(measured, "shares", lambda _table: common):
            self.agree(
                lambda query: TrunkListForm(query, path="/", sight=sight),
                line,
                rows,
                limit,
                sort,
            )

    @settings(max_examples=100, deadline=None)
    @given(
        world=worlds,
        line=lines_for(PbxListForm.search_fields),
        limit=some_limits,
        sort=sorts_of(PbxListForm),
        seen=sights,
    )
    def test_pbxs_are_found_as_the_rule_says(self, world, line, limit, sort, seen):
        world.save()
        sight = sight_of_pbxs(seen)
        rows = {
            pbx.pk: (row_of_pbx(pbx), (pbx.site,))
            for pbx in Pbx.objects.all()
            if is_seen(sight, pbx.pk)
        }
        self.agree(lambda query: PbxListForm(query, path="/", sight=sight), line, rows, limit, sort)

    @settings(max_examples=100, deadline=None)
    @given(
        world=worlds.filter(lambda world: world.trunks),
        line=lines_for(BindingListForm.search_fields),
        limit=some_limits,
        sort=sorts_of(BindingListForm),
    )
    def test_bindings_of_one_trunk_are_found_by_what_is_their_own(self, world, line, limit, sort):
        world.save()
        trunk = Trunk.objects.earliest("pk")
        rows: dict[int, tuple[Row, tuple[Any, ...]]] = {
            binding.pk: (row_of_binding(binding, by_its_trunk=False), ())
            for binding in trunk.bindings.all()
        }
        self.agree(lambda query: BindingListForm.of(trunk, query), line, rows, limit, sort)


@pytest.fixture
def nine(db: None) -> Trunk:
    """Nine bindings on three trunks of three PBXs, many of them alike; return the first trunk."""
    for name in "cab":
        trunk = make_trunk(make_pbx(name, site=name), f"T{name}", host=None, port=None)
        for number in ("2", "1", "2"):
            make_binding(trunk, number, name, number)
    return Trunk.objects.earliest("pk")


SORTS = [
    (form, f"{sign}{column.key}")
    for form in (TrunkListForm, DodListForm, PbxListForm, BindingListForm)
    for column in form.columns
    for sign in ("", "-")
]


@pytest.mark.parametrize(
    ("form", "sort"), SORTS, ids=lambda value: getattr(value, "list_name", value)
)
def test_every_way_to_the_rows_gives_them_in_the_same_order(nine, form, sort):
    def make(query: str = f"sort={sort}") -> ListForm:
        read: ListForm = form(QueryDict(query), path="/", sight=UNLIMITED)
        read.trunk = nine  # type: ignore[attr-defined]  # what one of them looks at
        return read

    expected = [row.pk for batch in make().batches(make().all_rows()) for row in batch]
    assert len(expected) == {"dods": 9}.get(form.list_name, 3)
    for limit in ALL_LIMITS.values():
        with limit():
            there = list(pages_of(make(), make))
            back = list(pages_of(make(last_of(make)), make, back=True))
        assert [row.pk for page in there for row in page] == expected
        assert [row.pk for page in reversed(back) for row in page] == expected


def last_of(make: Callable[..., ListForm]) -> str:
    """Return the query of the last page."""
    form = make()
    while url := form.turn(form.all_rows()).next_url:
        form = make(urlsplit(url).query)
    return form.query.urlencode()


def test_a_sample_is_read_in_one_query_with_what_it_is_sorted_by(nine, django_assert_num_queries):
    form = DodListForm(query_of(q="number:2", sort="-name"), path="/", sight=UNLIMITED)
    with django_assert_num_queries(1):
        assert len(form.finding.page(form.order, None, 3)) == 3
        assert form.finding.sample.count == Count(6, is_exact=True)
        assert form.finding.page(form.order.backwards, None, 9)


@pytest.mark.parametrize("limit", ["walked", "sorted"])
def test_an_inexact_count_says_how_many_there_are_at_least(nine, limit):
    with ALL_LIMITS[limit]():
        form = DodListForm(query_of(q="number:2"), path="/", sight=UNLIMITED)
        assert form.count() == Count(1, is_exact=False)
        assert [tally.total() for tally in tallied(form, counts_all=False)] == [1] * 5
        form = DodListForm(query_of(q="number:2", count="all"), path="/", sight=UNLIMITED)
        assert form.count() == Count(6, is_exact=True)


def test_without_a_question_the_count_is_at_hand(nine, django_assert_num_queries):
    with ALL_LIMITS["walked"](), django_assert_num_queries(1):
        assert DodListForm(QueryDict(), path="/", sight=UNLIMITED).count() == Count(
            9, is_exact=True
        )


@pytest.mark.parametrize("sort", ["trunk", "-trunk", "pbx", "-pbx", "site", "-site"])
def test_matches_that_stand_far_along_their_trunks_come_in_order_and_each_once(db, sort):
    for number, times in enumerate((1, 0, 1, 1, 0, 0, 2, 1, 0, 1)):
        name = f"P{number}"
        trunk = make_trunk(make_pbx(name, site=name), f"T{number}")
        for word in [*["wanted"] * times, "other"]:
            make_binding(trunk, f"{number}", word)

    def make(query: str = f"q=name:wanted&sort={sort}") -> ListForm:
        return DodListForm(QueryDict(query), path="/", sight=UNLIMITED)

    with ALL_LIMITS["walked"]():
        found = [row for page in pages_of(make(), make) for row in page]
    assert len({row.pk for row in found}) == len(found)
    numbers = [int(row.number) for row in found]
    assert numbers == sorted([0, 2, 3, 6, 6, 7, 9], reverse=sort[0] == "-")


class Skips(TestCase):
    """Numbers in their order, of which the index tells where the first can be."""

    @settings(max_examples=40, deadline=None)
    @given(
        # Longer than what the index knows of them too.
        rows=st.lists(st.tuples(st.text("129", max_size=6), st.booleans()), max_size=12),
        descending=st.booleans(),
        walks=st.sampled_from([(1,), (1, 1), (1, 2), (2, 1)]),
        landmarks=st.lists(st.text("129", max_size=6), max_size=5).map(sorted).map(tuple),
        few=st.sampled_from([0, 99]),
        at_once=st.sampled_from([0, 2]),
        worth_naming=st.sampled_from([0.3, 2.0]),
    )
    @example(
        rows=[("1", True)] * 4 + [("11", True)],
        descending=False,
        walks=(1,),
        landmarks=(),
        few=0,
        at_once=2,
        worth_naming=2.0,
    )
    @example(
        rows=[("1", True)] * 3 + [("12", True), ("122229", True)],
        descending=True,
        walks=(1,),
        landmarks=("1", "12", "122229"),
        few=99,
        at_once=0,
        worth_naming=2.0,
    )
    @example(
        rows=[("", True), ("2", True)],
        descending=False,
        walks=(1,),
        landmarks=("1119",),
        few=99,
        at_once=0,
        worth_naming=0.3,
    )
    def test_no_number_is_skipped_that_answers(
        self, rows, descending, walks, landmarks, few, at_once, worth_naming
    ):
        trunk = make_trunk(make_pbx(), "T")
        for number, is_wanted in rows:
            make_binding(trunk, number, "wanted" if is_wanted else "other")
        query = query_of(q="name:wanted", sort="-number" if descending else "number")
        limits = Limits(
            *(1, 1, walks),
            are_many=True,
            landmarks=landmarks,
            by_beginning=few,
            at_once=at_once,
            worth_naming=worth_naming,
        )
        with limits():
            form = DodListForm(query, path="/", sight=UNLIMITED)
            found = [row for batch in form.batches(form.all_rows()) for row in batch]
        wanted = sorted((number for number, is_wanted in rows if is_wanted), reverse=descending)
        assert [row.number for row in found] == wanted
