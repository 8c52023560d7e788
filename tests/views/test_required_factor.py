"""Where the settings require it, administrators add a second factor before anything else."""

from __future__ import annotations

from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.builders import make_pbx, make_person
from tests.views.pages import fragment_of, text_of
from trunks.roles import RoleName

pytestmark = pytest.mark.django_db

ADD_ONE = "Administrators need a second factor here."


@pytest.fixture(autouse=True)
def required(settings: Any) -> None:
    """Require it."""
    settings.PBXDASH_SECOND_FACTOR_REQUIRED = True


def logged_in(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def is_led_away(client: Client, name: str = "overview", **data: str) -> bool:
    answer = client.post(reverse(name), data) if data else client.get(reverse(name))
    return answer.headers.get("Location") == reverse("mfa_index")


def with_factor(person: User, kind: str = "totp") -> User:
    Authenticator.objects.create(user=person, type=kind, data={"secret": "x", "seed": "x"})
    return person


@pytest.mark.parametrize("name", ["overview", "pbxs", "search", "admin:index", "audit"])
def test_an_administrator_without_one_reaches_no_page(administrator, name):
    assert is_led_away(logged_in(administrator), name)


def test_so_does_one_by_role(administrator):
    assert is_led_away(logged_in(make_person("chief", RoleName.ADMINISTRATOR)))


def test_nothing_is_posted_either(administrator):
    assert is_led_away(logged_in(administrator), "admin:auth_user_add", username="mallory")
    assert not User.objects.filter(username="mallory").exists()


def test_a_part_of_a_page_sends_the_whole_page_there(administrator):
    answer = fragment_of(logged_in(administrator), reverse("search"))
    assert answer.headers["HX-Redirect"] == reverse("mfa_index")


@pytest.mark.parametrize("kind", ["totp", "webauthn"])
def test_one_with_a_factor_goes_on(administrator, kind):
    assert not is_led_away(logged_in(with_factor(administrator, kind)))


def test_recovery_codes_alone_are_no_factor(administrator):
    assert is_led_away(logged_in(with_factor(administrator, "recovery_codes")))


@pytest.mark.parametrize("role", [RoleName.OPERATOR, RoleName.AUDITOR, None])
def test_others_need_none(role):
    assert not is_led_away(logged_in(make_person("pat", role)))


def test_who_comes_through_the_organisation_needs_none(administrator):
    administrator.set_unusable_password()
    administrator.save()
    assert not is_led_away(logged_in(administrator))


def test_it_is_off_until_it_is_set(administrator, settings):
    settings.PBXDASH_SECOND_FACTOR_REQUIRED = False
    assert not is_led_away(logged_in(administrator))


def test_the_page_says_why_and_shows_nothing_of_the_site(administrator):
    make_pbx("Leeds")
    page: Any = logged_in(administrator).get(reverse("mfa_index"))
    assert ADD_ONE in text_of(page)
    assert "Leeds" not in page.content.decode()


@pytest.mark.parametrize("name", ["sessions", "password-change", "mfa_list_webauthn"])
def test_the_own_account_stays_open(administrator, name):
    make_pbx("Leeds")
    page = logged_in(administrator).get(reverse(name))
    assert page.status_code == 200
    assert "Leeds" not in page.content.decode()


def test_one_can_leave(administrator):
    answer = logged_in(administrator).post(reverse("logout"))
    assert answer.headers["Location"] == reverse("login")


def test_it_costs_no_question_more(administrator, settings, django_assert_num_queries):
    client = logged_in(with_factor(administrator))
    settings.PBXDASH_SECOND_FACTOR_REQUIRED = False
    with CaptureQueriesContext(connection) as asked:
        client.get(reverse("overview"))
    settings.PBXDASH_SECOND_FACTOR_REQUIRED = True
    with django_assert_num_queries(len(asked)):
        client.get(reverse("overview"))
