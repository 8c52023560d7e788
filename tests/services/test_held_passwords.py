"""Passwords between two posts of one form."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from trunks.services.held_passwords import held_password_open, held_password_seal, password_hold

pytestmark = pytest.mark.django_db

MD5_OF_SECRET = "5ebe2294ecd0e0f08eab7690d2a6ee69"


@pytest.fixture
def token(administrator) -> str:
    """What the page carries after "secret" was typed."""
    held = password_hold(password="secret", authority="192.168.5.150:8088")
    return held_password_seal(held=held, user=administrator)


def test_the_same_person_gets_it_back(token, administrator):
    held = held_password_open(token=token, user=administrator)
    assert held is not None
    assert (held.password_md5, held.authority) == (MD5_OF_SECRET, "192.168.5.150:8088")


def test_the_token_shows_neither_password_nor_digest(token):
    assert "secret" not in token
    assert MD5_OF_SECRET not in token


def test_another_person_gets_nothing(token, viewer):
    assert held_password_open(token=token, user=viewer) is None


def test_an_old_one_is_gone(token, administrator, monkeypatch):
    later = timezone.now() + timedelta(minutes=15, seconds=1)
    monkeypatch.setattr(timezone, "now", lambda: later)
    assert held_password_open(token=token, user=administrator) is None


@pytest.mark.parametrize(
    "change", [lambda t: t[:-4] + "AAAA", lambda t: t[3:], lambda t: "", lambda t: "v1:tests:AA=="]
)
def test_a_changed_one_is_refused(token, administrator, change):
    assert held_password_open(token=change(token), user=administrator) is None


def test_a_saved_secret_is_no_token(administrator):
    from tests.builders import make_pbx

    assert held_password_open(token=make_pbx().secret, user=administrator) is None


def test_without_a_key_it_is_gone(token, administrator, settings):
    settings.PBXDASH_KEYS = ""
    assert held_password_open(token=token, user=administrator) is None


def test_it_never_shows_its_digest_in_a_traceback():
    assert MD5_OF_SECRET not in repr(password_hold(password="secret", authority=""))
