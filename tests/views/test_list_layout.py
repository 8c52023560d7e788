"""Columns and density of a list: chosen, kept, and part of the address."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from django.contrib.auth.models import User
from django.template.loader import render_to_string
from django.test import Client, RequestFactory
from django.urls import reverse

from trunks.models import ListPreference
from trunks.search.columns import TRUNK_COLUMNS

pytestmark = pytest.mark.django_db
URL = reverse("list-layout")
ADDRESS = "/trunks/?q=leeds&sort=-dods&cols=name&page=4&view=mine"


def kept(user: User) -> tuple[str, str] | None:
    return ListPreference.objects.of(user, "trunks")


def test_a_choice_is_kept_and_the_list_shown_so(viewer, viewer_client):
    chosen = {"address": ADDRESS, "cols": ["name", "host"], "density": "compact"}
    answer = viewer_client.post(URL, chosen)
    assert answer.headers["Location"] == (
        "/trunks/?q=leeds&sort=-dods&cols=name,host&density=compact&view=mine"
    )
    assert kept(viewer) == ("name,host", "compact")


def test_back_to_the_usual_leaves_the_address_bare(viewer, viewer_client):
    viewer_client.post(URL, {"address": ADDRESS, "cols": ["name"], "density": "compact"})
    answer = viewer_client.post(
        URL, {"address": ADDRESS, "cols": ["name"], "density": "compact", "usual": "on"}
    )
    assert answer.headers["Location"] == "/trunks/?q=leeds&sort=-dods&view=mine"
    assert kept(viewer) is None


def test_no_column_means_the_usual_ones(viewer, viewer_client):
    answer = viewer_client.post(URL, {"address": "/trunks/"})
    assert answer.headers["Location"] == "/trunks/"
    assert kept(viewer) is None


@pytest.mark.parametrize(
    "change",
    [
        {"address": ""},
        {"address": "https://evil.example/trunks/"},
        {"address": "//evil.example/trunks/"},
        {"address": "/runs/"},
        {"density": "huge"},
    ],
)
def test_what_no_page_of_ours_posts_is_refused(viewer, viewer_client, change):
    answer = viewer_client.post(URL, {"address": ADDRESS, "cols": ["name"], **change})
    assert answer.status_code == 400
    assert kept(viewer) is None


def test_nonsense_among_the_columns_is_dropped(viewer, viewer_client):
    viewer_client.post(
        URL, {"address": ADDRESS, "cols": ["<b>", "name", "\0", *(f"c{n}" for n in range(90))]}
    )
    cols, _ = kept(viewer) or ("", "")
    assert cols.startswith("name,c0,")
    assert len(cols.split(",")) <= 40


def test_a_link_keeps_nothing(viewer, viewer_client):
    assert viewer_client.get(URL, {"address": ADDRESS, "cols": "name"}).status_code == 405
    assert kept(viewer) is None


def test_a_post_of_another_site_is_refused(viewer):
    client = Client(enforce_csrf_checks=True)
    client.force_login(viewer)
    assert client.post(URL, {"address": ADDRESS, "cols": ["host"]}).status_code == 403


def test_without_an_account_nothing_is_kept(client, db):
    answer = client.post(URL, {"address": ADDRESS, "cols": ["host"]})
    assert answer.headers["Location"].startswith("/login/")
    assert not ListPreference.objects.exists()


def test_the_form_shows_what_the_list_shows(viewer):
    request = RequestFactory().get("/trunks/")
    request.user = viewer
    form = SimpleNamespace(
        columns=TRUNK_COLUMNS,
        shown_columns=TRUNK_COLUMNS[:2],
        density="compact",
        url=lambda: "/trunks/?q=leeds",
    )
    page = render_to_string("trunks/_list_layout.html", {"form": form}, request)
    assert 'name="cols" value="name" checked disabled' in page
    assert '<input type="hidden" name="cols" value="name">' in page
    assert 'value="pbx" checked>' in page
    assert 'value="kind">' in page
    assert 'value="compact" checked>' in page
    assert 'name="address" value="/trunks/?q=leeds"' in page
