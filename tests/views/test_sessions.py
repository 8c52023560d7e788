"""Sessions end by themselves, and people see and end their own."""

from __future__ import annotations

import re
import time
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from pbxdash.session_ends import SEEN, STARTED
from tests.views.pages import fragment_of, text_of
from trunks.browsers import browser_name
from trunks.models import PersonSession

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
UNATTENDED = {"X-Unattended": "true"}


def let_pass(client: Client, seconds: int, *, started: int | None = None) -> None:
    """Move a session back in time, as if nothing had been asked since."""
    session = client.session
    session[SEEN] -= seconds
    session[STARTED] -= seconds if started is None else started
    session.save()


def is_logged_in(client: Client) -> bool:
    return client.get(reverse("overview"), headers=UNATTENDED).status_code == 200


def seconds_left(client: Client) -> int:
    return int(client.get(reverse("session-left"), headers=UNATTENDED).json()["seconds"])


def other_browser(user: User) -> Client:
    client = Client(headers={"user-agent": FIREFOX})
    fields = {"username": user.get_username(), "password": "correct horse battery"}
    assert client.post(reverse("login"), fields).status_code == 302
    return client


def test_a_session_that_nobody_uses_ends(viewer_client):
    let_pass(viewer_client, 29 * 60)
    assert is_logged_in(viewer_client)
    let_pass(viewer_client, 61)
    assert not is_logged_in(viewer_client)


def test_a_session_that_ended_is_gone_from_the_database(viewer_client):
    let_pass(viewer_client, 1801)
    viewer_client.get(reverse("overview"))
    assert not Session.objects.exists()
    assert not PersonSession.objects.exists()


def test_an_end_leads_to_the_log_in_and_back(viewer_client):
    let_pass(viewer_client, 1801)
    response = viewer_client.get("/trunks/?q=03")
    assert response.headers["Location"] == "/login/?next=/trunks/%3Fq%3D03"


def test_using_a_session_keeps_it_alive(viewer_client):
    let_pass(viewer_client, 1700)
    viewer_client.get(reverse("overview"))
    assert 1795 <= seconds_left(viewer_client) <= 1800


def test_what_a_page_asks_by_itself_does_not_keep_a_session_alive(viewer_client):
    let_pass(viewer_client, 1700)
    for name in ("navigation", "runs-live"):
        assert fragment_of(viewer_client, reverse(name), **UNATTENDED).status_code == 200
    assert seconds_left(viewer_client) <= 100


def test_asking_how_long_it_lasts_does_not_keep_a_session_alive(viewer_client):
    let_pass(viewer_client, 1700)
    viewer_client.get(reverse("session-left"), headers=UNATTENDED)
    assert seconds_left(viewer_client) <= 100


def test_a_session_ends_at_the_latest_twelve_hours_after_the_log_in(viewer_client):
    let_pass(viewer_client, 0, started=12 * 3600 + 1)
    assert not is_logged_in(viewer_client)


def test_the_latest_end_cannot_be_put_off(viewer_client):
    let_pass(viewer_client, 0, started=12 * 3600 - 60)
    assert viewer_client.post(reverse("session-stay")).json()["seconds"] <= 60


def test_both_ends_are_settings(viewer_client, settings):
    settings.PBXDASH_SESSION_IDLE = 60
    let_pass(viewer_client, 61)
    assert not is_logged_in(viewer_client)


def test_a_session_can_be_extended(viewer_client):
    let_pass(viewer_client, 1700)
    assert viewer_client.post(reverse("session-stay")).json()["seconds"] > 1790


def test_a_session_cannot_be_extended_by_a_link(viewer_client):
    assert viewer_client.get(reverse("session-stay")).status_code == 405


def test_a_session_that_is_over_has_no_seconds_left(viewer_client):
    let_pass(viewer_client, 1801)
    assert seconds_left(viewer_client) == 0


def test_every_page_knows_when_its_session_ends(viewer_client):
    let_pass(viewer_client, 600)
    page = viewer_client.get(reverse("overview")).content.decode()
    told = re.search(r'data-seconds="(\d+)"', page)
    assert told
    assert 1795 <= int(told[1]) <= 1800


def test_a_session_of_an_older_version_has_to_log_in_again(viewer_client):
    session = viewer_client.session
    del session[STARTED]
    session.save()
    assert not is_logged_in(viewer_client)


def test_a_person_sees_where_they_are_logged_in(viewer, viewer_client):
    other_browser(viewer)
    text = text_of(viewer_client.get(reverse("sessions")))
    assert "Firefox 140, Linux" in text
    assert "127.0.0.1" in text
    assert text.count("this one") == 1


def test_a_person_does_not_see_sessions_of_others(viewer_client, administrator):
    other_browser(administrator)
    assert "Firefox" not in text_of(viewer_client.get(reverse("sessions")))


def test_sessions_that_are_over_are_not_shown(viewer, viewer_client):
    other_browser(viewer)
    long_ago = timezone.now() - timedelta(hours=1)
    PersonSession.objects.filter(browser=FIREFOX).update(seen_at=long_ago)
    assert "Firefox" not in text_of(viewer_client.get(reverse("sessions")))


def test_sessions_that_are_over_are_cleared_away_by_a_log_in(viewer):
    other_browser(viewer)
    PersonSession.objects.update(seen_at=timezone.now() - timedelta(hours=1))
    other_browser(viewer)
    assert PersonSession.objects.count() == Session.objects.count() == 1


def test_sessions_of_those_who_never_logged_in_are_cleared_away_too(viewer):
    Client().get(reverse("mfa_login_webauthn"), headers={"X-Requested-With": "XMLHttpRequest"})
    Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))
    other_browser(viewer)
    assert Session.objects.count() == 1


def test_last_use_is_written_down_now_and_then(viewer_client):
    before = PersonSession.objects.get().seen_at
    let_pass(viewer_client, 100)
    viewer_client.get(reverse("overview"), REMOTE_ADDR="203.0.113.7")
    session = PersonSession.objects.get()
    assert session.address == "203.0.113.7"
    assert abs(session.seen_at.timestamp() - time.time()) < 5
    assert session.seen_at >= before - timedelta(seconds=1)


def test_one_session_is_ended_at_once(viewer, viewer_client):
    other = other_browser(viewer)
    chosen = PersonSession.objects.get(browser=FIREFOX)
    viewer_client.post(reverse("sessions-end"), {"session": chosen.pk})
    assert not is_logged_in(other)
    assert is_logged_in(viewer_client)


def test_all_other_sessions_are_ended_at_once(viewer, viewer_client):
    others = [other_browser(viewer) for _ in range(3)]
    response = viewer_client.post(reverse("sessions-end"), {"session": "others"}, follow=True)
    assert "3 sessions were ended." in text_of(response)
    assert not any(is_logged_in(other) for other in others)


def test_nobody_ends_sessions_of_others(viewer_client, administrator):
    theirs = other_browser(administrator)
    chosen = PersonSession.objects.get(user=administrator)
    viewer_client.post(reverse("sessions-end"), {"session": chosen.pk})
    assert is_logged_in(theirs)


@pytest.mark.parametrize("nonsense", ["", "x", "-1", "9" * 30, "１"])
def test_what_names_no_session_is_refused(viewer_client, nonsense):
    answer = viewer_client.post(reverse("sessions-end"), {"session": nonsense})
    assert answer.status_code == 400


def test_logging_out_takes_the_session_off_the_list(viewer_client):
    viewer_client.post(reverse("logout"))
    assert not PersonSession.objects.exists()


def test_a_person_who_may_no_longer_log_in_is_out_at_once(viewer, viewer_client):
    viewer.is_active = False
    viewer.save()
    assert not is_logged_in(viewer_client)


def test_a_password_that_somebody_else_set_ends_all_sessions(viewer, viewer_client):
    viewer.set_password("another horse battery")
    viewer.save()
    assert not is_logged_in(viewer_client)


def test_the_list_costs_one_query_however_long_it_is(
    viewer, viewer_client, django_assert_num_queries
):
    with django_assert_num_queries(10):
        viewer_client.get(reverse("sessions"))
    for _ in range(5):
        other_browser(viewer)
    with django_assert_num_queries(10):
        viewer_client.get(reverse("sessions"))


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        (FIREFOX, "Firefox 140, Linux"),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/140.0 Safari/537.36 Edg/140.0", "Edge 140, Windows"),
        ("Mozilla/5.0 (iPhone) Version/18.2 Mobile/1 Safari/604.1", "Safari 18, iOS"),
        ("Mozilla/5.0 (Linux; Android 14) Chrome/141.0.0.0 Mobile", "Chrome 141, Android"),
        ("<script>", ""),
    ],
)
def test_a_browser_is_named_in_few_words(agent, name):
    assert browser_name(agent) == name
