"""The overview: what it says of PBXs, and what it costs."""

from __future__ import annotations

from datetime import timedelta
from unittest.mock import patch

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from tests.builders import make_binding, make_pbx, make_trunk
from trunks.models import Fetch, Pbx

HTMX = {"HX-Request": "true"}


def text_of(response) -> str:
    return " ".join(response.content.decode().split())


def overview(client, **headers) -> str:
    return text_of(client.get(reverse("overview"), headers=headers))


def test_pbxs_are_listed_with_their_numbers(admin_client):
    pbx = make_pbx("Leeds", base_url="https://leeds.example:8088")
    make_binding(make_trunk(pbx, kind="peer"))
    page = overview(admin_client)
    assert "https://leeds.example:8088" in page
    assert "<title>Peer 1</title>" in page


def test_of_many_pbxs_those_that_need_somebody_are_listed_and_the_rest_is_a_link(admin_client):
    with patch("trunks.overview.PBXS_SHOWN", 3):
        now = timezone.now()
        make_pbx("Amber", enabled=False)
        make_pbx("Basel", observed_at=now)
        make_pbx("Cork", failing_since=now, observed_at=now)
        make_pbx("Derby", observed_at=now - timedelta(days=9))
        page = overview(admin_client)
    table, _, rest = (
        page.partition('id="overview"')[2].partition("<tbody>")[2].partition("</table>")
    )
    places = [table.find(f">{name}<") for name in ("Cork", "Derby", "Basel")]
    assert places == sorted(places)
    assert min(places) > 0
    assert ">Amber<" not in table
    assert "1 more PBX, in no worse state" in rest


def test_lede_counts_the_pbxs_that_answered_within_the_hour(admin_client):
    make_pbx("Leeds")
    make_pbx("Lisbon", observed_at=timezone.now() - timedelta(hours=2))
    assert "2 PBXs, 1 answered in the last hour" in overview(admin_client)


def test_dod_bindings_are_summed_from_the_trunks_that_are_still_there(admin_client):
    pbx = make_pbx()
    make_trunk(pbx, dod_count=4210)
    make_trunk(pbx, dod_count=7, removed_at=timezone.now())
    assert '<p class="value">4,210</p>' in overview(admin_client)


def test_a_number_that_is_bound_twice_is_one_number(admin_client):
    trunk = make_trunk(make_pbx())
    make_binding(trunk, number="5503301")
    make_binding(trunk, number="5503301", target="1001")
    assert "1 number<" in overview(admin_client)


def test_kind_that_the_api_does_not_document_is_counted_by_its_own_name(admin_client):
    make_trunk(make_pbx(), kind="webrtc")
    assert "webrtc 1" in overview(admin_client)


def test_numbers_of_a_pbx_that_was_never_fetched_are_not_shown_as_zero(admin_client):
    make_pbx(observed_at=None)
    page = overview(admin_client)
    assert "not known before the first fetch" in page
    assert "1 PBX not counted" in page


def test_failure_is_shown_with_its_reason_and_the_age_of_the_data(admin_client):
    now = timezone.now()
    pbx = make_pbx(failing_since=now, observed_at=now - timedelta(hours=3))
    pbx.last_fetch = Fetch.objects.create(pbx=pbx, state="failed", reason="timeout")
    pbx.save()
    page = overview(admin_client)
    assert "The PBX did not answer in time." in page
    assert ">3 h ago</time>" in page


def tried(name: str, state: str, *, minutes: int = 0, **fields: object) -> Pbx:
    pbx = make_pbx(name)
    moment = timezone.now() - timedelta(minutes=minutes)
    pbx.last_fetch = Fetch.objects.create(pbx=pbx, state=state, finished_at=moment, **fields)
    pbx.save()
    return pbx


def attempts_in(client) -> str:
    page = client.get(reverse("overview")).content.decode()
    return str(page).partition('id="last-attempts"')[2]


def test_last_attempts_are_shown_with_their_reasons_those_with_trouble_first(admin_client):
    tried("Leeds", "succeeded", seen=12)
    tried("Lisbon", "failed", minutes=50, reason="timeout")
    tried("Lima", "held", minutes=40, reason="held-back", detail="0/8")
    shown = attempts_in(admin_client)
    assert shown.index("Lima</a>") < shown.index("Lisbon</a>") < shown.index("Leeds</a>")
    assert "The PBX did not answer in time." in shown
    assert '<span class="badge warn">held back</span>' in shown
    assert "12 read: 0 new" in shown


def test_eight_last_attempts_are_shown(admin_client):
    for number in range(9):
        tried(f"PBX {number}", "succeeded", minutes=number)
    shown = attempts_in(admin_client)
    assert "PBX 7</a>" in shown
    assert "PBX 8</a>" not in shown


def test_attempts_at_a_disabled_pbx_are_left_out(admin_client):
    tried("Leeds", "failed", reason="timeout")
    Pbx.objects.update(enabled=False)
    assert 'id="last-attempts"' not in overview(admin_client)


def test_overview_says_how_many_pbxs_are_in_doubt(admin_client):
    make_pbx("Leeds", failing_since=timezone.now(), observed_at=timezone.now() - timedelta(days=2))
    make_pbx("Lisbon")
    page = overview(admin_client)
    assert "1 of 2 PBXs not answering" in page
    assert "oldest data" in page
    assert ">2 d ago</time>" in page


def test_pbx_over_plain_http_is_marked_insecure(admin_client):
    make_pbx(trust="plain", base_url="http://192.168.9.2")
    assert "insecure" in overview(admin_client)


def test_without_pbxs_it_offers_to_add_one(admin_client):
    assert f'href="{reverse("pbx-add")}"' in overview(admin_client)


def test_without_pbxs_a_viewer_is_told_who_can_add_one(viewer_client):
    page = overview(viewer_client)
    assert "when an administrator has added a PBX" in page
    assert reverse("pbx-add") not in page


def test_viewer_has_no_fetch_button(viewer_client):
    make_pbx()
    assert 'name="pbx"' not in overview(viewer_client)


def test_who_may_fetch_has_a_button_for_each_pbx(viewer_client, viewer):
    viewer.user_permissions.add(Permission.objects.get(codename="add_fetch"))
    make_pbx("Leeds")
    assert '<input type="hidden" name="pbx" value="leeds">' in overview(viewer_client)


def test_disabled_pbx_cannot_be_fetched(admin_client):
    make_pbx(enabled=False)
    assert 'name="pbx"' not in overview(admin_client)


def test_all_enabled_pbxs_can_be_fetched_together(admin_client):
    make_pbx("Leeds")
    make_pbx("Lisbon")
    page = overview(admin_client)
    together = page[page.rindex('action="/runs/"') : page.index('id="fetch-all"')]
    assert 'name="scope" value="all"' in together


def test_one_pbx_needs_no_button_for_all(admin_client):
    make_pbx("Leeds")
    make_pbx("Old Mill", enabled=False)
    assert 'id="fetch-all"' not in overview(admin_client)


def test_a_site_can_be_fetched_where_there_are_several(admin_client):
    make_pbx("Leeds", site="Leeds")
    make_pbx("Leeds 2", site="Leeds")
    make_pbx("Lisbon", site="Lisbon")
    make_pbx("Old Mill", site="Mill", enabled=False)
    page = overview(admin_client)
    assert 'name="site" value="Leeds">Leeds <span class="push muted">2 PBXs' in page
    assert 'value="Mill"' not in page


def test_a_single_site_is_not_offered_by_itself(admin_client):
    make_pbx("Leeds", site="Leeds")
    make_pbx("Leeds 2", site="Leeds")
    assert 'name="site"' not in overview(admin_client)


def test_htmx_gets_the_fragment_alone(admin_client):
    page = overview(admin_client, **HTMX)
    assert page.startswith('<div class="stack" id="overview"')
    assert "<html" not in page


def test_history_restore_gets_the_full_page(admin_client):
    page = overview(admin_client, **HTMX, **{"HX-History-Restore-Request": "true"})
    assert "<html" in page


def test_it_is_read_only(admin_client):
    assert admin_client.post(reverse("overview")).status_code == 405


def test_anonymous_is_sent_to_the_log_in(client, db):
    assert client.get(reverse("overview")).headers["Location"] == "/login/?next=/"


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_queries_do_not_grow_with_pbxs(admin_client, headers):
    def queries_with(number: int) -> int:
        for _ in range(number):
            pbx = make_pbx(
                f"PBX {timezone.now().timestamp()}",
                slug=f"p{timezone.now().timestamp()}".replace(".", "-"),
            )
            pbx.last_fetch = Fetch.objects.create(pbx=pbx, state="failed", reason="timeout")
            pbx.failing_since = timezone.now()
            pbx.save()
            Fetch.objects.create(pbx=pbx)
            make_binding(make_trunk(pbx))
        with CaptureQueriesContext(
            connection,
        ) as queries:
            overview(admin_client, **headers)
        return len(queries)

    assert queries_with(3) == queries_with(27)
