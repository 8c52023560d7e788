"""Single sign-on: the way there and back, and the role that comes with it."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
import responses
from allauth.socialaccount.models import SocialAccount
from django.contrib.auth.models import Group, User
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from pbxdash.single_sign_on import DEPARTURES
from tests.views.pages import text_of
from trunks.models import AuditEntry

ISSUER = "https://idp.example"
CONFIGURATION = {
    "issuer": ISSUER,
    "authorization_endpoint": f"{ISSUER}/authorize",
    "token_endpoint": f"{ISSUER}/token",
    "userinfo_endpoint": f"{ISSUER}/userinfo",
    "jwks_uri": f"{ISSUER}/keys",
    "token_endpoint_auth_methods_supported": ["client_secret_post"],
}
SSO = {"provider_id": "sso"}
KIM = {"sub": "42", "preferred_username": "kim", "email": "kim@example.com"}


@pytest.fixture
def provider(db: None) -> Iterator[responses.RequestsMock]:
    """A provider that knows whoever comes with a code."""
    cache.clear()
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        mock.get(f"{ISSUER}/.well-known/openid-configuration", json=CONFIGURATION)
        mock.post(f"{ISSUER}/token", json={"access_token": "token-4711", "token_type": "Bearer"})
        yield mock


def set_out(client: Client, **fields: str) -> dict[str, str]:
    """Go to the provider; return what it is told."""
    page = client.post(reverse("openid_connect_login", kwargs=SSO), fields).content.decode()
    found = re.search(r'content="0; url=([^"]+)"', page)
    assert found
    address = urlsplit(html.unescape(found[1]))
    assert f"{address.scheme}://{address.netloc}{address.path}" == f"{ISSUER}/authorize"
    return {name: values[0] for name, values in parse_qs(address.query).items()}


def come_back(
    client: Client, provider: responses.RequestsMock, told: dict[str, str], **claims: Any
):
    provider.upsert(responses.GET, f"{ISSUER}/userinfo", json={**KIM, **claims})
    return client.get(
        reverse("openid_connect_callback", kwargs=SSO), {"code": "c", "state": told["state"]}
    )


def sign_on(client: Client, provider: responses.RequestsMock, groups: Any, **claims: Any) -> Any:
    return come_back(client, provider, set_out(client), groups=groups, **claims)


def roles_of(username: str) -> list[str]:
    return sorted(User.objects.get(username=username).groups.values_list("name", flat=True))


def test_the_log_in_page_offers_it_by_its_name(client, db):
    assert "Log in with Example AG" in text_of(client.get(reverse("login")))


def test_the_way_there_is_no_link_that_others_could_lay(client, provider):
    assert client.get(reverse("openid_connect_login", kwargs=SSO)).status_code == 405


def test_the_provider_is_asked_with_a_state_and_a_challenge(client, provider):
    told = set_out(client)
    assert told["redirect_uri"] == "http://testserver/sso/callback/"
    assert told["code_challenge_method"] == "S256"
    assert len(told["state"]) >= 16


def test_a_person_with_a_role_comes_in_where_they_wanted_to(client, provider):
    told = set_out(client, next="/trunks/?q=03")
    response = come_back(client, provider, told, groups=["staff"])
    assert response.headers["Location"] == "/trunks/?q=03"
    assert client.get(reverse("overview")).status_code == 200
    assert roles_of("kim") == ["viewer"]


def test_a_new_person_has_no_password_here(client, provider):
    sign_on(client, provider, ["staff"])
    assert not User.objects.get(username="kim").has_usable_password()


def test_the_same_person_is_known_again_by_their_subject(client, provider):
    sign_on(client, provider, ["staff"])
    sign_on(Client(), provider, ["staff"], preferred_username="kimberly")
    assert User.objects.count() == 1


def test_a_name_that_is_taken_takes_no_account_over(client, provider, viewer):
    sign_on(client, provider, ["staff"], preferred_username="vic", email="vic@example.com")
    assert User.objects.count() == 2
    assert int(client.session["_auth_user_id"]) != viewer.pk


@pytest.mark.parametrize(
    ("groups", "role"),
    [
        (["staff", "pbx-admins"], ["administrator"]),
        (["staff", "pbx-audit"], ["auditor"]),
        ("staff", ["viewer"]),
    ],
)
def test_the_first_role_of_the_setting_is_given(client, provider, groups, role):
    sign_on(client, provider, groups)
    assert roles_of("kim") == role


@pytest.mark.parametrize("groups", [[], None, "", ["Staff"], [["staff"]], {"staff": True}, 7])
def test_nobody_comes_in_without_a_role(client, provider, groups):
    response = sign_on(client, provider, groups)
    assert response.status_code == 403
    assert "grants you no role here" in text_of(response)
    assert not User.objects.exists()


def test_a_role_that_is_no_longer_granted_is_lost_at_the_next_log_in(client, provider):
    sign_on(client, provider, ["pbx-admins"])
    assert User.objects.get().is_staff
    assert sign_on(Client(), provider, ["others"]).status_code == 403
    assert roles_of("kim") == []
    assert not User.objects.get().is_staff


def test_a_role_changes_with_the_claim(client, provider):
    sign_on(client, provider, ["pbx-admins"])
    sign_on(Client(), provider, ["staff"])
    assert roles_of("kim") == ["viewer"]


def test_groups_of_other_kinds_stay(client, provider):
    sign_on(client, provider, ["staff"])
    User.objects.get().groups.add(Group.objects.create(name="leeds"))
    sign_on(Client(), provider, ["pbx-audit"])
    assert roles_of("kim") == ["auditor", "leeds"]


def test_a_claim_may_be_nested(client, provider, settings):
    settings.PBXDASH_OIDC_CLAIM = "realm_access.roles"
    sign_on(client, provider, None, realm_access={"roles": ["staff"]})
    assert roles_of("kim") == ["viewer"]


def test_a_person_who_was_switched_off_stays_out(client, provider):
    sign_on(client, provider, ["staff"])
    User.objects.update(is_active=False)
    other = Client()
    assert sign_on(other, provider, ["staff"]).status_code == 403
    assert other.get(reverse("overview")).status_code == 302


def test_an_answer_that_was_not_asked_for_lets_nobody_in(client, provider):
    response = come_back(client, provider, {"state": "made-up"}, groups=["staff"])
    assert "Single sign-on did not work" in text_of(response)
    assert client.get(reverse("overview")).status_code == 302


def test_an_answer_for_another_browser_lets_nobody_in(client, provider):
    told = set_out(Client())
    come_back(client, provider, told, groups=["staff"])
    assert client.get(reverse("overview")).status_code == 302


def test_a_person_who_cancels_is_back_at_the_log_in(client, provider):
    told = set_out(client)
    callback = reverse("openid_connect_callback", kwargs=SSO)
    asked = {"error": "access_denied", "state": told["state"]}
    response = client.get(callback, asked, follow=True)
    assert "you cancelled it" in text_of(response)


def test_a_provider_that_cannot_be_reached_is_said(client, provider):
    address = f"{ISSUER}/.well-known/openid-configuration"
    provider.upsert(responses.GET, address, body=requests.ConnectionError("secret"))
    response = client.post(reverse("openid_connect_login", kwargs=SSO), follow=True)
    assert "cannot be reached just now" in text_of(response)


def test_no_secret_of_the_provider_is_told_or_kept(client, provider, caplog):
    told = set_out(client)
    assert "tests-only-client-secret" not in str(told)
    come_back(client, provider, told, groups=["staff"])
    assert "token-4711" not in str(dict(client.session))
    assert "token-4711" not in caplog.text


def test_nobody_ties_an_account_of_the_provider_to_another_one(viewer_client, viewer, provider):
    """An open session would be enough, and whoever did it could come back for ever."""
    told = set_out(viewer_client, process="connect")
    come_back(viewer_client, provider, told, groups=["staff"])
    assert not SocialAccount.objects.filter(user=viewer).exists()


def test_who_sets_out_says_nothing_of_what_the_provider_is_asked(client, provider):
    address = reverse("openid_connect_login", kwargs=SSO)
    more = "?auth_params=redirect_uri%3Dhttps://evil.example&scope=offline_access&process=connect"
    page = client.post(address + more).content.decode()
    assert "evil.example" not in page
    assert "offline_access" not in page


@pytest.mark.parametrize(
    "there", ["https://evil.example/", "//evil.example", "javascript:alert(1)"]
)
def test_it_leads_to_no_other_site(client, provider, there):
    told = set_out(client, next=there)
    assert come_back(client, provider, told, groups=["staff"]).headers["Location"] == "/"


def test_who_is_no_longer_granted_a_role_is_logged_out_everywhere(client, provider):
    sign_on(client, provider, ["staff"])
    assert sign_on(Client(), provider, ["others"]).status_code == 403
    assert client.get(reverse("overview")).status_code == 302


def test_who_is_refused_in_an_open_session_is_told_why(client, provider):
    sign_on(client, provider, ["staff"])
    refused = sign_on(client, provider, ["others"])
    assert "grants you no role here" in text_of(refused)
    assert client.get(reverse("overview")).status_code == 302


def test_who_is_refused_takes_nobody_else_out(viewer_client, provider):
    assert sign_on(viewer_client, provider, ["others"]).status_code == 403
    assert viewer_client.get(reverse("overview")).status_code == 200


CONFIGURED = f"{ISSUER}/.well-known/openid-configuration"
STAFF = {**KIM, "groups": ["staff"]}


@pytest.mark.parametrize(
    ("address", "answer"),
    [
        (CONFIGURED, {"body": requests.ConnectionError("token-4711")}),
        (CONFIGURED, {"json": {}}),
        (CONFIGURED, {"json": []}),
        (CONFIGURED, {"json": {**CONFIGURATION, "token_endpoint": 7}}),
        (CONFIGURED, {"body": "<html>"}),
        (f"{ISSUER}/token", {"json": {}}),
        (f"{ISSUER}/token", {"json": {"access_token": "token-4711", "expires_in": "soon"}}),
        (f"{ISSUER}/token", {"json": {"access_token": "token-4711", "id_token": "no"}}),
        (f"{ISSUER}/userinfo", {"json": ["staff"]}),
        (f"{ISSUER}/userinfo", {"json": None}),
        (f"{ISSUER}/userinfo", {"json": {"groups": ["staff"]}}),
        (f"{ISSUER}/userinfo", {"json": {**STAFF, "sub": "x" * 300}}),
        (f"{ISSUER}/userinfo", {"json": {**STAFF, "name": "half \ud800"}}),
        (f"{ISSUER}/userinfo", {"json": {**STAFF, "name": "nul \0"}}),
    ],
)
def test_a_provider_that_answers_nonsense_lets_nobody_in(client, provider, caplog, address, answer):
    told = set_out(client)
    provider.upsert(responses.GET, f"{ISSUER}/userinfo", json=STAFF)
    provider.upsert(
        responses.POST if address.endswith("token") else responses.GET, address, **answer
    )
    callback = reverse("openid_connect_callback", kwargs=SSO)
    response = client.get(callback, {"code": "c", "state": told["state"]})
    assert response.status_code == 401
    assert "Single sign-on did not work" in text_of(response)
    assert "Single sign-on failed" in caplog.text
    assert "token-4711" not in caplog.text
    assert not User.objects.exists()


@pytest.mark.parametrize("answer", [{"json": {}}, {"json": []}, {"body": "<html>"}])
def test_a_provider_that_says_nonsense_before_is_said(client, provider, answer):
    provider.upsert(responses.GET, CONFIGURED, **answer)
    response = client.post(reverse("openid_connect_login", kwargs=SSO), follow=True)
    assert "cannot be reached just now" in text_of(response)


@pytest.mark.parametrize("name", [None, "", 7, ["kim"], {}, "x" * 300, "<b>", "日本"])
def test_odd_names_are_no_obstacle(client, provider, name):
    odd = dict.fromkeys(("preferred_username", "given_name", "family_name", "name"), name)
    assert sign_on(client, provider, ["staff"], **odd).headers["Location"] == "/"
    assert User.objects.get().username


def test_an_address_that_somebody_has_takes_no_account_over(client, provider, viewer):
    User.objects.update(email=KIM["email"])
    sign_on(client, provider, ["staff"])
    assert User.objects.count() == 2
    assert int(client.session["_auth_user_id"]) != viewer.pk


def test_an_account_is_made_with_its_role_or_not_at_all(client, provider, monkeypatch):
    monkeypatch.setattr("pbxdash.allauth_adapters.role_claim", lambda **_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        sign_on(client, provider, ["staff"])
    assert not User.objects.exists()


def test_claims_of_two_people_change_no_role(client, provider, monkeypatch):
    sign_on(client, provider, ["pbx-admins"])
    monkeypatch.setattr("pbxdash.allauth_adapters.has_two_subjects", lambda _claims: True)
    assert sign_on(Client(), provider, ["staff"]).status_code == 403
    assert roles_of("kim") == ["administrator"]


def test_the_audit_log_says_that_somebody_came_by_single_sign_on(client, provider):
    for browser in (client, Client()):
        sign_on(browser, provider, ["staff"])
        entry = AuditEntry.objects.newest_first()[0]
        assert (entry.action, entry.actor_name) == ("log-in", "kim")
        assert entry.facts == {"how": ["single sign-on"]}


def test_the_audit_log_says_whose_sessions_the_end_of_a_role_ended(client, provider):
    sign_on(client, provider, ["staff"])
    sign_on(Client(), provider, ["others"])
    entry = AuditEntry.objects.newest_first()[0]
    assert (entry.action, entry.actor_name, entry.subject) == ("sessions-ended", "", "kim")


def test_nobody_keeps_the_provider_busy(client, provider):
    address = reverse("openid_connect_login", kwargs=SSO)
    answers = [client.post(address).status_code for _ in range(DEPARTURES.times + 1)]
    assert answers == [200] * DEPARTURES.times + [429]
    assert client.post(address, REMOTE_ADDR="192.0.2.1").status_code == 200
