"""The shell around every page: navigation, notices and preferences."""

from __future__ import annotations

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from tests.builders import make_pbx, make_trunk

HTMX = {"HX-Request": "true"}


def page_of(client: Client) -> str:
    return client.get(reverse("overview")).content.decode()


def navigation_at(client: Client, path: str) -> str:
    headers = {**HTMX, "HX-Current-URL": f"http://testserver{path}"}
    return client.get(reverse("navigation"), headers=headers).content.decode()


def test_navigation_counts_trunks_and_bindings_that_are_still_there(viewer_client):
    pbx = make_pbx()
    make_trunk(pbx, dod_count=8306)
    make_trunk(pbx, removed_at=timezone.now(), dod_count=1)
    page = navigation_at(viewer_client, "/")
    assert 'Trunks <span class="count">1</span>' in page
    assert 'DOD numbers <span class="count">8,306</span>' in page


def test_navigation_lists_twenty_pbxs_and_leads_to_the_rest(viewer_client):
    for number in range(21):
        make_pbx(f"PBX {number:02}")
    page = navigation_at(viewer_client, "/")
    assert "PBX 19" in page
    assert "PBX 20" not in page
    assert "All 21 PBXs" in page


def test_navigation_shows_no_number_for_a_pbx_that_was_never_fetched(viewer_client):
    make_pbx("Leeds", observed_at=None)
    assert "Leeds</span> </a>" in navigation_at(viewer_client, "/")


def test_navigation_read_again_marks_the_page_that_is_open(viewer_client):
    make_pbx("Leeds")
    page = navigation_at(viewer_client, "/pbxs/leeds/?tab=1")
    assert 'href="/pbxs/leeds/" aria-current="page"' in page


def test_navigation_read_again_from_an_unknown_page_marks_nothing(viewer_client):
    assert "aria-current" not in navigation_at(viewer_client, "/nothing/here/")


def test_navigation_opened_by_hand_leads_to_the_overview(viewer_client):
    assert viewer_client.get(reverse("navigation")).headers["Location"] == "/"


def test_error_pages_ask_nothing_of_the_database(client, db):
    with CaptureQueriesContext(connection) as queries:
        client.get("/nothing/here/")
    assert len(queries) == 0


def test_demo_is_named_on_every_page(viewer_client, settings):
    settings.PBXDASH_DEMO = True
    assert "simulated on this computer" in page_of(viewer_client)


def test_plain_http_beyond_this_computer_is_a_warning(viewer_client, settings):
    settings.ALLOWED_HOSTS = ["testserver"]
    assert "served over plain HTTP" in page_of(viewer_client)


def test_plain_http_on_this_computer_is_no_warning(client, viewer, settings):
    settings.ALLOWED_HOSTS = ["127.0.0.1"]
    client.force_login(viewer)
    page = client.get(reverse("overview"), headers={"host": "127.0.0.1"}).content.decode()
    assert "served over plain HTTP" not in page


def test_admin_link_is_for_staff(viewer_client, admin_client):
    assert reverse("admin:index") not in page_of(viewer_client)
    assert reverse("admin:index") in page_of(admin_client)


def test_theme_is_remembered_in_the_browser(viewer_client):
    viewer_client.post(reverse("theme"), {"theme": "dark"})
    assert 'data-theme="dark"' in page_of(viewer_client)


def test_theme_of_the_system_is_the_absence_of_a_choice(viewer_client):
    viewer_client.post(reverse("theme"), {"theme": "dark"})
    viewer_client.post(reverse("theme"), {"theme": "system"})
    assert "data-theme" not in page_of(viewer_client)


def test_unknown_theme_is_ignored(viewer_client):
    response = viewer_client.post(reverse("theme"), {"theme": '"><script>'})
    assert not response.cookies


def test_theme_leads_back_to_the_page_with_its_query(viewer_client):
    came_from = "http://testserver/trunks/?q=03"
    response = viewer_client.post(
        reverse("theme"), {"theme": "dark"}, headers={"referer": came_from}
    )
    assert response.headers["Location"] == came_from


def test_theme_does_not_lead_to_another_site(viewer_client):
    response = viewer_client.post(
        reverse("theme"), {"theme": "dark"}, headers={"referer": "https://evil.example/"}
    )
    assert response.headers["Location"] == "/"


def test_theme_cannot_be_set_by_a_link(viewer_client):
    assert viewer_client.get(reverse("theme")).status_code == 405


def test_language_switches_to_chinese(viewer_client):
    viewer_client.post(reverse("set_language"), {"language": "zh-hans"})
    assert '<html lang="zh-hans"' in page_of(viewer_client)
