"""The list of PBXs: found by state, site and name."""

from __future__ import annotations

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
        ("state=failing", ["Leeds"]),
        ("state=failing&state=blocked", ["Leeds", "Lisbon"]),
        ("site=North&state=fresh", ["Oslo"]),
        ("pbx=oslo&pbx=leeds", ["Leeds", "Oslo"]),
        ("q=10.1", ["Leeds"]),
        ("q=LIS", ["Lisbon"]),
        ("sort=state", ["Lisbon", "Leeds", "Oslo"]),
        ("state=nonsense&site=%00&pbx=%00&sort=%27&page=x", ["Leeds", "Lisbon", "Oslo"]),
    ],
)
def test_the_address_says_which_pbxs_are_shown(viewer_client, query, names):
    assert names_in(viewer_client.get(f"{URL}?{query}")) == names


@pytest.mark.parametrize("state", PbxState)
def test_every_state_can_be_asked_for(viewer_client, state):
    page = viewer_client.get(f"{URL}?state={state.value}")
    assert page.context["form"].url() == f"{URL}?state={state.value}"
    assert all(row.state == state for row in page.context["listing"].rows)


def test_it_says_how_many_of_how_many_are_shown(viewer_client):
    assert "3 PBXs are set up, 1 of them is shown." in text_of(
        viewer_client.get(f"{URL}?state=failing")
    )


def test_the_sum_above_it_ignores_the_state_and_follows_the_site(viewer_client):
    everywhere = text_of(viewer_client.get(f"{URL}?state=fresh"))
    assert "2 of 3 PBXs are not up to date: 1 not answering: Leeds" in everywhere
    north = text_of(viewer_client.get(f"{URL}?site=North"))
    assert "1 of 2 PBXs not answering: Leeds, oldest data just now" in north


def test_what_is_not_on_offer_is_explained(viewer_client):
    text = text_of(viewer_client.get(f"{URL}?site=Mars&pbx=nowhere"))
    assert "No PBX is at site “Mars”." in text
    assert "There is no PBX named “nowhere”." in text


def test_a_filter_that_leaves_nothing_offers_to_clear_it(viewer_client):
    page = text_of(viewer_client.get(f"{URL}?state=never"))
    assert "No PBX passes these filters. Clear the filters" in page


def test_htmx_gets_the_table_with_the_labels_of_its_filters(viewer_client):
    answer = fragment_of(viewer_client, f"{URL}?state=failing&site=North")
    fragment = answer.content.decode().strip()
    assert fragment.startswith('<div id="pbx-table">')
    assert 'id="state-filter-label" hx-swap-oob="innerHTML">Not answering<' in fragment
    assert answer["HX-Push-Url"] == f"{URL}?state=failing&site=North"


def test_every_row_says_when_it_was_read_to_the_minute(viewer_client):
    page = viewer_client.get(URL).content.decode()
    assert page.count(">just now</time>") >= 3
    assert '<time datetime="' in page


def test_who_may_not_fetch_has_no_ticks(viewer_client, admin_client):
    assert b'id="ticked-pbxs"' not in viewer_client.get(URL).content
    assert b'id="ticked-pbxs"' in admin_client.get(URL).content


def test_more_rows_cost_no_more_queries(viewer_client, django_assert_num_queries):
    address = f"{URL}?state=fresh&site=North&q=o"
    with CaptureQueriesContext(connection) as few:
        viewer_client.get(address)
    for number in range(20):
        make_trunk(make_pbx(f"Oslo {number}", site="North"))
    with django_assert_num_queries(len(few)):
        assert len(names_in(viewer_client.get(address))) == 21
