"""Changing one's own password."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from pbxdash import settings as product
from tests.views.pages import text_of
from trunks.models import PersonSession

OLD, NEW = "correct horse battery", "nine brown foxes jump"


def change(client: Client, old: str = OLD, new: str = NEW, again: str | None = None):
    fields = {"old_password": old, "new_password1": new, "new_password2": again or new}
    return client.post(reverse("password-change"), fields)


def test_a_new_password_is_the_one_that_counts(viewer, viewer_client):
    change(viewer_client)
    viewer.refresh_from_db()
    assert viewer.check_password(NEW)


def test_the_session_goes_on_and_all_others_end(viewer, viewer_client):
    other = Client()
    other.force_login(viewer)
    assert change(viewer_client).headers["Location"] == reverse("sessions")
    assert viewer_client.get(reverse("overview")).status_code == 200
    assert other.get(reverse("overview")).status_code == 302
    assert PersonSession.objects.get().session_key == viewer_client.session.session_key


def test_the_old_password_is_asked_for(viewer, viewer_client):
    assert "Your old password was entered incorrectly." in text_of(change(viewer_client, "wrong"))
    viewer.refresh_from_db()
    assert viewer.check_password(OLD)


def test_the_old_password_cannot_be_guessed_here_either(viewer_client):
    for _ in range(5):
        change(viewer_client, "wrong")
    assert change(viewer_client).status_code == 429


def test_a_new_password_that_is_refused_is_not_counted_as_a_guess(viewer_client):
    for _ in range(8):
        assert change(viewer_client, new="short").status_code == 200


@pytest.mark.parametrize(
    ("new", "said"),
    [
        ("short", "at least 12 characters"),
        ("password1234", "too common"),
        ("x" * 129, "at most 128 characters"),
    ],
)
def test_a_password_that_is_no_good_is_refused_with_the_reason(viewer_client, new, said):
    assert said in text_of(change(viewer_client, new=new))


def test_a_long_password_is_taken(viewer, viewer_client):
    change(viewer_client, new="ab c" * 32)
    viewer.refresh_from_db()
    assert viewer.check_password("ab c" * 32)


def test_a_person_without_a_password_is_told_where_to_change_it(viewer, viewer_client):
    viewer.set_unusable_password()
    viewer.save()
    viewer_client.force_login(viewer)
    page = viewer_client.get(reverse("password-change"))
    assert "you log in through your organisation" in text_of(page)


def test_the_admin_changes_passwords_on_the_same_page(admin_client):
    response = admin_client.get("/admin/password_change/")
    assert response.headers["Location"] == reverse("password-change")


def test_the_account_menu_leads_there(viewer_client):
    page = viewer_client.get(reverse("overview")).content.decode()
    assert f'href="{reverse("password-change")}"' in page
    assert f'href="{reverse("sessions")}"' in page


def test_passwords_are_kept_by_argon2():
    assert product.PASSWORD_HASHERS[0].endswith("Argon2PasswordHasher")
