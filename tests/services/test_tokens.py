"""Kept tokens, over real sockets against the simulator."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from trunks.keyring import KeysUnusable
from trunks.models import LoginAttempt, Pbx
from trunks.services import tokens
from trunks.services.connecting import client_for
from trunks.services.fetching import fetch_now
from trunks.services.logouts import run_logout
from trunks.services.pbxs import pbx_delete, pbx_set_enabled, pbx_update
from trunks.services.tokens import token_key, token_read
from trunks.simulator import SimulatedPbx, api_password
from trunks.simulator.faults import DeadTokens, OnlyFor, RefuseWith

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def empty_cache(db: None) -> None:
    """Begin without tokens."""
    cache.clear()


def endpoints(device: SimulatedPbx) -> list[str]:
    """What was asked, without what is read beside the trunks."""
    asked = [request.endpoint.rsplit("/", 1)[-1] for request in device.requests]
    return [one for one in asked if one in {"login", "query_siptrunk", "logout"}]


def kept(pbx: Pbx) -> str:
    return token_read(key=token_key(Pbx.objects.get(pk=pbx.pk)))


def settings_of(pbx: Pbx, **changes):
    names = ("name", "site", "notes", "enabled", "base_url", "api_path", "username", "trust")
    more = ("pinned_fingerprint", "connect_timeout", "deadline", "keeps_login")
    return {**{name: getattr(pbx, name) for name in (*names, *more)}, **changes}


def perform_logouts() -> int:
    """Do what a worker would, as often as it was asked to."""
    asked = DBTaskResult.objects.filter(task_path__endswith="run_logout")
    for one in asked:
        run_logout.func(*one.args_kwargs["args"])
    return len(asked)


def test_a_second_fetch_is_one_round_trip(pbx: Pbx, device: SimulatedPbx):
    fetch_now(pbx=pbx)
    device.requests.clear()
    assert fetch_now(pbx=pbx).state == "succeeded"
    assert endpoints(device) == ["query_siptrunk"]


def test_a_warm_token_costs_one_read_of_the_cache_and_no_write(pbx: Pbx, device: SimulatedPbx):
    fetch_now(pbx=pbx)
    with (
        CaptureQueriesContext(
            connection,
        ) as queries,
        client_for(Pbx.objects.get()) as client,
    ):
        client.trunks()
    sql = [query["sql"] for query in queries]
    assert len(sql) == 2  # The row of the PBX, and its token.
    assert all(one.startswith("SELECT") for one in sql)


def test_a_dead_token_costs_one_log_in(pbx: Pbx, device: SimulatedPbx):
    fetch_now(pbx=pbx)
    device.forget_tokens()
    device.requests.clear()
    assert fetch_now(pbx=pbx).state == "succeeded"
    assert endpoints(device) == ["query_siptrunk", "login", "query_siptrunk"]


def test_a_pbx_whose_tokens_are_always_dead_fails_after_one_log_in(pbx: Pbx, device: SimulatedPbx):
    fetch_now(pbx=pbx)
    device.fault = DeadTokens()
    device.requests.clear()
    assert fetch_now(pbx=pbx).reason == "token-dead"
    assert endpoints(device).count("login") == 1
    assert kept(pbx) == ""


def test_a_dead_token_is_forgotten_also_when_no_new_one_comes(pbx: Pbx, device: SimulatedPbx):
    fetch_now(pbx=pbx)
    device.forget_tokens()
    device.fault = OnlyFor("login", RefuseWith("30003"))
    assert fetch_now(pbx=pbx).reason == "errno"
    assert kept(pbx) == ""


def test_with_reuse_off_every_fetch_logs_in_and_out(pbx: Pbx, device: SimulatedPbx):
    Pbx.objects.update(keeps_login=False)
    for _ in range(2):
        fetch_now(pbx=Pbx.objects.get())
    assert endpoints(device) == ["login", "query_siptrunk", "logout"] * 2
    assert kept(pbx) == ""


def test_a_token_is_kept_for_25_minutes(pbx: Pbx, device: SimulatedPbx, monkeypatch):
    seen: list[float] = []
    monkeypatch.setattr(cache, "set", lambda key, value, timeout: seen.append(timeout))
    fetch_now(pbx=pbx)
    assert seen == [25 * 60]


def test_a_kept_token_is_sealed_for_its_place(pbx: Pbx, device: SimulatedPbx):
    fetch_now(pbx=pbx)
    token = kept(pbx)
    assert device._sessions._expires.keys() == {token}
    sealed = cache.get(token_key(Pbx.objects.get()))
    assert token not in sealed
    cache.set("pbx.token:elsewhere", sealed)
    assert token_read(key="pbx.token:elsewhere") == ""


@pytest.mark.parametrize("value", ["nonsense", "v1:tests:AAAA", b"bytes", 7])
def test_a_kept_token_that_cannot_be_read_is_as_if_absent(pbx: Pbx, device, value):
    cache.set(token_key(pbx), value)
    assert fetch_now(pbx=pbx).state == "succeeded"
    assert endpoints(device) == ["login", "query_siptrunk"]


@pytest.mark.parametrize(
    "change",
    [
        {"username": "other"},
        {"base_url": "http://192.0.2.1:8088"},
        {"api_path": "api/v2.0.1"},
        {"trust": "system"},
        {"pinned_fingerprint": "a" * 64},
        {"secret_given": "another"},
    ],
)
def test_an_edited_connection_has_another_token(pbx: Pbx, change):
    before = token_key(pbx)
    for name, value in change.items():
        setattr(pbx, name, value)
    assert token_key(pbx) != before


def test_an_edited_connection_is_logged_out_by_a_worker(pbx: Pbx, device: SimulatedPbx):
    fetch_now(pbx=pbx)
    device.requests.clear()
    pbx_update(pbx=pbx, password_md5=api_password("new"), **settings_of(pbx))
    assert device.requests == []  # A page never waits for a PBX.
    assert perform_logouts() == 1
    assert endpoints(device) == ["logout"]
    assert not device._sessions._expires


@pytest.mark.parametrize("change", [{"site": "Leeds"}, {"deadline": 60}, {"name": "Other"}])
def test_edits_that_do_not_matter_leave_the_token(pbx: Pbx, device: SimulatedPbx, change):
    fetch_now(pbx=pbx)
    token = kept(pbx)
    pbx_update(pbx=pbx, password_md5=None, **settings_of(pbx, **change))
    assert kept(pbx) == token != ""
    assert perform_logouts() == 0


def test_turning_reuse_off_logs_out(pbx: Pbx, device: SimulatedPbx):
    fetch_now(pbx=pbx)
    pbx_update(pbx=pbx, password_md5=None, **settings_of(pbx, keeps_login=False))
    assert (kept(pbx), perform_logouts()) == ("", 1)
    assert not device._sessions._expires


def test_disabling_logs_out(pbx: Pbx, device: SimulatedPbx):
    fetch_now(pbx=pbx)
    pbx_set_enabled(pbx=pbx, enabled=False)
    assert (kept(pbx), perform_logouts()) == ("", 1)
    assert not device._sessions._expires


def test_enabling_leaves_the_token(pbx: Pbx, device: SimulatedPbx):
    fetch_now(pbx=pbx)
    pbx_set_enabled(pbx=pbx, enabled=True)
    assert kept(pbx)


def test_deleting_logs_out(pbx: Pbx, device: SimulatedPbx):
    fetch_now(pbx=pbx)
    pbx_delete(pbx=pbx)
    assert perform_logouts() == 1
    assert not device._sessions._expires


def test_without_a_token_nobody_is_asked_to_log_out(pbx: Pbx):
    pbx_delete(pbx=pbx)
    assert perform_logouts() == 0


def test_a_log_out_that_fails_is_nobodys_trouble(pbx: Pbx, device: SimulatedPbx, settings):
    fetch_now(pbx=pbx)
    pbx_delete(pbx=pbx)
    device.stop()
    assert perform_logouts() == 1
    settings.PBXDASH_KEYS = ""
    assert perform_logouts() == 1


def test_what_the_worker_is_given_tells_nothing(pbx: Pbx, device: SimulatedPbx):
    fetch_now(pbx=pbx)
    token = kept(pbx)
    pbx_delete(pbx=pbx)
    told = json.dumps(DBTaskResult.objects.get(task_path__endswith="run_logout").args_kwargs)
    assert not [word for word in (token, pbx.base_url, pbx.username) if word in told]


@pytest.mark.parametrize("change", ["edited", "disabled", "deleted", "reuse off"])
def test_a_log_in_that_ends_after_a_change_keeps_no_token(pbx: Pbx, device, change):
    client = client_for(Pbx.objects.get())
    book = client._logins
    assert book.admit("", 10) == ""
    match change:
        case "edited":
            pbx_update(pbx=pbx, password_md5=api_password("new"), **settings_of(pbx))
        case "disabled":
            pbx_set_enabled(pbx=pbx, enabled=False)
        case "deleted":
            pbx_delete(pbx=pbx)
        case "reuse off":
            pbx_update(pbx=pbx, password_md5=None, **settings_of(pbx, keeps_login=False))
    assert book.accepted("token") is False
    assert not LoginAttempt.objects.exists()


def test_without_keys_a_token_is_used_and_not_kept(pbx: Pbx, device, monkeypatch):
    def no_keys(**values):
        raise KeysUnusable

    monkeypatch.setattr(tokens, "token_keep", no_keys)
    assert fetch_now(pbx=pbx).state == "succeeded"
    assert endpoints(device) == ["login", "query_siptrunk", "logout"]


def test_an_address_that_moves_leaves_its_lock_out_behind(pbx: Pbx, device):
    Pbx.objects.update(login_blocked_until=timezone.now() + timedelta(minutes=5))
    moved = settings_of(pbx, base_url="http://192.0.2.1:8088")
    pbx_update(pbx=pbx, password_md5=api_password("new"), **moved)
    assert Pbx.objects.get().login_blocked_until is None
