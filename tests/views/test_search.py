"""The one search for everything: the choices under the box, and the same as a page."""

from __future__ import annotations

import pytest
from django.urls import reverse

from tests.builders import make_binding, make_pbx, make_trunk
from tests.views.pages import fragment_of, text_of
from trunks.models import DodIssue

URL = reverse("search")
pytestmark = pytest.mark.django_db


@pytest.fixture
def trunk():
    return make_trunk(make_pbx("Leeds"), "SIP-A")


def choices_for(client, line):
    return fragment_of(client, f"{URL}?q={line}")


def test_nobody_searches_without_logging_in(client):
    assert client.get(URL).url.startswith(reverse("login"))


def test_the_page_shows_the_best_of_each_kind_with_the_match_marked(viewer_client, trunk):
    make_binding(trunk, "5503301", "Alice", "1000")
    page = viewer_client.get(f"{URL}?q=ali")
    assert "1 suggestion for “ali”" in text_of(page)
    assert "Names Alice" in text_of(page)
    assert "<mark>Ali</mark>ce" in page.content.decode()


def test_a_page_that_nothing_was_asked_of_shows_no_empty_card(viewer_client, trunk):
    page = viewer_client.get(URL)
    assert "Type in the box above" in text_of(page)
    assert 'class="card"' not in page.content.decode()


def test_the_line_stays_in_the_box(viewer_client):
    assert 'value="&lt;b&gt; &quot;x"' in viewer_client.get(f"{URL}?q=<b> %22x").content.decode()


def test_a_complete_number_leads_to_its_page(viewer_client, trunk):
    make_binding(trunk, "5503301", "Alice", "1000")
    page = viewer_client.get(f"{URL}?q=550-3301")
    assert "Number 550-3301 — where is it used" in text_of(page)
    assert 'href="/numbers/550-3301/"' in page.content.decode()


def test_the_lists_are_offered_with_their_counts(viewer_client, trunk):
    make_binding(trunk, "1", "Leeds desk")
    make_binding(trunk, "2", "Leeds shop")
    text = text_of(viewer_client.get(f"{URL}?q=leeds"))
    assert (
        "All 2 DOD bindings that match The one trunk that matches The one PBX that matches" in text
    )


def test_nothing_found_says_so_and_how_far_the_pbxs_were_read(viewer_client):
    make_pbx("York", observed_at=None)
    text = text_of(viewer_client.get(f"{URL}?q=zzz"))
    assert "Nothing matches “zzz”" in text
    assert "1 of 1 PBX never fetched: York" in text


@pytest.mark.parametrize("line", ["", "%20", "%00", "%22%22"])
def test_without_a_question_the_page_says_what_to_type(viewer_client, line):
    assert "Type in the box above" in text_of(viewer_client.get(f"{URL}?q={line}"))


def test_what_could_not_be_read_is_explained(viewer_client):
    text = text_of(viewer_client.get(f"{URL}?q=nmber:5"))
    assert "“nmber:5” was not searched: This list has no such field." in text


def test_htmx_gets_the_choices_in_labelled_groups(viewer_client, trunk):
    make_binding(trunk, "5503301", "Alice", "1000")
    answer = choices_for(viewer_client, "ali").content.decode()
    assert "<html" not in answer
    assert 'role="listbox" aria-label="Found" data-line="ali"' in answer
    assert '<div role="group" aria-labelledby="search-names">' in answer
    assert 'role="option" id="search-names-1"' in answer


def test_the_status_says_how_many_choices_there_are(viewer_client, trunk):
    make_binding(trunk, name="Alice")
    answer = choices_for(viewer_client, "ali").content.decode()
    status = '<p id="search-status" hx-swap-oob="innerHTML">'
    assert f"{status}1 suggestion for “ali”" in answer.replace("\n", "")
    assert "Nothing matches “zzz”" in choices_for(viewer_client, "zzz").content.decode()


def test_an_empty_line_has_no_choices(viewer_client):
    assert "role=" not in choices_for(viewer_client, "").content.decode()


def test_what_was_reported_is_never_markup(viewer_client, trunk):
    make_binding(trunk, "", "", "", raw="<b>x</b>", issue=DodIssue.MALFORMED)
    make_binding(trunk, name="<i>x</i>")
    for line in ("is:malformed", "%3Ci"):
        for answer in (viewer_client.get(f"{URL}?q={line}"), choices_for(viewer_client, line)):
            assert not {"<b>", "<i>"} & set(answer.content.decode().split())
            assert "&gt;x&lt;" in answer.content.decode().replace("<mark>", "").replace(
                "</mark>", ""
            )


def test_the_choices_cost_no_query_of_the_page_around_them(viewer_client, trunk):
    answer = choices_for(viewer_client, "zzz")
    assert "shell" not in (answer.context or {}) or b"navigation" not in answer.content


def test_every_page_has_the_box(viewer_client):
    page = viewer_client.get(reverse("overview")).content.decode()
    assert f'action="{URL}"' in page
    assert f'hx-get="{URL}"' in page
