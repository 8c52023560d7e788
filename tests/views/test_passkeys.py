"""Passkeys: added, used beside a password and without one, and whatever else a browser sends."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import User
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from tests.passkey import Passkey
from tests.views.pages import text_of

PASSWORD = "correct horse battery"


def log_in(client: Client, username: str = "vic") -> Any:
    return client.post(reverse("login"), {"username": username, "password": PASSWORD})


def data_of(page: Any) -> dict[str, Any]:
    """Return what the script of a page is given."""
    found = re.search(
        r'id="passkey-data" type="application/json">(.+?)</script>', page.content.decode()
    )
    assert found
    return dict(json.loads(found[1]))


def post(client: Client, route: str, credential: Any, **fields: str) -> Any:
    return client.post(reverse(route), {"credential": json.dumps(credential), **fields})


def add_to(client: Client, passkey: Passkey, **more: Any) -> Any:
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    options = data_of(client.get(reverse("mfa_add_webauthn")))["creation_options"]
    return post(client, "mfa_add_webauthn", {**passkey.make(options), **more}, name="Key")


def challenge_for_log_in(client: Client) -> dict[str, Any]:
    headers = {"X-Requested-With": "XMLHttpRequest"}
    told = client.get(reverse("mfa_login_webauthn"), headers=headers).json()
    return dict(told["request_options"])


def is_logged_in(client: Client) -> bool:
    return client.get(reverse("overview")).status_code == 200


@pytest.fixture(autouse=True)
def nothing_was_tried(db: None) -> None:
    """The library counts in the cache, which outlives a test."""
    cache.clear()


@pytest.fixture
def person(viewer: User) -> Client:
    """A browser in which the viewer is logged in by the password."""
    client = Client()
    log_in(client)
    return client


@pytest.fixture
def passkey(person: Client) -> Passkey:
    """A passkey of the viewer."""
    passkey = Passkey()
    assert add_to(person, passkey).status_code == 302
    cache.clear()
    return passkey


def test_a_passkey_finishes_a_log_in(client, passkey):
    assert log_in(client).headers["Location"] == reverse("mfa_authenticate")
    options = data_of(client.get(reverse("mfa_authenticate")))["request_options"]
    post(client, "mfa_authenticate", passkey.use(options, verified=False))
    assert is_logged_in(client)


def test_a_passkey_with_its_pin_is_all_of_a_log_in(client, passkey):
    post(client, "mfa_login_webauthn", passkey.use(challenge_for_log_in(client)))
    assert is_logged_in(client)


def test_a_passkey_without_its_pin_is_not(client, passkey):
    found = passkey.use(challenge_for_log_in(client), verified=False)
    post(client, "mfa_login_webauthn", found)
    assert not is_logged_in(client)


def test_the_challenge_of_another_second_step_asks_for_no_pin_and_is_no_way_in(
    passkey, administrator, settings
):
    """Whoever has an account and finds the key of a colleague could come in as that colleague."""
    thief = Client()
    log_in(thief, "ada")
    add_to(thief, Passkey())
    thief.post(reverse("logout"))
    cache.clear()
    log_in(thief, "ada")
    options = data_of(thief.get(reverse("mfa_authenticate")))["request_options"]
    settings.ACCOUNT_LOGIN_TIMEOUT = -1  # The step is over; its challenge is still in the session.
    post(thief, "mfa_login_webauthn", passkey.use(options, verified=False))
    assert not is_logged_in(thief)


def test_an_answer_works_once(client, passkey):
    answer = passkey.use(challenge_for_log_in(client))
    post(client, "mfa_login_webauthn", answer)
    client.post(reverse("logout"))
    post(client, "mfa_login_webauthn", answer)
    assert not is_logged_in(client)


def test_a_person_who_was_switched_off_stays_out(client, passkey):
    User.objects.filter(username="vic").update(is_active=False)
    post(client, "mfa_login_webauthn", passkey.use(challenge_for_log_in(client)))
    assert not is_logged_in(client)


def test_a_passkey_is_removed_after_a_question(person, passkey):
    page = reverse("mfa_remove_webauthn", args=[Authenticator.objects.get(type="webauthn").pk])
    assert "“Key” no longer lets you in here." in text_of(person.get(page))
    person.post(page)
    assert not Authenticator.objects.exists()


def test_what_is_kept_of_a_passkey_is_what_is_needed(person):
    extension = {"credProps": {"rk": "x\0"}, "more": "\ud800"}
    add_to(person, Passkey(), more="nul \0", clientExtensionResults=extension)
    kept = Authenticator.objects.get(type="webauthn").data["credential"]
    assert sorted(kept) == ["clientExtensionResults", "id", "rawId", "response", "type"]
    assert kept["clientExtensionResults"] == {"credProps": {"rk": False}}
    assert person.get(reverse("mfa_list_webauthn")).status_code == 200


@pytest.mark.parametrize("part", ["id", "rawId"])
def test_a_new_passkey_with_odd_characters_is_refused(person, part):
    page = add_to(person, Passkey(), **{part: "eA\0"})
    assert "could not be added" in text_of(page)
    assert not Authenticator.objects.exists()


def test_the_name_of_a_passkey_has_an_end(person):
    person.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    options = data_of(person.get(reverse("mfa_add_webauthn")))["creation_options"]
    made = Passkey().make(options)
    assert post(person, "mfa_add_webauthn", made, name="x" * 81).status_code == 200
    assert not Authenticator.objects.exists()


ODD = [
    "",
    "{",
    "7",
    "[]",
    "null",
    "[" * 100_000,
    "9" * 5000,
    '{"id": "\\ud800"}',
    '{"response": 7}',
    '{"response": {"userHandle": 7}}',
    json.dumps(
        {"id": "eA", "rawId": "eA", "type": "public-key", "response": {"userHandle": "OTk5"}}
    ),
]


@pytest.mark.parametrize("odd", ODD, ids=range(len(ODD)))
def test_what_is_no_passkey_lets_nobody_in_and_is_no_mistake_of_ours(client, passkey, odd):
    challenge_for_log_in(client)
    page = client.post(reverse("mfa_login_webauthn"), {"credential": odd}, follow=True)
    assert page.redirect_chain[-1][0] == reverse("login")
    log_in(client)
    assert client.post(reverse("mfa_authenticate"), {"credential": odd}).status_code == 200
    assert not is_logged_in(client)
