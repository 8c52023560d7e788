"""The state of a list, read from its address and written back."""

from __future__ import annotations

import pytest
from django.http import QueryDict
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import make_binding, make_pbx, make_trunk
from trunks.forms.lists import BindingListForm, DodListForm, TrunkListForm
from trunks.models import DodBinding, Pbx, Trunk


def trunk_list(query="", other_kinds=()):
    pbxs = [Pbx(slug="hq", name="HQ"), Pbx(slug="leeds", name="Leeds")]
    return TrunkListForm(QueryDict(query), path="/trunks/", pbxs=pbxs, other_kinds=other_kinds)


@pytest.mark.parametrize(
    ("query", "url"),
    [
        ("", "/trunks/"),
        ("q=&kind=&sort=&page=", "/trunks/"),
        (
            "page=7&sort=-host&dod=1&q=+a++b&pbx=leeds&pbx=hq",
            "/trunks/?q=a++b&pbx=leeds&pbx=hq&dod=1&sort=-host",
        ),
        ("pbx=nowhere&kind=fax&dod=2&removed=x&sort=color&other=1", "/trunks/"),
        ("sort=name", "/trunks/"),
        ("q=%00", "/trunks/"),
    ],
)
def test_an_address_is_written_back_without_what_means_nothing(query, url):
    assert trunk_list(query).url() == url


def test_sorting_and_turning_keep_everything_else():
    form = trunk_list("q=a&kind=peer")
    assert form.url(sort="-name", page=3) == "/trunks/?q=a&kind=peer&sort=-name&page=3"


def test_the_sorted_column_offers_the_other_direction():
    heads = {head.key: head for head in trunk_list("sort=host").headings}
    assert (heads["host"].sorted, heads["host"].url) == ("ascending", "/trunks/?sort=-host")
    assert (heads["name"].sorted, heads["name"].url) == ("", "/trunks/")


def test_an_unknown_pbx_is_explained():
    assert trunk_list("pbx=x").notes == ["There is no PBX named “x”; showing all."]
    assert trunk_list("pbx=x&pbx=hq").notes == ["There is no PBX named “x”."]


def test_an_unknown_kind_is_explained_and_one_that_was_seen_is_not():
    assert len(trunk_list("kind=fax").notes) == 1
    assert trunk_list("kind=fax", other_kinds=["fax"]).notes == []


def test_a_long_question_is_explained():
    assert "first 200 characters" in trunk_list("q=" + "x" * 10_000).notes[0]


@given(st.text(max_size=40), st.text(max_size=12), st.text(max_size=12), st.text(max_size=12))
def test_no_address_makes_a_list_fail(q, pbx, sort, page):
    query = QueryDict(mutable=True)
    query.update({"q": q, "pbx": pbx, "kind": sort, "dod": page, "sort": sort, "page": page})
    form = trunk_list(query.urlencode())
    again = trunk_list(form.url().partition("?")[2])
    assert again.url() == form.url()


@pytest.mark.django_db
@pytest.mark.parametrize("page", ["0", "-1", "99", "9" * 5000, "x", "", "1.5", "%00"])
def test_every_page_number_lands_on_a_page(page):
    make_trunk(make_pbx())
    form = trunk_list(f"page={page}")
    assert form.turn(form.apply(Trunk.objects.for_table())).page.number == 1


@pytest.mark.django_db
def test_a_page_beyond_the_end_is_the_last_one():
    pbx = make_pbx()
    for number in range(51):
        make_trunk(pbx, f"T{number:02}")
    form = trunk_list("page=9")
    listing = form.turn(form.apply(Trunk.objects.for_table()))
    assert [row.name for row in listing.page] == ["T50"]
    assert (listing.previous_url, listing.next_url) == ("/trunks/", "")


@pytest.mark.django_db
@pytest.mark.parametrize("column", TrunkListForm.columns, ids=lambda column: column.key)
def test_trunks_sort_by_every_column_both_ways_and_always_alike(column):
    pbx = make_pbx()
    for host in ("b", None, "a", "b"):
        make_trunk(pbx, "same", host=host)
    up = list(trunk_list(f"sort={column.key}").apply(Trunk.objects.for_table()))
    down = list(trunk_list(f"sort=-{column.key}").apply(Trunk.objects.for_table()))
    unknown = [row for row in up if column.key == "host" and row.host is None]
    known = [row for row in up if row not in unknown]
    assert down == known[::-1] + unknown


@pytest.mark.django_db
@pytest.mark.parametrize("column", DodListForm.columns, ids=lambda column: column.key)
def test_bindings_sort_by_every_column_both_ways(column):
    trunk = make_trunk(make_pbx())
    for number in ("2", "1", "2"):
        make_binding(trunk, number)
    up, down = (
        DodListForm(QueryDict(f"sort={sign}{column.key}"), path="/dods/", pbxs=[]).apply(
            DodBinding.objects.for_table()
        )
        for sign in ("", "-")
    )
    assert list(up) == list(down)[::-1]


@pytest.mark.django_db
def test_bindings_sort_by_issue_with_the_unreadable_first_and_the_clear_last():
    trunk = make_trunk(make_pbx())
    for issue in ("none", "odd-target", "ambiguous", "malformed"):
        make_binding(trunk, issue=issue)
    rows = BindingListForm(QueryDict("sort=issue"), path="/p/").apply(
        trunk.bindings.without_long_texts()
    )
    assert [row.issue for row in rows] == ["malformed", "ambiguous", "odd-target", "none"]


@pytest.mark.django_db
@pytest.mark.parametrize("value", ["0", "-1", "x", "9" * 30, "１"])
def test_a_trunk_that_there_is_not_is_explained_and_all_are_shown(value):
    make_binding(make_trunk(make_pbx()))
    form = DodListForm(QueryDict(f"trunk={value}0"), path="/dods/", pbxs=[])
    assert form.notes == ["There is no such trunk; showing those of all trunks."]
    assert form.apply(DodBinding.objects.for_table()).count() == 1


def test_the_list_on_a_trunk_page_has_no_filters():
    form = BindingListForm(QueryDict("q=1&pbx=a"), path="/p/")
    assert form.url() == "/p/?q=1"
