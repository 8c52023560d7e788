"""Fetching, over real sockets against the simulator."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from trunks.models import DodBinding, Fetch, Pbx, Trunk, TrunkVersion
from trunks.search.sections import BindingTexts
from trunks.services import fetching, reading
from trunks.services.binding_rows import kept_of, stored_bindings
from trunks.services.fetching import (
    PbxGone,
    fetch_now,
    fetch_perform,
    fetch_request,
    fetches_reap,
)
from trunks.services.search_texts import search_index_is_in_step
from trunks.simulator import WORLDS, SimulatedPbx
from trunks.simulator.faults import AnswerHtml, DeadTokens, OnlyFor, RefuseWith
from trunks.simulator.worlds import World

pytestmark = pytest.mark.both_databases


def without(world: World, *remote_ids: str) -> World:
    kept = tuple(trunk for trunk in world.trunks if trunk.id not in remote_ids)
    return replace(world, trunks=kept)


def renamed(world: World, remote_id: str, name: str) -> World:
    trunks = (
        replace(trunk, name=name) if trunk.id == remote_id else trunk for trunk in world.trunks
    )
    return replace(world, trunks=tuple(trunks))


def test_a_first_fetch_brings_every_trunk_and_binding(pbx: Pbx, device: SimulatedPbx):
    fetch = fetch_now(pbx=pbx)

    assert (fetch.state, fetch.seen, fetch.added) == ("succeeded", 8, 8)
    assert pbx.trunks.count() == 8
    assert DodBinding.objects.count() == 39


def test_the_documented_trunk_arrives_as_documented(pbx: Pbx, device: SimulatedPbx):
    device.world = WORLDS["documented"]
    fetch_now(pbx=pbx)

    trunk = pbx.trunks.get()
    assert (trunk.remote_id, trunk.kind, trunk.host, trunk.port) == (
        "15",
        "peer",
        "192.168.6.36",
        "5060",
    )
    assert list(trunk.bindings.order_by("position").values_list("number", "name", "target")) == [
        ("5503301", "yeastar", "sales"),
        ("5503302", "yealink", "support"),
    ]


def test_a_field_that_the_kind_lacks_is_null_and_an_empty_one_is_empty(
    pbx: Pbx, device: SimulatedPbx
):
    device.world = WORLDS["documented"]
    fetch_now(pbx=pbx)

    trunk = pbx.trunks.get()
    assert (trunk.username, trunk.password_fingerprint, trunk.extensions_dod) == (None, None, "")


def test_an_unchanged_answer_writes_no_version(pbx: Pbx, device: SimulatedPbx):
    fetch_now(pbx=pbx)
    fetch = fetch_now(pbx=pbx)

    assert (fetch.added, fetch.changed, fetch.removed) == (0, 0, 0)
    assert TrunkVersion.objects.count() == 8


def test_an_unchanged_answer_moves_observed_at(pbx: Pbx, device: SimulatedPbx):
    fetch_now(pbx=pbx)
    before = pbx.trunks.get(remote_id="1").observed_at
    fetch_now(pbx=pbx)

    assert pbx.trunks.get(remote_id="1").observed_at > before


def test_a_changed_trunk_gets_a_new_version_and_ends_the_old_one(pbx: Pbx, device: SimulatedPbx):
    fetch_now(pbx=pbx)
    device.world = renamed(device.world, "1", "New name")
    fetch = fetch_now(pbx=pbx)

    old, new = TrunkVersion.objects.filter(trunk__remote_id="1").order_by("id")
    assert fetch.changed == 1
    assert old.valid_to == new.valid_from
    assert (new.valid_to, new.fields["name"], new.fetch) == (None, "New name", fetch)


def test_bindings_are_found_by_the_new_name_of_their_trunk_though_they_are_the_same(
    pbx: Pbx, device: SimulatedPbx
):
    fetch_now(pbx=pbx)
    device.world = renamed(device.world, "1", "New name")
    fetch_now(pbx=pbx)

    trunk = pbx.trunks.get(remote_id="1")
    texts = BindingTexts(trunk)
    rows = list(trunk.bindings.all())
    assert rows
    assert [row.search_text for row in rows] == [texts.text(row) for row in rows]
    assert search_index_is_in_step()


def test_a_trunk_that_is_gone_is_marked_removed_and_kept(pbx: Pbx, device: SimulatedPbx):
    fetch_now(pbx=pbx)
    device.world = without(device.world, "2")
    fetch = fetch_now(pbx=pbx)

    trunk = pbx.trunks.get(remote_id="2")
    assert fetch.removed == 1
    assert trunk.removed_at is not None
    assert trunk.versions.get().valid_to == trunk.removed_at


def test_a_trunk_that_comes_back_is_present_again(pbx: Pbx, device: SimulatedPbx):
    whole = device.world
    fetch_now(pbx=pbx)
    device.world = without(whole, "2")
    fetch_now(pbx=pbx)
    device.world = whole
    fetch_now(pbx=pbx)

    trunk = pbx.trunks.get(remote_id="2")
    assert trunk.removed_at is None
    assert trunk.versions.count() == 2


def test_bindings_keep_what_their_trunks_are_when_those_change_go_and_come_back(
    pbx: Pbx, device: SimulatedPbx
):
    whole = device.world
    other_kind = replace(whole.trunks[0], kind="account")
    for trunks in (
        whole.trunks,
        (other_kind, *whole.trunks[1:]),
        whole.trunks[1:],
        whole.trunks[2:],
        whole.trunks,
    ):
        device.world = replace(whole, trunks=trunks)
        fetch_now(pbx=pbx)
        kept = {(row.trunk_id, row.of_trunk) for row in stored_bindings(DodBinding.objects.all())}
        bound = pbx.trunks.filter(bindings__isnull=False).distinct()
        assert kept == {(trunk.pk, kept_of(trunk)) for trunk in bound}


def test_a_fetch_of_one_trunk_leaves_the_others_alone(pbx: Pbx, device: SimulatedPbx):
    fetch_now(pbx=pbx)
    device.world = without(renamed(device.world, "1", "New name"), "2")
    fetch = fetch_now(pbx=pbx, remote_ids=["1"])

    assert (fetch.seen, fetch.changed, fetch.removed) == (1, 1, 0)
    assert pbx.trunks.get(remote_id="2").removed_at is None


def test_several_ids_go_out_as_one_comma_list(pbx: Pbx, device: SimulatedPbx):
    fetch_now(pbx=pbx, remote_ids=["1", "2"])

    questions = [r.body for r in device.requests if r.endpoint == "trunk/query_siptrunk"]
    assert questions == [{"id": "1,2"}]


def test_an_id_that_was_not_answered_is_named(pbx: Pbx, device: SimulatedPbx):
    fetch = fetch_now(pbx=pbx, remote_ids=["1", "999"])

    assert (fetch.state, fetch.detail) == ("succeeded", "999")


def test_a_failed_fetch_keeps_the_last_good_trunks(pbx: Pbx, device: SimulatedPbx):
    fetch_now(pbx=pbx)
    pbx.refresh_from_db()
    observed = pbx.observed_at
    device.stop()
    fetch = fetch_now(pbx=pbx)

    pbx.refresh_from_db()
    assert (fetch.state, fetch.reason) == ("failed", "refused")
    assert pbx.trunks.present().count() == 8
    assert (pbx.observed_at, pbx.last_fetch) == (observed, fetch)
    assert pbx.failing_since is not None


def test_a_good_fetch_ends_the_failing(pbx: Pbx, device: SimulatedPbx):
    device.stop()
    fetch_now(pbx=pbx)
    device.start()
    fetch_now(pbx=pbx)

    pbx.refresh_from_db()
    assert pbx.failing_since is None


def test_a_web_page_instead_of_the_api_says_so(pbx: Pbx, device: SimulatedPbx):
    device.fault = AnswerHtml()

    assert fetch_now(pbx=pbx).reason == "not-an-api"


def test_an_errno_is_kept(pbx: Pbx, device: SimulatedPbx):
    device.fault = OnlyFor("trunk/query_siptrunk", RefuseWith("10062"))
    fetch = fetch_now(pbx=pbx, remote_ids=["77"])

    assert (fetch.reason, fetch.errno) == ("errno", "10062")


def test_a_token_that_died_is_replaced_once(pbx: Pbx, device: SimulatedPbx):
    device.fault = OnlyFor("trunk/query_siptrunk", DeadTokens(times=1))

    assert fetch_now(pbx=pbx).state == "succeeded"
    assert device.logins == 2


def test_no_second_login_follows_a_refused_one(pbx: Pbx, device: SimulatedPbx):
    device.password = "changed on the PBX"
    device.stop()
    with SimulatedPbx(WORLDS["office"], password="another") as other:
        Pbx.objects.filter(pk=pbx.pk).update(base_url=other.base_url)
        pbx.refresh_from_db()
        reasons = [fetch_now(pbx=pbx).reason for _ in range(7)]

    assert reasons == ["credentials-rejected"] + ["login-held"] * 6
    assert other.failed_logins == 1


def test_a_lock_out_is_waited_for(pbx: Pbx, device: SimulatedPbx):
    device.fault = OnlyFor("login", RefuseWith("20002"))
    first = fetch_now(pbx=pbx)
    device.fault = None
    pbx.refresh_from_db()

    assert first.reason == "locked-out"
    assert pbx.login_blocked_until is not None
    assert fetch_now(pbx=pbx).reason == "login-held"


def test_a_disabled_pbx_is_not_called(pbx: Pbx, device: SimulatedPbx):
    pbx.enabled = False
    pbx.save()

    assert fetch_now(pbx=pbx).reason == "disabled"
    assert device.requests == []


def test_a_secret_that_cannot_be_read_is_a_reason(pbx: Pbx, settings):
    settings.PBXDASH_KEYS = "tests:" + "QUFB" * 10 + "QUE="

    assert fetch_now(pbx=pbx).reason == "secret-unavailable"


def test_a_second_asker_joins_the_first(pbx: Pbx):
    assert fetch_request(pbx=pbx) == fetch_request(pbx=pbx)


def test_whoever_asks_for_one_trunk_joins_a_fetch_of_all(pbx: Pbx):
    assert fetch_request(pbx=pbx) == fetch_request(pbx=pbx, remote_ids=["1"])


def test_whoever_asks_for_all_does_not_join_a_fetch_of_one(pbx: Pbx):
    assert fetch_request(pbx=pbx, remote_ids=["1"]) != fetch_request(pbx=pbx)


def test_the_database_refuses_two_running_fetches_of_a_pbx(pbx: Pbx):
    Fetch.objects.create(pbx=pbx, state="running")

    with pytest.raises(IntegrityError), transaction.atomic():
        Fetch.objects.create(pbx=pbx, state="running")


def test_a_fetch_waits_while_another_of_the_same_pbx_runs(pbx: Pbx, device: SimulatedPbx):
    later = timezone.now() + timedelta(seconds=60)
    Fetch.objects.create(pbx=pbx, scope="1", state="running", lease_until=later)
    waiting = fetch_request(pbx=pbx)
    fetch_perform(waiting.pk)

    waiting.refresh_from_db()
    assert waiting.state == "queued"
    assert device.requests == []


def test_a_fetch_whose_process_died_is_marked_interrupted(pbx: Pbx):
    past = timezone.now() - timedelta(seconds=1)
    fetch = Fetch.objects.create(pbx=pbx, state="running", lease_until=past)

    assert fetches_reap() == 1
    fetch.refresh_from_db()
    assert (fetch.state, fetch.reason) == ("interrupted", "interrupted")


def test_a_mistake_of_ours_is_recorded_and_says_nothing_of_its_text(
    pbx: Pbx, device: SimulatedPbx, monkeypatch, caplog
):
    def broken(**_: object) -> None:
        raise RuntimeError("MARKER")

    monkeypatch.setattr("trunks.services.landing.store", broken)
    fetch = fetch_now(pbx=pbx)

    assert (fetch.state, fetch.reason, fetch.detail) == ("failed", "internal", "RuntimeError")
    assert "MARKER" not in caplog.text


def test_a_crash_in_the_middle_of_storing_leaves_nothing_behind(
    pbx: Pbx, device: SimulatedPbx, monkeypatch
):
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError

    monkeypatch.setattr("trunks.services.storing.versions_open", broken)
    assert fetch_now(pbx=pbx).reason == "internal"
    assert not Trunk.objects.exists()


def test_an_answer_from_an_address_that_was_edited_meanwhile_is_not_kept(
    pbx: Pbx, device: SimulatedPbx, monkeypatch
):
    read = reading.read

    def edited_during(fetch: Fetch) -> object:
        records = read(fetch)
        Pbx.objects.filter(pk=pbx.pk).update(base_url="http://10.0.0.9:8088")
        return records

    monkeypatch.setattr(fetching, "read", edited_during)

    assert fetch_now(pbx=pbx).reason == "edited-meanwhile"
    assert not Trunk.objects.exists()


def test_a_pbx_deleted_during_its_fetch_ends_it_quietly(
    pbx: Pbx, device: SimulatedPbx, monkeypatch
):
    read = reading.read

    def deleted_during(fetch: Fetch) -> object:
        records = read(fetch)
        Pbx.objects.filter(pk=pbx.pk).delete()
        return records

    monkeypatch.setattr(fetching, "read", deleted_during)
    fetch_perform(fetch_request(pbx=pbx).pk)

    assert not Fetch.objects.exists()


@pytest.mark.parametrize("remote_ids", [["77"], ["1", "77"]])
def test_a_refusal_about_some_trunks_says_nothing_of_the_pbx(
    pbx: Pbx, device: SimulatedPbx, remote_ids: list[str]
):
    fetch_now(pbx=pbx)
    device.fault = OnlyFor("trunk/query_siptrunk", RefuseWith("10062"))
    fetch_now(pbx=pbx, remote_ids=remote_ids)

    pbx.refresh_from_db()
    assert pbx.failing_since is None
    assert pbx.last_fetch is not None
    assert pbx.last_fetch.state == "succeeded"


def test_a_pbx_that_was_not_called_is_not_failing(pbx: Pbx):
    Pbx.objects.update(enabled=False)
    fetch_now(pbx=pbx)

    pbx.refresh_from_db()
    assert pbx.failing_since is None


def test_a_pbx_that_was_deleted_a_moment_ago_is_said_to_be_gone(pbx: Pbx):
    Pbx.objects.filter(pk=pbx.pk).delete()

    with pytest.raises(PbxGone):
        fetch_request(pbx=pbx)
