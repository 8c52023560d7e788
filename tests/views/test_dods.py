"""The list of DOD bindings."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from tests.builders import make_binding, make_pbx, make_trunk
from tests.views.pages import fragment_of, names_in, text_of
from trunks.models import DodIssue, TargetKind

URL = reverse("dods")
pytestmark = pytest.mark.django_db


@pytest.fixture
def trunk():
    return make_trunk(make_pbx("Leeds"), "SIP-A")


def test_it_lists_what_each_number_is_bound_to(viewer_client, trunk):
    make_binding(trunk, "5503301", "", "sales", target_kind=TargetKind.GROUP)
    assert "5503301 no name Group sales SIP-A Leeds" in text_of(viewer_client.get(URL))


def test_nobody_sees_it_without_logging_in(client):
    assert client.get(URL).url == f"{reverse('login')}?next={URL}"


@pytest.mark.parametrize(
    "query",
    [
        "q=reception",
        "q=+55%2003-302",
        "q=1001",
        "q=leeds",
        "q=pbx:=leeds",
        "q=target:group",
        "q=issue:ambiguous",
        "q=trunk:=sip-a",
    ],
)
def test_search_and_filters_leave_the_others_out(viewer_client, trunk, query):
    make_binding(make_trunk(make_pbx("HQ"), "other"), "1")
    make_binding(trunk, "5503302", "reception", "1001", target_kind="group", issue="ambiguous")
    assert names_in(viewer_client.get(f"{URL}?{query}")) == ["5503302"]


def test_bindings_of_removed_trunks_are_shown_only_when_they_are_asked_for(viewer_client, trunk):
    make_binding(make_trunk(trunk.pbx, removed_at=timezone.now()), "1")
    make_binding(trunk, "2")
    assert names_in(viewer_client.get(URL)) == ["2"]
    assert names_in(viewer_client.get(f"{URL}?q=is:removed")) == ["1"]
    assert names_in(viewer_client.get(f"{URL}?q=is:removed,present")) == ["1", "2"]


def test_a_malformed_piece_is_shown_as_reported_with_the_reason(viewer_client, trunk):
    make_binding(trunk, "", "", "", raw="what<is>this", issue=DodIssue.MALFORMED)
    page = viewer_client.get(f"{URL}?q=what")
    assert "<mark>what</mark>&lt;is&gt;this" in page.content.decode()
    assert "—not readable" in text_of(page)
    assert "Malformed It is not of the form number-name-target" in text_of(page)


@pytest.mark.parametrize("issue", ["ambiguous", "malformed", "odd-target", "no-target"])
def test_every_issue_has_an_explanation_that_opens_by_key(viewer_client, trunk, issue):
    make_binding(trunk, issue=issue)
    page = viewer_client.get(URL).content.decode()
    assert '<details class="issue"><summary' in page


@pytest.mark.parametrize(
    ("query", "marked"),
    [
        ("q=44", "= <mark>44</mark>2079460018"),
        ("q=00442", "= <mark>00442</mark>079460018"),
        ("q=number:*4420*", "= <mark>4420</mark>79460018"),
    ],
)
def test_a_number_that_is_found_in_another_form_shows_it(viewer_client, query, marked):
    trunk = make_trunk(make_pbx(country_code="44", national_prefix="0"))
    make_binding(trunk, "020 7946 0018")
    page = viewer_client.get(f"{URL}?{query}").content.decode()
    assert f'<span class="found">{marked}</span></td>' in page


@pytest.mark.parametrize("query", ["", "q=7946", "q=reception", "q=-55"])
def test_a_number_that_is_found_as_it_is_written_or_by_another_value_stands_alone(
    viewer_client, query
):
    trunk = make_trunk(make_pbx(country_code="44", national_prefix="0"))
    make_binding(trunk, "020 7946 0018", "Reception")
    page = viewer_client.get(f"{URL}?{query}").content.decode()
    assert "</a></td>" in page
    assert 'class="found"' not in page


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=user:5566", "Account pbx<mark>5566</mark>"),
        ("q=host:example", "Host sip.<mark>example</mark>.com"),
        ("q=302-rec", " 5503<mark>302-rec</mark>eption-1001"),
        ("q=sip-a&cols=name", "Trunk <mark>sip-a</mark>"),
        ("q=pbx:=leeds+sip.ex", "Host <mark>sip.ex</mark>ample.com"),
        ("q=leeds", "PBX <mark>leeds</mark>"),
    ],
)
def test_a_binding_that_is_found_by_what_the_table_does_not_show_says_by_what(
    viewer_client, query, found
):
    pbx = make_pbx("Head office", slug="leeds")
    trunk = make_trunk(pbx, "SIP-A", host="sip.example.com", username="pbx5566")
    make_binding(trunk, "5503302", "reception", "1001", raw="5503302-reception-1001")
    page = viewer_client.get(f"{URL}?{query}").content.decode()
    assert f'<span class="found">{found}</span></td>' in page


def test_what_was_looked_for_in_no_value_or_names_the_pbx_needs_no_find(viewer_client):
    make_binding(make_trunk(make_pbx("Head office", slug="leeds"), host="sip.example"), "5503302")
    for query in ["", "q=target:extension", "q=-sales", "q=is:stale,present", "q=pbx:=leeds"]:
        assert 'class="found"' not in viewer_client.get(f"{URL}?{query}").content.decode()


def test_numbers_can_be_copied(viewer_client, trunk):
    make_binding(trunk, "+44 20")
    assert 'data-copy="+44 20"' in viewer_client.get(URL).content.decode()


def test_a_search_that_finds_nothing_offers_to_clear_it(viewer_client, trunk):
    make_binding(trunk)
    text = text_of(viewer_client.get(f"{URL}?q=zzz"))
    assert "0 DOD bindings match “zzz”" in text
    assert "No DOD binding matches “zzz”. Clear the search" in text


def test_htmx_gets_the_fragment_and_the_address_bar_follows(viewer_client, trunk):
    make_binding(trunk)
    answer = fragment_of(viewer_client, f"{URL}?q=55&before=&sort=")
    assert answer.content.decode().strip().startswith('<div id="dod-table">')
    assert answer["HX-Push-Url"] == f"{URL}?q=55"


def test_going_back_gets_the_whole_page(viewer_client):
    header = {"HX-History-Restore-Request": "true"}
    assert b"<html" in fragment_of(viewer_client, f"{URL}?q=1", **header).content


def test_nonsense_in_the_address_shows_the_list(viewer_client, trunk):
    make_binding(trunk, "1")
    query = "sort=--&before=x&after=%00&count=%00&cols=,&q=%00+%22"
    assert names_in(viewer_client.get(f"{URL}?{query}")) == ["1"]


def test_more_rows_cost_no_more_queries(viewer_client, django_assert_num_queries):
    make_rows(3)
    with CaptureQueriesContext(connection) as few:
        viewer_client.get(f"{URL}?q=55")
    make_rows(57)
    with django_assert_num_queries(len(few)):
        assert viewer_client.get(f"{URL}?q=55").context["listing"].count.number == 60


def make_rows(count):
    for number in range(count):
        make_binding(make_trunk(make_pbx(f"P{count}-{number}"), "SIP"))


def test_each_row_tells_when_it_was_observed_and_can_be_sorted_by_it(viewer_client):
    now = timezone.now()
    old = make_trunk(make_pbx("HQ"), "old", observed_at=now - timedelta(days=3))
    make_binding(make_trunk(make_pbx("Leeds"), "new"), "1")
    make_binding(old, "2")
    page = viewer_client.get(f"{URL}?sort=fetched")
    assert names_in(page) == ["2", "1"]
    assert "HQ 3 d ago" in text_of(page)


def test_a_row_leads_to_its_trunk_whatever_that_and_its_pbx_are_called(viewer_client):
    trunk = make_trunk(make_pbx("0 place 0", slug="0-place-0"), remote_id="0-pbx-0")
    make_binding(trunk)
    page = viewer_client.get(reverse("dods")).content.decode()
    assert f'href="{trunk.get_absolute_url()}"' in page
