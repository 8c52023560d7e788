"""The list of PBXs."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from tests.builders import make_pbx, make_trunk
from tests.views.pages import fragment_of, names_in, text_of
from trunks.models import PbxState

pytestmark = pytest.mark.django_db
URL = reverse("pbxs")


@pytest.fixture(autouse=True)
def three() -> None:
    """One that does not answer, one whose log-in is stopped, and one that is up to date."""
    make_pbx("Leeds", site="North", failing_since=timezone.now(), base_url="https://10.1.0.1:8088")
    make_pbx("Lisbon", site="South", credentials_rejected_at=timezone.now())
    make_pbx("Oslo", site="North")


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("", ["Leeds", "Lisbon", "Oslo"]),
        ("q=state:failing", ["Leeds"]),
        ("q=state:failing,blocked", ["Leeds", "Lisbon"]),
        ("q=site:=North+state:fresh", ["Oslo"]),
        ("q=pbx:=oslo,leeds", ["Leeds", "Oslo"]),
        ("q=10.1", ["Leeds"]),
        ("q=LIS", ["Lisbon"]),
        ("sort=state", ["Lisbon", "Leeds", "Oslo"]),
        ("q=state:nonsense+%00&after=%00&sort=%27&page=x", ["Leeds", "Lisbon", "Oslo"]),
    ],
)
def test_the_address_says_which_pbxs_are_shown(viewer_client, query, names):
    assert names_in(viewer_client.get(f"{URL}?{query}")) == names


@pytest.mark.parametrize("state", PbxState)
def test_every_state_can_be_asked_for(viewer_client, state):
    make_pbx("Bonn", enabled=False)
    make_pbx("Rome", answer_held_at=timezone.now())
    make_pbx("Nice", observed_at=None)
    make_pbx("Paris", observed_at=timezone.now() - timedelta(days=3))
    rows = viewer_client.get(f"{URL}?q=state:{state.value}").context["listing"].rows
    assert [row.state for row in rows] == [state]


def test_it_says_how_many_of_how_many_are_shown(viewer_client):
    assert "3 PBXs are set up, 1 of them is shown." in text_of(
        viewer_client.get(f"{URL}?q=state:failing")
    )


def test_the_sum_above_it_ignores_the_state_and_follows_the_site(viewer_client):
    everywhere = text_of(viewer_client.get(f"{URL}?q=state:fresh"))
    assert "2 of 3 PBXs are not up to date: 1 not answering: Leeds" in everywhere
    north = text_of(viewer_client.get(f"{URL}?q=site:=North"))
    assert "1 of 2 PBXs not answering: Leeds, oldest data just now" in north


def test_a_state_that_there_is_not_is_explained(viewer_client):
    text = text_of(viewer_client.get(f"{URL}?q=state:sleepy"))
    assert "state:sleepy was not searched: There is no such value; it can be one of:" in text


def test_a_state_that_no_pbx_is_in_is_still_called_as_people_call_it(viewer_client):
    (facet,) = viewer_client.get(f"{URL}?q=state:never").context["facets"][:1]
    assert [(str(one.label), one.count) for one in facet.values if one.is_chosen] == [
        ("Never fetched", 0)
    ]


def test_a_search_that_leaves_nothing_offers_to_clear_it(viewer_client):
    page = text_of(viewer_client.get(f"{URL}?q=state:never"))
    assert "No PBX matches “state:never”. Clear the search" in page


def test_htmx_gets_the_table_with_what_it_can_be_narrowed_by(viewer_client):
    answer = fragment_of(viewer_client, f"{URL}?q=state:failing+site:=north")
    fragment = answer.content.decode().strip()
    assert fragment.startswith('<div id="pbx-table">')
    assert 'id="pbx-table-facets" hx-swap-oob="outerHTML"' in fragment
    assert answer["HX-Push-Url"] == f"{URL}?q=state:failing%20site:=north"


def test_every_row_says_when_it_was_read_to_the_minute(viewer_client):
    page = viewer_client.get(URL).content.decode()
    assert page.count(">just now</time>") >= 3
    assert '<time datetime="' in page


def test_who_may_not_fetch_has_no_ticks(viewer_client, admin_client):
    assert b'id="ticked-pbxs"' not in viewer_client.get(URL).content
    assert b'id="ticked-pbxs"' in admin_client.get(URL).content


def test_more_rows_cost_no_more_queries(viewer_client, django_assert_num_queries):
    address = f"{URL}?q=o+state:fresh+site:=North"
    with CaptureQueriesContext(connection) as few:
        viewer_client.get(address)
    for number in range(20):
        make_trunk(make_pbx(f"Oslo {number}", site="North"))
    with django_assert_num_queries(len(few)):
        assert len(names_in(viewer_client.get(address))) == 21
