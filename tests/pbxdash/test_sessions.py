"""Sessions as requests look them up."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.utils import timezone

from pbxdash.sessions import SessionStore

pytestmark = pytest.mark.django_db


def kept(**values):
    session = SessionStore()
    session.update(values)
    session.save()
    return str(session.session_key)


def test_a_session_is_found_by_its_key_with_what_it_holds():
    mine, other = kept(person=1), kept(person=2)
    assert SessionStore(mine)["person"] == 1
    assert SessionStore(other)["person"] == 2


def test_a_session_that_is_over_holds_nothing_and_loses_its_key():
    key = kept(person=1)
    Session.objects.filter(pk=key).update(expire_date=timezone.now() - timedelta(seconds=1))
    session = SessionStore(key)
    assert session.get("person") is None
    assert session.session_key is None


def test_a_session_that_ends_soon_is_still_there():
    key = kept(person=1)
    Session.objects.filter(pk=key).update(expire_date=timezone.now() + timedelta(seconds=30))
    assert SessionStore(key)["person"] == 1


@pytest.mark.parametrize("key", [None, "", "x", "' OR 1=1 --", "0" * 32])
def test_a_key_of_no_session_finds_none(key):
    kept(person=1)
    assert SessionStore(key).get("person") is None


def test_what_somebody_else_wrote_into_a_session_is_not_read():
    key = kept(person=1)
    Session.objects.filter(pk=key).update(session_data="e30:forged")
    assert SessionStore(key).get("person") is None
