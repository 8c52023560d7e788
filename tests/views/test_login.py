"""Log-in, log-out, and the pages that stand without a log-in."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied
from django.template.loader import render_to_string
from django.test import Client, RequestFactory
from django.urls import reverse
from django.views import defaults


def log_in(client: Client, **fields: str):
    return client.post(
        reverse("login"), {"username": "vic", "password": "correct horse battery", **fields}
    )


def test_right_password_leads_to_the_page_that_was_asked_for(client, viewer):
    assert log_in(client, next="/trunks/?q=03").headers["Location"] == "/trunks/?q=03"


def test_log_in_leads_to_no_other_site(client, viewer):
    assert log_in(client, next="https://evil.example/").headers["Location"] == "/"


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
