"""A SIP password is shown to one person, from the PBX, and to the audit log only that it was."""

from __future__ import annotations

import pickle

import pytest
from django.contrib.auth.models import User

from tests.builders import make_person
from trunks.models import Action, AuditEntry, Pbx, Trunk
from trunks.roles import RoleName
from trunks.services import revealing
from trunks.services.fetching import fetch_now
from trunks.services.revealing import (
    OF_PERSON,
    RevealFailed,
    RevealOff,
    RevealRefused,
    may_reveal,
    sip_password_reveal,
)
from trunks.services.roles import NotAllowed
from trunks.simulator import WORLDS
from trunks.yeastar import SipPassword
from trunks.yeastar.errors import BadPayload
from trunks.yeastar.parsing import read_sip_password

pytestmark = pytest.mark.django_db
OWN = "correct horse battery"
OFFICE = {trunk.id: trunk for trunk in WORLDS["office"].trunks}
WITH_PASSWORD = next(key for key, trunk in OFFICE.items() if trunk.password)
WITHOUT = next(key for key, trunk in OFFICE.items() if not trunk.has_password)


@pytest.fixture(autouse=True)
def allowed(settings) -> None:
    settings.PBXDASH_REVEAL = True


@pytest.fixture
def person(db: None) -> User:
    """An administrator, who has the right by the role."""
    return make_person("ines", RoleName.ADMINISTRATOR)


@pytest.fixture
def trunk(pbx: Pbx) -> Trunk:
    """A fetched trunk with a password."""
    assert fetch_now(pbx=pbx).state == "succeeded"
    return pbx.trunks.select_related("pbx").get(remote_id=WITH_PASSWORD)


def shown(trunk: Trunk, person: User, password: str = OWN) -> SipPassword | None:
    return sip_password_reveal(trunk=trunk, by=person, password=password, reason="ticket 4711")


def last_entry() -> AuditEntry:
    entry = AuditEntry.objects.newest_first().first()
    assert entry is not None
    return entry


def test_the_password_is_the_one_that_the_pbx_has_now(trunk, person):
    found = shown(trunk, person)
    assert found is not None
    assert found.text == OFFICE[WITH_PASSWORD].password


def test_the_log_tells_who_saw_it_and_why_and_not_what(trunk, person):
    found = shown(trunk, person)
    entry = last_entry()
    assert (entry.action, entry.actor_name) == (Action.REVEALED, "ines")
    assert (entry.pbx_slug, entry.facts) == (
        trunk.pbx.slug,
        {"trunk": WITH_PASSWORD, "reason": "ticket 4711"},
    )
    assert found is not None
    assert found.text not in entry.details


def test_without_an_entry_nothing_is_shown(trunk, person, monkeypatch):
    def broken(*_args: object, **_more: object) -> None:
        raise RuntimeError("the log cannot be written")

    monkeypatch.setattr(revealing, "audit_record", broken)
    with pytest.raises(RuntimeError):
        shown(trunk, person)


def test_a_mistake_of_ours_keeps_the_answer_of_the_pbx_to_itself(trunk, person, monkeypatch):
    def mistaken(body: bytes) -> object:
        raise KeyError(body.decode())

    monkeypatch.setattr("trunks.yeastar.client.decode_answer", mistaken)
    with pytest.raises(RevealFailed) as failed:
        shown(trunk, person)
    assert (failed.value.reason, failed.value.detail) == ("internal", "KeyError")
    assert failed.value.__cause__ is None
    assert failed.value.__suppress_context__


def test_a_wrong_password_of_ones_own_calls_nobody_and_is_in_the_log(trunk, person, device):
    before = len(device.requests)
    with pytest.raises(RevealRefused, match="wrong-password"):
        shown(trunk, person, password="wrong")
    assert len(device.requests) == before
    assert last_entry().facts["refused"] == "wrong-password"


def test_tries_are_counted_right_and_wrong_ones_alike(trunk, person):
    for _ in range(OF_PERSON.times):
        with pytest.raises(RevealRefused, match="wrong-password"):
            shown(trunk, person, password="wrong")
    with pytest.raises(RevealRefused, match="too-often"):
        shown(trunk, person)


@pytest.mark.parametrize("role", [None, RoleName.VIEWER, RoleName.OPERATOR, RoleName.AUDITOR])
def test_only_who_has_the_right_is_shown_it(trunk, role):
    other = make_person("other", role)
    assert not may_reveal(other, trunk)
    with pytest.raises(NotAllowed):
        shown(trunk, other)


def test_a_site_has_to_allow_it(trunk, person, settings):
    assert may_reveal(person, trunk)
    settings.PBXDASH_REVEAL = False
    assert not may_reveal(person, trunk)
    with pytest.raises(RevealOff):
        shown(trunk, person)


def test_a_trunk_without_a_password_has_none_to_show(trunk, person):
    peer = trunk.pbx.trunks.select_related("pbx").get(remote_id=WITHOUT)
    assert not may_reveal(person, peer)
    assert shown(peer, person) is None


def test_a_pbx_that_does_not_answer_is_told_of(trunk, person, device):
    device.stop()
    with pytest.raises(RevealFailed, match="refused"):
        shown(trunk, person)
    assert last_entry().facts["refused"] == "refused"


def test_a_trunk_that_is_gone_from_the_pbx_is_told_of(trunk, person):
    trunk.remote_id = "404"
    with pytest.raises(RevealFailed) as failed:
        shown(trunk, person)
    assert failed.value.errno == "10062"


def test_a_disabled_pbx_is_not_called(trunk, person, device):
    trunk.pbx.enabled = False
    before = len(device.requests)
    with pytest.raises(RevealFailed, match="disabled"):
        shown(trunk, person)
    assert len(device.requests) == before


def test_one_at_a_time_is_shown_one(trunk, person):
    with revealing._one_at_a_time, pytest.raises(RevealRefused, match="busy"):
        shown(trunk, person)
    assert shown(trunk, person) is not None


def test_nothing_is_stored(trunk, person):
    before = Trunk.objects.values().get(pk=trunk.pk)
    shown(trunk, person)
    assert Trunk.objects.values().get(pk=trunk.pk) == before


def test_a_password_on_its_way_prints_and_pickles_nothing():
    password = SipPassword("sip-marker")
    assert "sip-marker" not in f"{password!r} {password}"
    with pytest.raises(TypeError, match="not to be kept") as refused:
        pickle.dumps(password)
    assert "sip-marker" not in str(refused.value)


def test_an_answer_about_another_trunk_is_not_used():
    answer: dict[str, object] = {
        "trunks": [{"id": "7", "trunkname": "Other", "password": "sip-marker"}]
    }
    with pytest.raises(BadPayload, match="bad-trunks") as refused:
        read_sip_password(answer, "15")
    assert "sip-marker" not in repr(refused.value)
