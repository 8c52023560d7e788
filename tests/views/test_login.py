"""Log-in, log-out, and the pages that stand without a log-in."""

from __future__ import annotations

import re

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.template.loader import render_to_string
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.views import defaults

from tests.views.pages import text_of


def log_in(client: Client, **fields: str):
    return client.post(
        reverse("login"), {"username": "vic", "password": "correct horse battery", **fields}
    )


def test_right_password_leads_to_the_page_that_was_asked_for(client, viewer):
    assert log_in(client, next="/trunks/?q=03").headers["Location"] == "/trunks/?q=03"


def test_log_in_leads_to_no_other_site(client, viewer):
    assert log_in(client, next="https://evil.example/").headers["Location"] == "/"


@pytest.mark.parametrize(
    "there", ["//evil.example", "/\\evil.example", "javascript:alert(1)", "http://[::1", " \0"]
)
def test_what_only_looks_like_a_page_of_ours_leads_nowhere(client, viewer, there):
    assert log_in(client, next=there).headers["Location"] == "/"


@pytest.mark.parametrize("there", ["/login/", "/login/?next=/login/", "http://testserver/login/"])
def test_the_log_in_page_leads_nobody_back_to_itself(viewer_client, there):
    response = viewer_client.get(reverse("login"), {"next": there})
    assert response.headers["Location"] == reverse("overview")


def test_wrong_password_is_said_and_the_username_kept(client, viewer):
    page = log_in(client, password="wrong").content.decode()
    assert 'role="alert"' in page
    assert 'value="vic"' in page


def test_empty_form_is_answered_with_a_sentence(client, db):
    page = log_in(client, username="", password="").content.decode()
    assert "Type your username and your password." in page


def test_demo_account_is_shown_in_the_demo(client, db, settings):
    settings.PBXDASH_DEMO = True
    assert "<code>demo</code>" in client.get(reverse("login")).content.decode()


def test_demo_account_is_not_shown_elsewhere(client, db):
    assert "demo" not in client.get(reverse("login")).content.decode()


def test_language_can_be_chosen_before_the_log_in(client, db):
    client.post(reverse("set_language"), {"language": "zh-hans"})
    assert '<html lang="zh-hans"' in client.get(reverse("login")).content.decode()


def test_log_out_is_a_post_and_clears_the_browser(viewer_client):
    assert viewer_client.get(reverse("logout")).status_code == 405
    response = viewer_client.post(reverse("logout"))
    assert response.headers["Clear-Site-Data"] == '"cache", "storage"'


def test_unknown_address_is_a_page_in_our_look(viewer_client):
    response = viewer_client.get("/nothing/here/")
    assert response.status_code == 404
    assert "There is nothing at this address." in response.content.decode()


def test_form_without_a_token_is_refused_in_our_look(viewer):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(viewer)
    response = strict.post(reverse("theme"), {"theme": "dark"})
    assert response.status_code == 403
    assert "This form is out of date" in response.content.decode()


def test_server_error_page_needs_neither_user_nor_database():
    response = defaults.server_error(RequestFactory().get("/"))
    assert "Something broke on our side" in response.content.decode()


def test_forbidden_page_says_what_a_role_is_missing():
    response = defaults.permission_denied(RequestFactory().get("/"), PermissionDenied())
    assert "your role does not include this" in response.content.decode()


@pytest.mark.parametrize("page", ["400", "403", "403_csrf", "404", "500"])
def test_error_page_leads_to_the_overview(page):
    assert f'href="{reverse("overview")}"' in render_to_string(f"{page}.html")


def guess(client: Client, count: int = 6, username: str = "vic"):
    for _ in range(count):
        response = log_in(client, username=username, password="wrong")
    return response


def test_too_many_tries_are_answered_with_when_to_try_again(client, viewer):
    response = guess(client)
    assert response.status_code == 429
    assert 0 < int(response.headers["Retry-After"]) <= 60
    assert "Try again in 1 minute." in text_of(response)


def test_the_right_password_does_not_work_when_there_were_too_many_tries(client, viewer):
    guess(client)
    assert log_in(client).status_code == 429


def test_an_account_that_does_not_exist_is_answered_alike(client, viewer):
    def bare(page: str) -> str:
        return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", page).replace("nobody", "vic")

    known = [log_in(client, password="wrong") for _ in range(6)]
    unknown = [log_in(Client(), username="nobody", password="wrong") for _ in range(6)]
    assert [r.status_code for r in known] == [r.status_code for r in unknown] == [200] * 5 + [429]
    assert bare(known[0].content.decode()) == bare(unknown[0].content.decode())


def test_an_account_that_does_not_exist_costs_a_hash_like_others(client, db, monkeypatch):
    hashed: list[str] = []
    monkeypatch.setattr(User, "set_password", lambda _self, raw: hashed.append(raw))
    log_in(client, username="nobody", password="wrong")
    assert hashed == ["wrong"]


@pytest.mark.parametrize("kind", ["known", "switched off", "without a password"])
def test_no_account_costs_other_questions_than_one_that_does_not_exist(
    viewer, kind, django_assert_num_queries
):
    if kind == "switched off":
        User.objects.update(is_active=False)
    elif kind == "without a password":
        viewer.set_unusable_password()
        viewer.save()
    with CaptureQueriesContext(connection) as asked:
        log_in(Client(REMOTE_ADDR="192.0.2.1"), username="nobody", password="wrong")
    with django_assert_num_queries(len(asked)):
        log_in(Client(REMOTE_ADDR="192.0.2.2"), password="wrong")


def test_a_browser_that_was_logged_in_before_is_not_kept_out_by_others(viewer):
    mine, theirs = Client(), Client()
    log_in(mine)
    mine.post(reverse("logout"))
    guess(theirs, 25)
    assert log_in(mine).status_code == 302


def test_the_cookie_of_a_browser_counts_for_its_account_only(viewer, administrator):
    mine = Client()
    log_in(mine)
    mine.post(reverse("logout"))
    guess(Client(), username="ada")
    assert guess(mine, 1, username="ada").status_code == 429


def test_a_made_up_cookie_of_a_browser_is_none(client, viewer, settings):
    guess(client)
    client.cookies[settings.PBXDASH_BROWSER_COOKIE] = "mine.0000:1:2"
    assert log_in(client).status_code == 429


def test_a_password_beyond_all_measure_is_wrong_and_no_work(client, viewer, monkeypatch):
    monkeypatch.setattr(User, "check_password", lambda *_: pytest.fail("was hashed"))
    page = log_in(client, password="x" * 129).content.decode()
    assert "Please enter a correct username and password." in page


def test_an_empty_form_is_not_counted(client, viewer):
    for _ in range(10):
        log_in(client, password="")
    assert log_in(client).status_code == 302


def test_the_admin_has_no_log_in_of_its_own(client, viewer):
    response = client.get("/admin/auth/user/?q=x", follow=True)
    assert response.redirect_chain[-1][0] == "/login/?next=/admin/auth/user/%3Fq%3Dx"
    posted = client.post("/admin/login/", {"username": "vic", "password": "wrong"})
    assert posted.headers["Location"].startswith("/login/")


def test_the_admin_refuses_a_person_who_is_no_staff(viewer_client):
    assert viewer_client.get("/admin/", follow=True).status_code == 403


def test_leaving_by_the_admin_clears_the_browser_too(admin_client):
    assert "Clear-Site-Data" in admin_client.post("/admin/logout/").headers
