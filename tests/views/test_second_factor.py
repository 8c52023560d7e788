"""The second factor: set up, asked for, got around by a recovery code, taken away."""

from __future__ import annotations

import re
import time
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth
from django.contrib.auth.models import User
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from tests.keys import NEW
from tests.views.pages import text_of
from trunks.models import AuditEntry, PersonSession

PASSWORD = "correct horse battery"


def log_in(client: Client, **fields: str) -> Any:
    return client.post(reverse("login"), {"username": "vic", "password": PASSWORD, **fields})


def code_of(secret: str) -> str:
    counter = int(time.time()) // 30
    return str(auth.format_hotp_value(auth.hotp_value(secret, counter)))


@pytest.fixture(autouse=True)
def nothing_was_tried(db: None) -> None:
    """The library counts in the cache, which outlives a test."""
    cache.clear()


@pytest.fixture
def person(viewer: User) -> Client:
    """A browser in which the viewer is logged in, and confirmed it by the password just now."""
    client = Client()
    log_in(client)
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    return client


@pytest.fixture
def secret(person: Client) -> str:
    """The secret of an app that the viewer set up."""
    page = person.get(reverse("mfa_activate_totp")).content.decode()
    found = re.search(r'<code class="secret">(\w+)</code>', page)
    assert found
    answer = person.post(reverse("mfa_activate_totp"), {"code": code_of(found[1])})
    assert answer.headers["Location"] == reverse("mfa_view_recovery_codes")
    cache.clear()  # The code may be used once more, in the same half minute.
    return found[1]


def test_the_secret_of_an_app_waits_sealed_and_stays_the_same_after_a_wrong_code(person):
    begin = reverse("mfa_activate_totp")
    shown = re.search(r'<code class="secret">(\w+)</code>', person.get(begin).content.decode())
    assert shown
    assert shown[1] not in str(dict(person.session))
    again = person.post(begin, {"code": "000000"})
    assert shown[1] in again.content.decode()
    assert shown[1] not in str(dict(person.session))


@pytest.fixture
def codes(person: Client, secret: str) -> list[str]:
    """The recovery codes, as the page shows them once."""
    page = person.get(reverse("mfa_view_recovery_codes")).content.decode()
    return re.findall(r"<li><code>(\w+)</code></li>", page)


def test_nobody_is_asked_who_has_none(client, viewer):
    assert log_in(client, next="/trunks/?q=03").headers["Location"] == "/trunks/?q=03"


def test_the_password_alone_lets_nobody_in_who_has_one(client, secret):
    assert log_in(client).headers["Location"] == reverse("mfa_authenticate")
    assert client.get(reverse("overview")).status_code == 302


def test_the_code_leads_to_the_page_that_was_asked_for(client, secret):
    log_in(client, next="/trunks/?q=03")
    response = client.post(reverse("mfa_authenticate"), {"code": code_of(secret)})
    assert response.headers["Location"] == "/trunks/?q=03"
    assert client.get(reverse("overview")).status_code == 200


@pytest.mark.parametrize(
    "there",
    ["https://evil.example/", "//evil.example", "http://localhost/", "https://other.example/"],
)
def test_no_step_leads_to_another_site(client, person, secret, settings, there):
    settings.CSRF_TRUSTED_ORIGINS = ["https://other.example"]
    confirm = person.post(reverse("account_reauthenticate"), {"password": PASSWORD, "next": there})
    assert confirm.headers["Location"] == "/"
    log_in(client)
    code = {"code": code_of(secret), "next": there}
    assert client.post(reverse("mfa_authenticate"), code).headers["Location"] == "/"


def test_a_wrong_code_is_said(client, secret):
    log_in(client)
    page = text_of(client.post(reverse("mfa_authenticate"), {"code": "000000"}))
    assert "This code is not right" in page


def test_a_code_works_once(client, secret):
    code = code_of(secret)
    log_in(client)
    client.post(reverse("mfa_authenticate"), {"code": code})
    other = Client()
    log_in(other)
    answer: Any = other.post(reverse("mfa_authenticate"), {"code": code})
    assert "used before" in text_of(answer)


def test_codes_cannot_be_guessed(client, secret):
    log_in(client)
    for _ in range(5):
        client.post(reverse("mfa_authenticate"), {"code": "000000"})
    page = text_of(client.post(reverse("mfa_authenticate"), {"code": code_of(secret)}))
    assert "too many" in page.lower()
    assert client.get(reverse("overview")).status_code == 302


def test_there_are_ten_recovery_codes(codes):
    assert len(set(codes)) == 10


def test_a_recovery_code_lets_in_once(client, codes):
    log_in(client)
    client.post(reverse("mfa_authenticate"), {"code": codes[0]})
    assert client.get(reverse("overview")).status_code == 200
    other = Client()
    log_in(other)
    other.post(reverse("mfa_authenticate"), {"code": codes[0]})
    assert other.get(reverse("overview")).status_code == 302


def test_recovery_codes_are_shown_once(person, codes):
    page = person.get(reverse("mfa_view_recovery_codes")).content.decode()
    assert not [code for code in codes if code in page]


def test_new_recovery_codes_replace_the_old_ones(client, person, codes):
    person.post(reverse("mfa_generate_recovery_codes"))
    log_in(client)
    page = text_of(client.post(reverse("mfa_authenticate"), {"code": codes[0]}))
    assert "This code is not right" in page


def test_no_secret_is_in_the_database_in_clear(secret, codes):
    kept = str(list(Authenticator.objects.values_list("data")))
    assert kept.count("v1:tests:") == 2
    assert secret not in kept
    assert not [code for code in codes if code in kept]


def test_the_app_is_taken_away(client, person, secret):
    person.post(reverse("mfa_deactivate_totp"))
    assert log_in(client).headers["Location"] == "/"
    assert not Authenticator.objects.exists()


def test_a_change_asks_again_who_it_is(person, settings):
    settings.ACCOUNT_REAUTHENTICATION_TIMEOUT = 0
    for name in ("mfa_activate_totp", "mfa_add_webauthn", "mfa_generate_recovery_codes"):
        response = person.get(reverse(name))
        assert response.headers["Location"].startswith(reverse("account_reauthenticate"))


def test_the_password_confirms_who_it_is(person, settings):
    settings.ACCOUNT_REAUTHENTICATION_TIMEOUT = 0
    person.get(reverse("mfa_activate_totp"))
    settings.ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
    page = reverse("account_reauthenticate") + "?next=" + reverse("mfa_activate_totp")
    assert "Is it you?" in text_of(person.get(page))
    assert person.post(page, {"password": PASSWORD}).status_code == 302


def test_the_password_cannot_be_guessed_there(person):
    page = reverse("account_reauthenticate")
    for _ in range(5):
        assert "Incorrect password" in text_of(person.post(page, {"password": "wrong"}))
    assert "too many tries" in text_of(person.post(page, {"password": PASSWORD}))


def test_a_session_begins_with_the_second_step(client, secret):
    PersonSession.objects.all().delete()
    log_in(client)
    assert not PersonSession.objects.exists()
    client.post(reverse("mfa_authenticate"), {"code": code_of(secret)})
    assert PersonSession.objects.get().session_key == client.session.session_key


def test_switched_off_nobody_is_asked(client, secret, settings):
    settings.PBXDASH_SECOND_FACTOR = False
    assert log_in(client).headers["Location"] == "/"


@pytest.mark.parametrize(
    "name",
    [
        "mfa_index",
        "mfa_list_webauthn",
        "mfa_add_webauthn",
        "mfa_generate_recovery_codes",
        "mfa_deactivate_totp",
    ],
)
def test_every_page_is_in_our_look(person, secret, name):
    page = person.get(reverse(name)).content.decode()
    assert 'class="page-header"' in page
    assert "static/css/account.css" in page


def test_pages_speak_chinese_too(person, secret):
    person.post(reverse("set_language"), {"language": "zh-hans"})
    page = person.get(reverse("mfa_index")).content.decode()
    assert '<html lang="zh-hans"' in page


@pytest.mark.parametrize("path", ["/accounts/signup/", "/accounts/password/reset/", "/login/code/"])
def test_nothing_else_of_the_library_is_reached(client, db, path):
    assert client.get(path).status_code in {302, 404}


def test_nobody_signs_up(client, db):
    from django.urls import NoReverseMatch

    for name in (
        "account_signup",
        "account_reset_password",
        "account_email",
        "socialaccount_signup",
    ):
        with pytest.raises(NoReverseMatch):
            reverse(name)


def test_a_passkey_that_nobody_has_lets_nobody_in(client, viewer):
    response = client.post(reverse("mfa_login_webauthn"), {"credential": '{"id": "x"}'})
    assert response.headers["Location"] == reverse("login")


def test_the_admin_deletes_a_factor_and_shows_no_secret(admin_client, secret):
    factor = Authenticator.objects.get(type="totp")
    page = admin_client.get(f"/admin/mfa/authenticator/{factor.pk}/change/").content.decode()
    assert "v1:tests:" not in page
    admin_client.post(f"/admin/mfa/authenticator/{factor.pk}/delete/", {"post": "yes"})
    assert not Authenticator.objects.filter(type="totp").exists()


def test_too_many_passkeys_are_answered_by_a_page_in_our_look(client, viewer):
    for _ in range(11):
        answer = client.post(reverse("mfa_login_webauthn"), {"credential": "{}"})
    assert answer.status_code == 429
    assert "Wait a minute" in text_of(answer)
    assert 'class="plain"' in answer.content.decode()


CODE_PAGES = ["mfa_index", "mfa_view_recovery_codes", "mfa_generate_recovery_codes"]


@pytest.mark.parametrize("name", CODE_PAGES)
def test_codes_under_a_key_that_is_missing_are_said_to_be_lost(person, secret, settings, name):
    settings.PBXDASH_KEYS = NEW
    page = person.get(reverse(name))
    assert page.status_code == 503
    assert "cannot be read" in text_of(page)
    assert f'action="{reverse("mfa_generate_recovery_codes")}"' in page.content.decode()


def test_new_codes_take_the_place_of_lost_ones(person, secret, settings):
    settings.PBXDASH_KEYS = NEW
    answer = person.post(reverse("mfa_generate_recovery_codes"), follow=True)
    assert answer.content.decode().count("<li><code>") == 10
    assert person.get(reverse("mfa_index")).status_code == 200


def test_a_code_cannot_be_checked_without_the_key_of_its_app(client, secret, settings, caplog):
    log_in(client)
    settings.PBXDASH_KEYS = NEW
    page = client.post(reverse("mfa_authenticate"), {"code": code_of(secret)})
    assert "a key of this site is missing" in text_of(page)
    assert "sealed under a key that is missing" in caplog.text
    assert client.get(reverse("overview")).status_code == 302


def entries() -> list[tuple[str, str, str, dict[str, Any]]]:
    """Return the newest entries of the audit log, the newest one first."""
    newest = AuditEntry.objects.newest_first()[:4]
    return [(one.action, one.actor_name, one.subject, one.facts) for one in newest]


def test_what_people_change_of_their_second_factor_is_in_the_audit_log(person, secret):
    added = [("factor-changed", "vic", "vic", {"what": "added", "factor": "app"})]
    added.insert(0, ("factor-changed", "vic", "vic", {"what": "added", "factor": "recovery codes"}))
    assert entries()[:2] == added
    person.post(reverse("mfa_generate_recovery_codes"))
    assert [facts["what"] for *_, facts in entries()[:2]] == ["added", "removed"]
    person.post(reverse("mfa_deactivate_totp"))
    assert {facts["factor"] for *_, facts in entries()[:2]} == {"app", "recovery codes"}


def test_by_what_somebody_came_in_is_in_the_audit_log(client, secret):
    log_in(client)
    client.post(reverse("mfa_authenticate"), {"code": code_of(secret)})
    assert entries()[0] == ("log-in", "vic", "", {"how": ["password", "app"]})


def test_a_wrong_code_is_in_the_audit_log_like_a_wrong_password(client, secret):
    log_in(client)
    client.post(reverse("mfa_authenticate"), {"code": "000000"})
    assert entries()[0] == ("log-in-failed", "", "vic", {"how": ["app"]})
