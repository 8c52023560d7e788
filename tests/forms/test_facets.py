"""What a list can be narrowed by: values with their counts, and links that write the line anew."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.http import QueryDict
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from tests.builders import make_binding, make_pbx, make_trunk
from tests.search.limits import ALL_LIMITS
from tests.search.worlds import lines_for, worlds
from trunks.forms.facets import VALUES_SHOWN, Facet, facets_of, switches_of
from trunks.forms.list_state import ListForm
from trunks.forms.lists import BindingListForm, DodListForm, TrunkListForm
from trunks.forms.pbx_list import PbxListForm
from trunks.models import UNLIMITED, Trunk
from trunks.search.fields import DOD_FIELDS, KIND, PBX, SITE, TRUNK_FIELDS, Field
from trunks.search.language import LONGEST_QUESTION, Question, read_question
from trunks.search.text import as_value

LISTS: list[type[ListForm]] = [TrunkListForm, DodListForm, PbxListForm]


def read(form: type[ListForm], line: str, **more: str) -> ListForm:
    query = QueryDict(mutable=True)
    query.update({"q": line, **more})
    return form(query, path="/p/", sight=UNLIMITED)


def follow(form: ListForm, url: str) -> ListForm:
    """Return the list that a link of another leads to."""
    return type(form)(QueryDict(urlsplit(url).query), path="/p/", sight=UNLIMITED)


def facet(form: ListForm, name: str) -> Facet:
    return next(facet for facet in facets_of(form) if facet.field.name == name)


def counts(form: ListForm, name: str) -> dict[str, int]:
    return {one.value: one.count for one in facet(form, name).values}


def link(form: ListForm, name: str, value: str) -> str:
    """Return the line that a click on a value writes."""
    (url,) = [one.url for one in facet(form, name).values if one.value == value]
    return follow(form, url).question.text


@contextmanager
def few_are_counted() -> Iterator[None]:
    """Count one row and no more."""
    with ALL_LIMITS["walked"]():
        yield


@pytest.fixture
def offices(db: None) -> None:
    """Two trunks and three bindings in Leeds, one with an issue, and a trunk with a binding in Lisbon."""
    leeds, lisbon = make_pbx("Leeds", site="North"), make_pbx("Lisbon", site="South")
    peer = make_trunk(leeds, "L-1", kind="peer")
    make_binding(peer, "5503301", "desk")
    make_binding(peer, "5503302", "desk", target_kind="group", issue="ambiguous")
    make_binding(make_trunk(leeds, "L-2"), "5503303", "hall")
    make_binding(make_trunk(lisbon, "S-1"), "5503304", "desk")


def test_each_value_has_the_number_of_rows_that_have_it(offices):
    form = read(DodListForm, "")
    assert counts(form, "pbx") == {"leeds": 3, "lisbon": 1}
    assert counts(form, "site") == {"North": 3, "South": 1}
    assert counts(form, "kind") == {"register": 2, "peer": 2}
    assert counts(form, "target") == {"extension": 3, "group": 1}
    assert counts(form, "issue") == {"ambiguous": 1}


def test_counts_follow_the_rest_of_the_question(offices):
    assert counts(read(DodListForm, "desk"), "pbx") == {"leeds": 2, "lisbon": 1}
    assert counts(read(DodListForm, "desk target:extension"), "kind") == {"peer": 1, "register": 1}
    assert counts(read(TrunkListForm, "kind:register"), "pbx") == {"leeds": 1, "lisbon": 1}


def test_counts_of_a_field_ignore_what_was_chosen_of_it(offices):
    form = read(DodListForm, "desk pbx:=lisbon")
    assert counts(form, "pbx") == {"lisbon": 1, "leeds": 2}
    assert counts(form, "kind") == {"register": 1}


def test_what_a_field_is_not_counts(offices):
    assert counts(read(DodListForm, "-pbx:=lisbon"), "pbx") == {"leeds": 3}


def test_the_chosen_come_first_and_then_the_most_frequent(offices):
    values = facet(read(DodListForm, "pbx:=lisbon"), "pbx").values
    assert [(one.label, one.is_chosen) for one in values] == [("Lisbon", True), ("Leeds", False)]


def test_a_click_asks_for_the_value_too_and_another_one_no_longer(offices):
    form = read(DodListForm, "desk")
    one = link(form, "kind", "peer")
    both = link(read(DodListForm, one), "kind", "register")
    assert (one, both) == ("desk kind:peer", "desk kind:peer,register")
    assert link(read(DodListForm, both), "kind", "peer") == "desk kind:register"
    assert link(read(DodListForm, one), "kind", "peer") == "desk"


def test_a_pbx_is_asked_for_by_its_slug_and_known_by_its_name_too(offices):
    assert link(read(DodListForm, ""), "pbx", "leeds") == "pbx:=leeds"
    form = read(DodListForm, 'pbx:="LEEDS"')
    assert [one.label for one in facet(form, "pbx").values if one.is_chosen] == ["Leeds"]
    assert link(form, "pbx", "leeds") == ""


def test_a_click_keeps_order_columns_and_density_and_begins_at_the_first_page(offices):
    form = read(TrunkListForm, "", sort="-pbx", cols="name,host", density="compact", after="x")
    (url,) = [one.url for one in facet(form, "kind").values if one.value == "peer"]
    assert url == "/p/?q=kind:peer&sort=-pbx&cols=name,host&density=compact"


def test_chosen_values_without_rows_stay_to_be_taken_back(offices):
    form = read(DodListForm, "hall pbx:=lisbon site:=nowhere")
    assert counts(form, "pbx") == {"lisbon": 0}
    assert counts(form, "site") == {"nowhere": 0}
    assert link(form, "site", "nowhere") == "hall pbx:=lisbon"
    assert link(form, "pbx", "lisbon") == "hall site:=nowhere"


def test_a_kind_that_is_not_documented_is_offered_by_its_own_name(offices):
    make_trunk(make_pbx("Oslo"), kind="WebRTC")
    form = read(TrunkListForm, "")
    assert counts(form, "kind")["WebRTC"] == 1
    assert read(TrunkListForm, link(form, "kind", "WebRTC")).count().number == 1


def test_nothing_is_offered_for_what_has_no_value(offices):
    make_trunk(make_pbx("Oslo", site=""), kind="")
    form = read(TrunkListForm, "")
    assert "" not in counts(form, "kind") | counts(form, "site")
    assert [each.unlisted for each in facets_of(form)] == [0, 0, 0]
    assert [each.unlisted for each in facets_of(read(DodListForm, ""))] == [0] * 5


@pytest.mark.django_db
def test_of_many_values_the_most_frequent_are_offered_and_the_others_counted():
    for number in range(VALUES_SHOWN + 3):
        pbx = make_pbx(f"P{number}", site=f"S{number}")
        for _ in range(2 if number else 1):
            make_trunk(pbx)
    form = read(TrunkListForm, "")
    for name, rare in (("pbx", "p0"), ("site", "S0")):
        assert (len(facet(form, name).values), facet(form, name).unlisted) == (VALUES_SHOWN, 3)
        assert rare not in counts(form, name)
        chosen = read(TrunkListForm, f"{name}:={rare}")
        assert next(iter(counts(chosen, name).items())) == (rare, 1)
        assert (len(facet(chosen, name).values), facet(chosen, name).unlisted) == (VALUES_SHOWN, 3)


def test_counts_of_a_sample_are_not_called_exact_until_all_are_asked_for(offices):
    with few_are_counted():
        form = read(DodListForm, "desk")
        assert {each.is_exact for each in facets_of(form)} == {False}
        assert sum(counts(form, "pbx").values()) == 1
        asked = follow(form, form.url_of_all)
        assert {each.is_exact for each in facets_of(asked)} == {True}
        assert counts(asked, "pbx") == {"leeds": 2, "lisbon": 1}
        assert counts(asked, "target") == {"extension": 2, "group": 1}
        assert asked.question.text == "desk"


def test_a_facet_is_exact_where_its_own_rows_are_few(offices):
    with few_are_counted():
        form = read(DodListForm, "hall pbx:=lisbon")
        assert facet(form, "pbx").is_exact
        assert counts(form, "pbx") == {"lisbon": 0, "leeds": 1}


@pytest.mark.django_db
def test_states_of_pbxs_are_counted_exactly_only_when_all_are():
    for name in ("A", "B"):
        make_pbx(name, failing_since=timezone.now())
    make_pbx("C")
    with few_are_counted():
        assert not facet(read(PbxListForm, ""), "state").is_exact
        assert sum(counts(read(PbxListForm, ""), "state").values()) == 1
        form = read(PbxListForm, "", count="all")
        assert facet(form, "state").is_exact
        assert counts(form, "state") == {"failing": 2, "fresh": 1}


def test_counting_all_costs_nothing_where_the_sample_is_all(offices, django_assert_num_queries):
    # The sample, the sites and the names of its PBXs.
    with django_assert_num_queries(3):
        facets_of(read(DodListForm, "desk", count="all"))


def test_states_are_switches_that_must_all_hold(offices):
    def switches(line: str) -> dict[str, tuple[bool, str]]:
        form = read(TrunkListForm, line)
        return {
            one.value: (one.is_on, follow(form, one.url).question.text) for one in switches_of(form)
        }

    assert switches("")["stale"] == (False, "is:stale")
    assert switches("is:stale")["removed"] == (False, "is:stale is:removed")
    assert switches("desk is:stale is:removed")["stale"] == (True, "desk is:removed")
    assert set(switches("")) == set(TrunkListForm.switches)


def test_a_switch_leaves_a_choice_of_states_as_it_was_typed():
    def line(typed: str, state: str) -> tuple[bool, str]:
        form = read(TrunkListForm, typed)
        (switch,) = [one for one in switches_of(form) if one.value == state]
        return switch.is_on, follow(form, switch.url).question.text

    typed = "is:removed,present"
    assert line(typed, "stale") == (False, f"{typed} is:stale")
    assert line(f"{typed} is:stale", "stale") == (True, typed)
    assert line(typed, "removed") == (False, f"{typed} is:removed")
    assert line("-is:stale", "stale") == (False, "-is:stale is:stale")


def test_a_trunks_own_list_has_nothing_to_be_narrowed_by(offices):
    form = BindingListForm.of(Trunk.objects.earliest("pk"), QueryDict())
    assert (facets_of(form), switches_of(form)) == ([], [])


def test_all_facets_of_a_question_take_few_queries(offices, django_assert_num_queries):
    # A sample, the sites and the names of its PBXs; another sample for the question without each choice. Whether
    # a question is about few trunks is a query too.
    for line, number in [
        ("", 3),
        ("desk", 3),
        ("desk kind:peer", 5),
        ("desk pbx:=leeds", 4),
        ("desk pbx:=leeds kind:peer", 7),
        ("desk pbx:=leeds kind:peer issue:ambiguous target:group site:=north", 11),
    ]:
        with django_assert_num_queries(number):
            facets_of(read(DodListForm, line))


def test_of_a_question_without_a_choice_only_the_facet_chosen_is_read(
    offices, django_assert_num_queries
):
    form = read(DodListForm, "desk issue:ambiguous")
    assert form.finding.sample.ids
    with django_assert_num_queries(3) as done:
        facets_of(form)
    chosen = "(trunks_dodbinding.id, trunks_dodbinding.issue) AS row_as_text FROM "
    assert chosen in done.captured_queries[0]["sql"]


class Counts(TestCase):
    """Hypothesis, each example in a transaction of its own."""

    @settings(max_examples=60, deadline=None)
    @given(form=st.sampled_from(LISTS), world=worlds, data=st.data())
    def test_a_value_has_as_many_rows_as_the_list_has_with_it_alone(self, form, world, data):
        world.save()
        asked = read(form, data.draw(lines_for(form.search_fields), label="line"))
        for each in facets_of(asked):
            assert each.is_exact
            others = asked.question.without_choice(each.field.name)
            for one in each.values:
                alone = read(form, others.toggled(each.field, one.value))
                assert alone.finding.exact[0].number == one.count

    @settings(max_examples=60, deadline=None)
    @given(form=st.sampled_from(LISTS), world=worlds, data=st.data())
    def test_counting_all_gives_what_the_sample_would(self, form, world, data):
        world.save()
        line = data.draw(lines_for(form.search_fields), label="line")
        exactly = [tuple(each.values) for each in facets_of(read(form, line))]
        with few_are_counted():
            asked = facets_of(read(form, line, count="all"))
            assert all(each.is_exact for each in asked)
            assert [tuple(each.values) for each in asked] == exactly


def meaning(question: Question) -> set[tuple[str, frozenset[Any], bool]]:
    return {(term.field, frozenset(term.wanted), term.negated) for term in question.terms}


toggled_fields = st.sampled_from([PBX, SITE, KIND, *(f for f in TRUNK_FIELDS if f.name == "is")])
values = st.one_of(
    st.text("a\"' ,:=-*?\\%厦é“”", min_size=1, max_size=8),
    st.text(st.characters(codec="utf-8", exclude_categories=["Co"]), min_size=1, max_size=8),
).filter(as_value)


def value_for(field: Field) -> st.SearchStrategy[str]:
    return st.sampled_from([value for value, _ in field.values]) if field.is_fixed else values


@given(line=lines_for(TRUNK_FIELDS), field=toggled_fields, data=st.data())
def test_toggling_twice_asks_the_same_again(line, field, data):
    question = read_question(line, TRUNK_FIELDS)
    value = data.draw(value_for(field))
    once = read_question(question.toggled(field, value), TRUNK_FIELDS)
    again = read_question(once.toggled(field, value), TRUNK_FIELDS)
    assert once.was_cut or meaning(once) != meaning(question)
    several = [term for term in question.terms if term.field == field.name and not term.negated]
    if field.name == "is" or len(several) < 2:
        assert once.was_cut or meaning(again) == meaning(question)


@given(line=lines_for(TRUNK_FIELDS), field=toggled_fields, data=st.data())
def test_a_click_changes_nothing_but_its_own_field(line, field, data):
    question = read_question(line, TRUNK_FIELDS)
    toggled = read_question(question.toggled(field, data.draw(value_for(field))), TRUNK_FIELDS)

    def others(asked: Question) -> set[Any]:
        return {said for said in meaning(asked) if said[0] != field.name or said[2]}

    assert toggled.was_cut or others(toggled) == others(question)


@given(st.sampled_from([PBX, SITE]), values, values)
def test_a_line_that_a_click_wrote_asks_for_that_value(field, one, other):
    first = read_question(Question("").toggled(field, one), DOD_FIELDS)
    assert first.chosen(field.name) == [as_value(one)]
    assert not first.problems
    both = read_question(first.toggled(field, other), DOD_FIELDS)
    expected = [] if as_value(one) == as_value(other) else [as_value(one), as_value(other)]
    assert both.chosen(field.name) == expected
    assert len(both.text) <= LONGEST_QUESTION


@pytest.mark.django_db
@pytest.mark.parametrize(
    "site", ['Hall "A"', "A, B", "a:b", "*", '"', "“x”", "厦门 总部", "-x", "=x", "é"]
)
def test_a_site_with_signs_in_its_name_is_found_by_a_click(site):
    make_trunk(make_pbx("Here", site=site), "here")
    make_trunk(make_pbx("There", site="elsewhere"), "there")
    form = read(TrunkListForm, "")
    rows = read(TrunkListForm, link(form, "site", site))
    assert [row.name for batch in rows.batches(rows.all_rows()) for row in batch] == ["here"]
