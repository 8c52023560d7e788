"""The page of one trunk."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from tests.builders import make_binding, make_pbx, make_trunk
from tests.views.pages import fragment_of, names_in, text_of
from trunks.models import Fetch

pytestmark = pytest.mark.django_db


@pytest.fixture
def trunk():
    return make_trunk(make_pbx("Leeds"), "SIP-A", remote_id="15", extensions_dod="", groups_dod="")


@pytest.fixture
def url(trunk):
    return trunk.get_absolute_url()


def change(row, **fields):
    type(row).objects.filter(pk=row.pk).update(**fields)


def test_its_address_is_made_of_the_pbx_and_the_id_there(url):
    assert url == "/pbxs/leeds/trunks/15/"


def test_ids_with_slashes_and_spaces_have_pages_too(viewer_client):
    trunk = make_trunk(make_pbx(), remote_id="a/b c?")
    assert viewer_client.get(trunk.get_absolute_url()).status_code == 200


@pytest.mark.parametrize(
    "path", ["/pbxs/leeds/trunks/16/", "/pbxs/hq/trunks/15/", "/pbxs/leeds/trunks/%00/"]
)
def test_an_unknown_trunk_is_not_found(viewer_client, url, path):
    assert viewer_client.get(path).status_code == 404


def test_nobody_sees_it_without_logging_in(client, url):
    assert client.get(url).url == f"{reverse('login')}?next={url}"


@pytest.mark.parametrize(
    ("fields", "shown"),
    [
        ({"domain": "itsp.example"}, "Domain itsp.example"),
        ({"domain": ""}, "Domain not set"),
        ({"domain": None}, "Domain not reported"),
        ({"kind": "account", "host": None}, "Host not applicable"),
        ({"kind": "fax", "host": None}, "Host not reported"),
        ({"password_fingerprint": "ab" * 32}, "Password set, not kept here"),
        ({"password_fingerprint": ""}, "Password empty"),
        ({"password_fingerprint": None}, "Password not reported"),
        ({"kind": "peer"}, "Password not applicable"),
    ],
)
def test_settings_tell_no_value_from_unknown(viewer_client, trunk, url, fields, shown):
    change(trunk, **fields)
    assert shown in text_of(viewer_client.get(url))


def test_not_even_the_fingerprint_of_a_password_is_shown(admin_client, trunk, url):
    change(trunk, password_fingerprint="ab" * 32)
    assert b"abab" not in admin_client.get(url).content


def test_what_the_call_never_reports_is_said(viewer_client, url):
    line = "Global DOD: not reported by the API."
    assert line in text_of(viewer_client.get(url))


def test_a_failed_fetch_is_explained_beside_the_age_of_the_details(viewer_client, trunk, url):
    now = timezone.now()
    fetch = Fetch.objects.create(pbx=trunk.pbx, state="failed", reason="timeout", finished_at=now)
    change(trunk.pbx, last_fetch=fetch, failing_since=now)
    text = text_of(viewer_client.get(url))
    assert "The last fetch failed just now: The PBX did not answer in time." in text
    assert "You are looking at the details of" in text
    assert "Last attempt failed, just now" in text


def test_a_good_fetch_needs_no_notice(viewer_client, trunk, url):
    done = Fetch.objects.create(pbx=trunk.pbx, state="succeeded", finished_at=timezone.now())
    change(trunk.pbx, last_fetch=done)
    text = text_of(viewer_client.get(url))
    assert "You are looking at" not in text
    assert "Last attempt succeeded, just now" in text


def test_a_removed_trunk_keeps_its_page_and_says_so(admin_client, trunk, url):
    change(trunk, removed_at=timezone.now())
    text = text_of(admin_client.get(url))
    assert "The PBX has not reported this trunk since" in text
    assert "Fetch now" not in text


def test_stale_details_and_a_disabled_pbx_are_said(viewer_client, trunk, url):
    change(trunk, observed_at=timezone.now() - timedelta(days=3))
    assert "fetched 3 d ago and may have changed" in text_of(viewer_client.get(url))
    change(trunk.pbx, enabled=False)
    assert "This PBX is disabled" in text_of(viewer_client.get(url))


def test_only_those_who_may_fetch_get_the_button(admin_client, viewer_client, url):
    assert "Fetch now" in text_of(admin_client.get(url))
    assert "Fetch now" not in text_of(viewer_client.get(url))


def test_its_bindings_are_searched_and_no_others(viewer_client, trunk, url):
    make_binding(make_trunk(trunk.pbx, "other"), "5503301")
    make_binding(trunk, "5503302", "sip-a")
    make_binding(trunk, "5503303")
    assert names_in(viewer_client.get(f"{url}?q=550")) == ["5503302", "5503303"]
    assert names_in(viewer_client.get(f"{url}?q=sip-a")) == ["5503302"]


def test_a_search_without_a_match_offers_to_clear_it(viewer_client, trunk, url):
    make_binding(trunk)
    text = text_of(viewer_client.get(f"{url}?q=zzz"))
    assert "No DOD binding of this trunk matches “zzz”. Clear the search" in text


def test_no_bindings_and_none_reported_differ(viewer_client, trunk, url):
    assert "This trunk has no DOD bindings." in text_of(viewer_client.get(url))
    change(trunk, extensions_dod=None, groups_dod=None)
    assert "did not report the DOD bindings" in text_of(viewer_client.get(url))


def test_both_dod_texts_are_there_as_reported(viewer_client, trunk, url):
    change(trunk, extensions_dod="1-<a>-2,", groups_dod=None)
    page = viewer_client.get(url)
    assert "1-&lt;a&gt;-2," in page.content.decode()
    assert "(extensionsgroupdod) not reported" in text_of(page)


def test_a_search_gets_the_bindings_and_a_refresh_the_whole_detail(viewer_client, trunk, url):
    make_binding(trunk)
    search = fragment_of(viewer_client, f"{url}?q=5", **{"HX-Target": "binding-table"})
    assert search.content.decode().strip().startswith('<div id="binding-table">')
    assert search["HX-Push-Url"] == f"{url}?q=5"
    here = {"HX-Target": "trunk-detail", "HX-Current-URL": f"http://testserver{url}"}
    refresh = fragment_of(viewer_client, url, **here)
    assert refresh.content.decode().strip().startswith('<div class="stack" id="trunk-detail">')
    assert b"hx-swap-oob" not in refresh.content


def test_going_back_gets_the_whole_page(viewer_client, url):
    headers = {"HX-History-Restore-Request": "true", "HX-Target": "binding-table"}
    assert b"<html" in fragment_of(viewer_client, f"{url}?q=1", **headers).content


def test_nonsense_in_the_address_is_ignored(viewer_client, trunk, url):
    make_binding(trunk, "1")
    assert names_in(viewer_client.get(f"{url}?sort=x&page=x&q=%00")) == ["1"]


def test_more_bindings_cost_no_more_queries(viewer_client, trunk, url, django_assert_num_queries):
    for _ in range(3):
        make_binding(trunk)
    with CaptureQueriesContext(connection) as few:
        viewer_client.get(url)
    for _ in range(57):
        make_binding(trunk)
    with django_assert_num_queries(len(few)):
        viewer_client.get(url)
