"""What a shared link shows of a trunk, and that nothing else is in it."""

from __future__ import annotations

import json
from dataclasses import fields
from datetime import timedelta

import pytest
from django.utils import timezone

from tests.builders import make_binding, make_pbx, make_share, make_supplement, make_trunk
from trunks import shared_trunk
from trunks.models import Pbx, Trunk
from trunks.models.dod import SharedRow
from trunks.shared_trunk import (
    Gap,
    SharedPassword,
    SharedState,
    SharedTrunk,
    SharedValue,
    read_shared_trunk,
    shown_by,
)

pytestmark = pytest.mark.django_db

ALLOWED = {
    *("name", "pbx", "kind", "host", "port", "domain", "username", "authname", "fromuser"),
    *("password", "registration", "registration_at", "state", "observed_at", "removed_at"),
    *("seen_at", "reports_bindings", "binding_count", "bindings"),
}
ALLOWED_OF_BINDING = ("number", "name", "target_kind", "target", "issue", "raw")


@pytest.fixture
def trunk() -> Trunk:
    pbx = make_pbx("Leeds", site="Yorkshire", notes="the notes", base_url="https://10.9.8.7:8088")
    return make_trunk(
        pbx,
        "SIP-A",
        username="user-marker",
        authname="auth-marker",
        fromuser="",
        password_fingerprint="f1" * 32,
        extensions_dod="",
    )


def seen(trunk: Trunk, *, bindings: bool = True, usernames: bool = False) -> SharedTrunk:
    current = Trunk.objects.for_page().get(pk=trunk.pk)
    return read_shared_trunk(current, with_bindings=bindings, with_usernames=usernames)


def change(row: Pbx | Trunk, **changes: object) -> None:
    type(row).objects.filter(pk=row.pk).update(**changes)


def test_it_has_these_fields_and_no_others():
    assert {field.name for field in fields(SharedTrunk)} == ALLOWED
    assert SharedRow._fields == ALLOWED_OF_BINDING


def test_nothing_of_the_pbx_but_its_name_and_no_fingerprint_gets_there(trunk):
    told = json.dumps(seen(trunk, usernames=True).as_json())
    for hidden in ("10.9.8.7", "Yorkshire", "the notes", "f1f1", "api", trunk.pbx.secret):
        assert hidden not in told
    assert seen(trunk).pbx == "Leeds"


def test_usernames_are_there_only_when_asked_for(trunk):
    assert seen(trunk).username == seen(trunk).fromuser == SharedValue(gap=Gap.NOT_SHARED)
    assert "marker" not in json.dumps(seen(trunk).as_json())
    assert seen(trunk, usernames=True).username == SharedValue("user-marker")
    assert seen(trunk, usernames=True).fromuser == SharedValue(gap=Gap.NOT_SET)


@pytest.mark.parametrize(
    ("changes", "gap"),
    [
        ({"host": None}, Gap.NOT_REPORTED),
        ({"host": ""}, Gap.NOT_SET),
        ({"host": None, "kind": "account"}, Gap.NOT_APPLICABLE),
    ],
)
def test_no_value_and_unknown_differ(trunk, changes, gap):
    change(trunk, **changes)
    assert seen(trunk).host == SharedValue(gap=gap)


@pytest.mark.parametrize(
    ("changes", "password"),
    [
        ({}, SharedPassword.SET),
        ({"password_fingerprint": ""}, SharedPassword.EMPTY),
        ({"password_fingerprint": None}, SharedPassword.NOT_REPORTED),
        ({"password_fingerprint": None, "kind": "peer"}, SharedPassword.NOT_APPLICABLE),
    ],
)
def test_of_a_password_only_whether_there_is_one(trunk, changes, password):
    change(trunk, **changes)
    assert seen(trunk).password == password


def test_what_is_wrong_with_a_pbx_is_its_owners_affair(trunk):
    assert seen(trunk).state == SharedState.FRESH
    for trouble in (
        {"failing_since": timezone.now()},
        {"failing_since": None, "credentials_rejected_at": timezone.now()},
        {"credentials_rejected_at": None, "enabled": False},
    ):
        change(trunk.pbx, **trouble)
        assert seen(trunk).state == SharedState.UNREAD
    change(trunk, removed_at=timezone.now())
    assert seen(trunk).state == SharedState.REMOVED


def test_old_details_are_stale(trunk):
    change(trunk, observed_at=timezone.now() - timedelta(days=3))
    assert seen(trunk).state == SharedState.STALE


def test_a_registration_comes_with_its_moment(trunk):
    told = make_supplement(trunk.pbx, "registration", {trunk.remote_id: "registered"})
    assert seen(trunk).registration_at is None
    change(trunk, registration="registered")
    assert seen(trunk).registration_at == told.observed_at


def test_bindings_come_by_number_up_to_a_limit_with_their_count(trunk, monkeypatch):
    monkeypatch.setattr(shared_trunk, "MOST_BINDINGS", 2)
    for number in ("5503303", "5503301", "5503302"):
        make_binding(trunk, number)
    shown = seen(trunk)

    assert [row.number for row in shown.bindings] == ["5503301", "5503302"]
    assert (shown.binding_count, shown.leaves_out) == (3, True)


def test_without_bindings_not_even_their_number_is_told(trunk):
    make_binding(trunk)
    shown = seen(trunk, bindings=False)
    assert (shown.bindings, shown.binding_count, shown.leaves_out) == ((), 0, False)


def test_a_live_link_follows_the_trunk_and_a_pinned_one_does_not(trunk, administrator):
    make_binding(trunk, "5503301")
    live, _ = make_share(trunk, administrator)
    pinned, _ = make_share(trunk, administrator, is_pinned=True)
    change(trunk, host="new.example", removed_at=timezone.now())
    trunk.bindings.all().delete()
    live.refresh_from_db()
    pinned.refresh_from_db()

    assert (shown_by(live).host.text, shown_by(live).state) == ("new.example", "removed")
    assert (shown_by(pinned).host.text, shown_by(pinned).state) == ("sip.itsp.example", "fresh")
    assert [row.number for row in shown_by(pinned).bindings] == ["5503301"]


def test_a_pinned_link_keeps_no_username_that_it_does_not_show(trunk, administrator):
    pinned, _ = make_share(trunk, administrator, is_pinned=True)
    assert "marker" not in json.dumps(pinned.snapshot)


def test_what_is_kept_reads_as_it_was(trunk):
    make_binding(trunk, issue="malformed")
    make_supplement(trunk.pbx, "registration", {})
    change(trunk, registration="failure", removed_at=timezone.now(), host="厦门")
    shown = seen(trunk, usernames=True)
    assert SharedTrunk.from_json(json.loads(json.dumps(shown.as_json()))) == shown
