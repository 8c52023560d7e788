"""The state of a list, read from its address and written back."""

from __future__ import annotations

import gc
import weakref
from urllib.parse import urlsplit

import pytest
from django.http import QueryDict
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import make_binding, make_pbx, make_trunk
from trunks.forms import list_state
from trunks.forms.facets import count_facets
from trunks.forms.list_state import ListForm
from trunks.forms.lists import BindingListForm, DodListForm, TrunkListForm
from trunks.forms.pbx_list import PbxListForm
from trunks.models import UNLIMITED, DodBinding, Pbx, Trunk
from trunks.search.sample import Count


def trunk_list(query=""):
    return TrunkListForm(QueryDict(query), path="/trunks/", sight=UNLIMITED)


def turned(url):
    """Return the page of trunks at an address."""
    return trunk_list(urlsplit(url).query).turn(Trunk.objects.for_table())


def all_names(form: ListForm, rows) -> list[str]:
    return [row.name for batch in form.batches(rows) for row in batch]


@pytest.fixture
def rows_a_page(monkeypatch) -> int:
    monkeypatch.setattr(list_state, "ROWS_A_PAGE", 3)
    return 3


@pytest.fixture
def seven_trunks(db: None, rows_a_page: int) -> list[str]:
    """The names of seven trunks, on pages of three."""
    pbx = make_pbx()
    return [make_trunk(pbx, f"T{number}").name for number in range(1, 8)]


@pytest.mark.parametrize(
    ("query", "url"),
    [
        ("", "/trunks/"),
        ("q=&kind=&sort=&after=", "/trunks/"),
        ("after=x&sort=-host&q=+a++b", "/trunks/?q=a%20%20b&sort=-host"),
        ("pbx=leeds&kind=peer&dod=1&removed=x&page=7&other=1", "/trunks/"),
        ("sort=color&density=huge&cols=none", "/trunks/"),
        ("sort=name&density=comfortable", "/trunks/"),
        ("q=pbx:%3Dleeds,hq+is:stale", "/trunks/?q=pbx:=leeds,hq%20is:stale"),
        ("cols=host,name,,x&density=compact", "/trunks/?cols=name,host&density=compact"),
        ("cols=host", "/trunks/?cols=name,host"),
        ("q=%00", "/trunks/"),
    ],
)
def test_an_address_is_written_back_without_what_means_nothing(query, url):
    assert trunk_list(query).url() == url


def test_sorting_and_turning_keep_everything_else():
    form = trunk_list("q=a&cols=name,site&density=compact")
    assert form.url(sort="-name", after="x") == (
        "/trunks/?q=a&sort=-name&cols=name,site&density=compact&after=x"
    )


def test_the_search_line_carries_what_it_does_not_say():
    assert trunk_list("q=a&sort=-host&density=compact").carried == {
        "sort": "-host",
        "density": "compact",
    }
    assert trunk_list("q=a").carried == {}


def test_the_sorted_column_offers_the_other_direction():
    heads = {head.key: head for head in trunk_list("sort=host").headings}
    assert (heads["host"].sorted, heads["host"].url) == ("ascending", "/trunks/?sort=-host")
    assert (heads["name"].sorted, heads["name"].url) == ("", "/trunks/")


def test_a_long_question_is_explained():
    assert "first 500 characters" in trunk_list("q=" + "x" * 10_000).notes[0]


def test_each_part_of_the_question_is_a_chip_that_leads_to_the_list_without_it():
    chips = trunk_list('q=leeds+kind:peer,register+"front desk"&sort=-host').chips
    assert [(chip.text, chip.url) for chip in chips] == [
        ("leeds", "/trunks/?q=kind:peer,register%20%22front%20desk%22&sort=-host"),
        ("kind:peer,register", "/trunks/?q=leeds%20%22front%20desk%22&sort=-host"),
        ('"front desk"', "/trunks/?q=leeds%20kind:peer,register&sort=-host"),
    ]


@given(st.text(max_size=40), st.text(max_size=12), st.text(max_size=12), st.text(max_size=12))
def test_no_address_makes_a_list_fail(q, sort, cols, after):
    query = QueryDict(mutable=True)
    query.update({"q": q, "sort": sort, "cols": cols, "density": sort, "after": after})
    form = trunk_list(query.urlencode())
    again = trunk_list(form.url().partition("?")[2])
    assert again.url() == form.url()


def test_pages_follow_one_another_there_and_back(seven_trunks):
    first = turned("/trunks/")
    second = turned(first.next_url)
    third = turned(second.next_url)
    pages = [[row.name for row in page.rows] for page in (first, second, third)]
    assert pages == [seven_trunks[:3], seven_trunks[3:6], seven_trunks[6:]]
    assert [(page.start, page.end) for page in (first, second, third)] == [(1, 3), (4, 6), (7, 7)]
    assert (first.previous_url, third.next_url) == ("", "")
    assert turned(third.previous_url).rows == second.rows
    assert turned(turned(third.previous_url).previous_url).rows == first.rows


def test_a_page_with_an_address_of_its_own_shows_the_same_rows_again(seven_trunks):
    second = turned(turned("/trunks/?sort=-name").next_url)
    again = turned(second.url)
    assert (again.rows, again.url) == (second.rows, second.url)
    back = turned(second.previous_url)
    assert turned(back.url).rows == back.rows


def test_beyond_the_last_row_the_last_page_is_shown(seven_trunks):
    last = turned(turned(turned("/trunks/").next_url).next_url)
    Trunk.objects.filter(name="T7").delete()
    page = turned(last.url)
    assert [row.name for row in page.rows] == ["T4", "T5", "T6"]
    assert (page.start, page.next_url) == (4, "")
    assert turned(page.previous_url).rows[0].name == "T1"


def test_a_place_in_an_emptied_list_is_its_first_page(seven_trunks):
    last = turned(turned("/trunks/").next_url)
    Trunk.objects.all().delete()
    page = turned(last.url)
    assert (page.rows, page.previous_url, page.next_url, page.url) == ([], "", "", "/trunks/")


def test_before_the_first_rows_the_first_page_is_shown(seven_trunks):
    second = turned(turned("/trunks/").next_url)
    Trunk.objects.filter(name__in=["T1", "T2"]).delete()
    page = turned(second.previous_url)
    assert [row.name for row in page.rows] == ["T3", "T4", "T5"]
    assert (page.start, page.previous_url, page.url) == (1, "", "/trunks/")


@pytest.mark.django_db
@pytest.mark.parametrize("form", [TrunkListForm, DodListForm, PbxListForm])
@pytest.mark.parametrize(
    "place", ["0", "-1", "9" * 5000, "x", "", "bnVsbA", "W10", "%00", "=", "é"]
)
def test_a_place_that_is_none_is_the_first_page(form, place):
    make_binding(make_trunk(make_pbx()))
    query = QueryDict(mutable=True)
    query.update({"after": place, "before": place})
    read = form(query, path="/p/", sight=UNLIMITED)
    listing = read.turn(read.kind.value.model._default_manager.for_table())
    assert (len(listing.rows), listing.start, listing.url) == (1, 1, "/p/")


@pytest.mark.django_db
@pytest.mark.parametrize("column", TrunkListForm.columns, ids=lambda column: column.key)
def test_trunks_sort_by_every_column_both_ways_and_always_alike(column):
    pbx = make_pbx()
    unknown = {"username": None, "domain": None, "authname": None, "fromuser": None}
    known = {"username": "u", "domain": "d", "authname": "a", "fromuser": "f"}
    for name, host in (("a", "b"), ("b", None), ("c", "a"), ("d", "b")):
        make_trunk(pbx, name, host=host, **(known if host else unknown))
    up = all_names(trunk_list(f"sort={column.key}"), Trunk.objects.for_table())
    down = all_names(trunk_list(f"sort=-{column.key}"), Trunk.objects.for_table())
    last = ["b"] if column.may_be_unknown else []
    assert [name for name in up if name not in last] == [n for n in down if n not in last][::-1]
    assert len(up) == 4
    assert up[4 - len(last) :] == down[4 - len(last) :] == last


@pytest.mark.django_db
@pytest.mark.parametrize("column", DodListForm.columns, ids=lambda column: column.key)
def test_bindings_sort_by_every_column_both_ways(column):
    trunk = make_trunk(make_pbx())
    for number in ("2", "1", "2"):
        make_binding(trunk, number)
    up, down = (
        [
            row.pk
            for batch in DodListForm(
                QueryDict(f"sort={sign}{column.key}"), path="/", sight=UNLIMITED
            ).batches(DodBinding.objects.for_table())
            for row in batch
        ]
        for sign in ("", "-")
    )
    assert up == down[::-1]
    assert len(up) == 3


@pytest.mark.django_db
@pytest.mark.parametrize("column", PbxListForm.columns, ids=lambda column: column.key)
def test_pbxs_sort_by_every_column_both_ways(column):
    for name, observed_at in (("A", timezone.now()), ("B", None), ("C", timezone.now())):
        make_pbx(name, observed_at=observed_at)
    up, down = (
        all_names(
            PbxListForm(QueryDict(f"sort={sign}{column.key}"), path="/", sight=UNLIMITED),
            Pbx.objects.all(),
        )
        for sign in ("", "-")
    )
    last = ["B"] if column.may_be_unknown else []
    assert [name for name in up if name not in last] == [n for n in down if n not in last][::-1]
    assert (len(up), up[3 - len(last) :]) == (3, down[3 - len(last) :] if last else [])


@pytest.mark.django_db
def test_bindings_sort_by_issue_with_the_unreadable_first_and_the_clear_last():
    trunk = make_trunk(make_pbx())
    for issue in ("none", "odd-target", "no-target", "ambiguous", "malformed"):
        make_binding(trunk, issue=issue)
    form = BindingListForm.of(trunk, QueryDict("sort=issue"))
    rows = form.turn(trunk.bindings.without_long_texts()).rows
    assert [row.issue for row in rows] == [
        *("malformed", "ambiguous", "no-target", "odd-target", "none")
    ]


@pytest.mark.django_db
def test_extensions_sort_as_numbers_and_names_without_case():
    trunk = make_trunk(make_pbx())
    for name, target in (("b", "1000"), ("Á", "999"), ("C", "10000")):
        make_binding(trunk, "1", name, target)
    form = BindingListForm.of(trunk, QueryDict("sort=target"))
    rows = form.turn(trunk.bindings.without_long_texts()).rows
    assert [row.target for row in rows] == ["999", "1000", "10000"]
    form = BindingListForm.of(trunk, QueryDict("sort=name"))
    rows = form.turn(trunk.bindings.without_long_texts()).rows
    assert [row.name for row in rows] == ["Á", "b", "C"]


@pytest.mark.django_db
def test_the_list_on_a_trunk_page_is_of_its_own_bindings_alone():
    trunk = make_trunk(make_pbx(), "A")
    make_binding(make_trunk(trunk.pbx, "B"), "1")
    make_binding(trunk, "1")
    form = BindingListForm.of(trunk, QueryDict("q=1&pbx=x"))
    listing = form.turn(trunk.bindings.without_long_texts())
    assert [row.trunk_id for row in listing.rows] == [trunk.pk]
    assert listing.count == Count(1, is_exact=True)
    assert form.url() == f"{trunk.get_absolute_url()}?q=1"


@pytest.fixture
def without_garbage_collection():
    gc.disable()
    yield
    gc.enable()


@pytest.mark.parametrize("query", ["", "q=fax", "q=kind:peer+fax&sort=-pbx&count=all"])
def test_a_list_goes_with_all_that_was_found_for_it_as_soon_as_it_was_shown(
    query, seven_trunks, without_garbage_collection
):
    form = trunk_list(query)
    form.turn(Trunk.objects.for_table())
    count_facets(form)
    kept = weakref.ref(form.finding)
    del form
    assert kept() is None
