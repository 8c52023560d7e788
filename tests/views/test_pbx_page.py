"""The page of one PBX: what it says of its state, and what is left to do."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from pytest_django.asserts import assertContains, assertNotContains

from tests.builders import make_bad_login, make_pbx, make_trunk
from trunks.models import Fetch, Pbx
from trunks.services.logins import credentials_fingerprint

URL = reverse("pbx", args=["branch"])
pytestmark = pytest.mark.django_db


def test_refused_credentials_are_said_with_what_to_do(admin_client):
    make_pbx("Branch", credentials_rejected_at=timezone.now())
    response = admin_client.get(URL)
    assertContains(response, "No log-in is tried until they are typed again")
    assertContains(response, "Type them again")


def test_a_lock_out_is_said_while_it_lasts(admin_client):
    seen = make_bad_login(make_pbx("Branch").base_url, outcome="locked-out")
    assertContains(admin_client.get(URL), "locked this dashboard out")
    seen.ends_at -= timedelta(minutes=10)
    seen.save()
    assertNotContains(admin_client.get(URL), "locked this dashboard out")


def test_a_lock_out_says_since_when_until_when_and_how_to_lift_it(admin_client):
    pbx, noon = make_pbx("Branch"), timezone.now()
    make_bad_login(pbx.base_url, pbx=make_pbx("Twin"), outcome="locked-out", ends_at=noon)
    response = admin_client.get(URL)
    assertContains(response, f"locked this dashboard out since {noon:%H:%M}")
    assertContains(response, f"is tried until {noon + timedelta(minutes=10):%H:%M}")
    assertContains(response, "API-IP")
    assertContains(response, f'<a href="{reverse("pbx", args=["twin"])}">Twin</a>', html=True)


def test_three_bad_log_ins_say_where_they_came_from_and_until_when(admin_client, administrator):
    pbx, first = make_pbx("Branch"), timezone.now() - timedelta(minutes=4)
    for name in ("Leeds", "York"):
        make_bad_login(pbx.base_url, pbx=make_pbx(name), ends_at=first)
    make_bad_login(pbx.base_url, tested_by=administrator)
    response = admin_client.get(URL)
    assertContains(response, "Three log-ins at 192.168.5.150:8088 were refused")
    assertContains(response, f"tried there until {first + timedelta(minutes=10):%H:%M}")
    assertContains(response, f'<a href="{reverse("pbx", args=["york"])}">York</a>', html=True)
    assertContains(response, "a connection test by ada")


def test_the_same_credentials_refused_elsewhere_say_so(admin_client):
    pbx = make_pbx("Branch")
    refused = credentials_fingerprint(pbx.username, pbx.read_secret())
    make_bad_login(pbx.base_url, credentials=refused)
    assertContains(admin_client.get(URL), "The same API username and password")


def test_a_stop_is_said_once(admin_client):
    pbx = make_pbx("Branch", credentials_rejected_at=timezone.now())
    refused = credentials_fingerprint(pbx.username, pbx.read_secret())
    make_bad_login(pbx.base_url, credentials=refused, pbx=pbx)
    assert str(admin_client.get(URL).content).count("No log-in is tried") == 1
    assertNotContains(admin_client.get(URL), "The same API username")


def test_bad_log_ins_of_long_ago_stop_nothing(admin_client):
    pbx = make_pbx("Branch")
    for _ in range(3):
        make_bad_login(pbx.base_url, ends_at=timezone.now() - timedelta(minutes=11))
    assertNotContains(admin_client.get(URL), "Three log-ins")


def test_who_may_not_edit_is_not_sent_to_the_settings(viewer_client):
    pbx = make_pbx("Branch")
    for _ in range(3):
        make_bad_login(pbx.base_url)
    response = viewer_client.get(URL)
    assertContains(response, "Three log-ins at")
    assertNotContains(response, reverse("pbx-edit", args=[pbx.slug]))


@pytest.mark.parametrize(("keeps", "words"), [(True, "kept between"), (False, "anew at each")])
def test_the_page_says_whether_its_log_in_is_kept(admin_client, keeps, words):
    make_pbx("Branch", keeps_login=keeps)
    assertContains(admin_client.get(URL), words)


def test_a_failing_pbx_says_why_and_what_is_still_shown(admin_client):
    pbx = make_pbx("Branch", failing_since=timezone.now())
    fetch = Fetch.objects.create(pbx=pbx, state="failed", reason="refused")
    Pbx.objects.update(last_fetch=fetch)
    response = admin_client.get(URL)
    assertContains(response, "The PBX refused the connection.", count=2)
    assertContains(response, "You see what was fetched on")


def test_a_fetch_that_ended_swaps_in_the_data_alone(admin_client, pbx):
    response = admin_client.get(URL, headers={"HX-Request": "true"})
    assertContains(response, 'id="pbx-data"')
    assertNotContains(response, "<html")


def test_the_last_ten_fetches_are_shown_with_their_reasons(admin_client, pbx):
    for _ in range(11):
        Fetch.objects.create(pbx=pbx, state="failed", reason="refused", finished_at=timezone.now())
    response = admin_client.get(URL)
    assertContains(response, "The PBX refused the connection.", count=10)


def test_fetching_is_offered_for_an_enabled_pbx_only(admin_client, pbx):
    assertContains(admin_client.get(URL), f'hx-post="{reverse("fetches")}"')
    Pbx.objects.update(enabled=False)
    assertNotContains(admin_client.get(URL), f'hx-post="{reverse("fetches")}"')


def test_its_trunks_link_to_their_pages_and_to_the_list(admin_client, pbx):
    make_trunk(pbx, "SIP-A", remote_id="15")
    response = admin_client.get(URL)
    assertContains(response, reverse("trunk", args=["branch", "15"]))
    assertContains(response, f"{reverse('trunks')}?q=pbx:=branch")


def resting(**fields: object) -> Pbx:
    now = timezone.now()
    return make_pbx(
        "Branch",
        failing_since=now,
        failures_in_a_row=4,
        resting_until=now + timedelta(minutes=2),
        **fields,
    )


def test_a_pbx_that_is_left_alone_says_until_when_and_can_be_tried_now(admin_client):
    pbx = resting()
    page = admin_client.get(pbx.get_absolute_url())
    until = timezone.localtime(pbx.resting_until).strftime("%H:%M")
    assertContains(page, f"Left alone until {until} after 4 failures in a row")
    assertContains(page, 'id="try-now"')
    admin_client.post(reverse("fetches"), {"pbx": "branch"})
    assert Fetch.objects.get().insists


def test_a_viewer_reads_that_it_is_left_alone_without_a_button(viewer_client):
    page = viewer_client.get(resting().get_absolute_url())
    assertContains(page, "after 4 failures in a row")
    assertNotContains(page, "try-now")


@pytest.mark.parametrize(
    "fields", [{"enabled": False}, {"resting_until": None}, {"credentials_rejected_at": 1}]
)
def test_a_pbx_that_is_not_called_for_another_reason_is_not_said_to_be_left_alone(
    admin_client, fields
):
    resting()
    if "credentials_rejected_at" in fields:
        fields = {"credentials_rejected_at": timezone.now()}
    Pbx.objects.update(**fields)
    assertNotContains(admin_client.get(URL), "left-alone")


def test_attempt_that_was_given_up_is_no_failure(admin_client, pbx):
    Fetch.objects.create(pbx=pbx, state="cancelled", finished_at=timezone.now())
    page = admin_client.get(URL)
    assertContains(page, "Given up by a person before it began; the PBX was not called.")
    assertNotContains(page, "could not be read")


def test_attempt_that_was_held_back_is_a_warning_with_what_was_reported(admin_client, pbx):
    Fetch.objects.create(
        pbx=pbx, state="held", reason="held-back", detail="0/48", finished_at=timezone.now()
    )
    page = admin_client.get(URL)
    assertContains(page, '<span class="badge warn">held back</span>')
    assertContains(page, "far fewer trunks than before (0/48)")
