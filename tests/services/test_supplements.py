"""What is read beside the trunks, over real sockets against the simulator."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any, get_type_hints

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests.builders import make_pbx
from trunks.connection_settings import PbxSettings
from trunks.models import DodBinding, Fetch, Pbx, Supplement, Trunk, TrunkVersion, Trust
from trunks.services.connecting import client_for
from trunks.services.pbxs import pbx_update
from trunks.services.storing import store
from trunks.services.supplements import (
    refused_login,
    supplements_read,
    supplements_store,
    supplements_wanted,
)
from trunks.simulator import WORLDS, Behaviour, SimulatedPbx, api_password
from trunks.simulator.faults import AnswerHtml, Delay, FirstTimes, OnlyFor, RefuseWith
from trunks.simulator.worlds import Extension, ExtensionGroup

Kind = Supplement.Kind
NEVER_ASKED = "extension/query"


def bring(pbx: Pbx, *ids: str):
    """Read and store as a fetch does; return what became of the supplements."""
    pbx.refresh_from_db()
    fetch = Fetch.objects.create(pbx=pbx, scope=",".join(ids) or "all", state="succeeded")
    wanted = supplements_wanted(pbx=pbx, whole=fetch.covers_all)
    with client_for(pbx) as source:
        records = source.trunks(ids or None)
        answers = supplements_read(source, wanted, records)
    now = timezone.now()
    store(fetch=fetch, records=records, observed_at=now)
    supplements_store(pbx=pbx, answers=answers, at=now)
    return answers


def asked(device: SimulatedPbx) -> list[str]:
    """Return what was asked beside the trunks since the last time."""
    plain = {"login", "logout", "trunk/query_siptrunk"}
    names = [one.endpoint for one in device.requests if one.endpoint not in plain]
    device.requests.clear()
    return names


def let_pass(pbx: Pbx, time: timedelta) -> None:
    for row in pbx.supplements.all():
        row.attempted_at -= time
        row.save()


def data_of(pbx: Pbx, kind: Supplement.Kind) -> Any:
    return pbx.supplements.get(kind=kind).data


def state_of(pbx: Pbx, remote_id: str) -> str:
    return pbx.trunks.get(remote_id=remote_id).registration


def binding_of(pbx: Pbx, raw: str) -> tuple[str, str, str]:
    found = DodBinding.objects.filter(trunk__pbx=pbx).values_list("name", "target", "issue")
    return found.get(raw=raw)


def change_world(device: SimulatedPbx, **changes: Any) -> None:
    device.world = replace(device.world, **changes)


NIGHT = "+442079460112-Night-Line-after-hours"
LEFT = "5503303-Logistics-1008"


def test_registration_is_joined_by_id(pbx: Pbx, device: SimulatedPbx):
    bring(pbx)
    assert [state_of(pbx, one) for one in ("1", "2", "8")] == ["registered", "failure", "unknown"]


def test_a_trunk_of_another_technology_lends_its_state_to_nobody(pbx: Pbx, device: SimulatedPbx):
    (line,) = device.world.other_trunks
    change_world(device, other_trunks=(replace(line, id="1", status="fault"),))
    bring(pbx)
    assert state_of(pbx, "1") == "registered"


def test_a_new_state_makes_no_version(pbx: Pbx, device: SimulatedPbx):
    bring(pbx)
    trunks = (replace(device.world.trunks[0], status="failure"), *device.world.trunks[1:])
    change_world(device, trunks=trunks)
    bring(pbx)
    assert state_of(pbx, "1") == "failure"
    assert TrunkVersion.objects.count() == 8


def test_states_that_are_the_same_are_not_written(pbx: Pbx, device: SimulatedPbx):
    bring(pbx)
    with CaptureQueriesContext(connection) as queries:
        bring(pbx)
    assert not [one for one in queries if 'SET "registration"' in one["sql"]]


def test_an_old_state_does_not_outlive_a_failed_reading(pbx: Pbx, device: SimulatedPbx):
    bring(pbx)
    device.fault = OnlyFor("trunk/list", RefuseWith("20010"))
    bring(pbx)
    row = pbx.supplements.get(kind=Kind.REGISTRATION)
    assert state_of(pbx, "1") == ""
    assert (row.reason, row.errno) == ("errno", "20010")


def test_a_fetch_of_one_trunk_brings_the_states_of_all_and_no_lists(pbx: Pbx, device: SimulatedPbx):
    bring(pbx)
    asked(device)
    Trunk.objects.update(registration="")
    bring(pbx, "2")
    assert state_of(pbx, "1") == "registered"
    assert asked(device) == ["trunk/list"]


def test_the_device_is_kept_and_not_asked_again_for_an_hour(pbx: Pbx, device: SimulatedPbx):
    bring(pbx)
    assert data_of(pbx, Kind.DEVICE)["serial_number"] == "369210000148"
    asked(device)
    bring(pbx)
    assert "deviceinfo/query" not in asked(device)
    let_pass(pbx, timedelta(hours=1))
    bring(pbx)
    assert "deviceinfo/query" in asked(device)


@pytest.mark.parametrize("fault", [RefuseWith("10003"), AnswerHtml()])
def test_what_a_pbx_does_not_offer_is_not_asked_again_for_a_day(
    pbx: Pbx, device: SimulatedPbx, fault
):
    device.fault = OnlyFor("trunk/list", fault)
    bring(pbx)
    assert "trunk/list" in asked(device)
    bring(pbx)
    assert "trunk/list" not in asked(device)
    let_pass(pbx, timedelta(days=1))
    bring(pbx)
    assert "trunk/list" in asked(device)


def test_what_a_pbx_did_not_offer_is_asked_again_once_its_settings_are_edited(
    pbx: Pbx, device: SimulatedPbx
):
    device.fault = OnlyFor("trunk/list", RefuseWith("10003"))
    bring(pbx)
    asked(device)
    settings: Any = {name: getattr(pbx, name) for name in get_type_hints(PbxSettings)}
    pbx_update(pbx=pbx, password_md5=None, **settings)
    bring(pbx)
    assert "trunk/list" in asked(device)


def test_a_pbx_without_the_endpoints_costs_one_round_trip(db):
    lacking = frozenset(
        {"trunk/list", "deviceinfo/query", "extension/list", "extensiongroup/query"}
    )
    with SimulatedPbx(WORLDS["office"], behaviour=Behaviour(not_offered=lacking)) as device:
        pbx = pbx_of(device)
        bring(pbx)
        assert pbx.trunks.count() == 8
        asked(device)
        bring(pbx)
        assert asked(device) == []


def test_a_pbx_that_hangs_is_asked_nothing_more_and_left_in_peace_for_a_while(
    pbx: Pbx, device: SimulatedPbx
):
    Pbx.objects.update(deadline=1)
    device.fault = OnlyFor("trunk/list", Delay(3))
    (answer,) = bring(pbx)
    assert (answer.kind, answer.reason) == (Kind.REGISTRATION, "timeout")
    device.fault = None
    assert Kind.REGISTRATION not in supplements_wanted(pbx=pbx, whole=True)
    let_pass(pbx, timedelta(minutes=15))
    assert Kind.REGISTRATION in supplements_wanted(pbx=pbx, whole=True)


def test_a_refused_login_ends_the_asking_and_is_told(pbx: Pbx, device: SimulatedPbx):
    wanted = supplements_wanted(pbx=pbx, whole=True)
    with client_for(pbx) as source:
        records = source.trunks()
        device.forget_tokens()
        device.fault = OnlyFor("login", RefuseWith("20003"))
        answers = supplements_read(source, wanted, records)
    assert [one.kind for one in answers] == [Kind.REGISTRATION]
    assert refused_login(answers) == "credentials-rejected"


def test_a_dead_token_costs_one_log_in_at_most(pbx: Pbx, device: SimulatedPbx):
    wanted = supplements_wanted(pbx=pbx, whole=True)
    with client_for(pbx) as source:
        records = source.trunks()
        before = device.logins
        device.fault = FirstTimes(99, OnlyFor("trunk/list", RefuseWith("20004")))
        answers = supplements_read(source, wanted, records)
    assert (len(answers), device.logins - before) == (1, 1)
    assert refused_login(answers) is None


def test_a_mistake_of_ours_costs_a_supplement_and_not_the_trunks(pbx: Pbx, caplog):
    class Broken:
        def trunk_states(self):
            raise RuntimeError("planted")

    (answer,) = supplements_read(Broken(), {Kind.REGISTRATION}, ())  # type: ignore[arg-type]
    assert answer.reason == "internal"
    assert "planted" not in caplog.text


def test_the_list_of_groups_settles_an_ambiguous_binding(pbx: Pbx, device: SimulatedPbx):
    bring(pbx)
    assert binding_of(pbx, NIGHT) == ("Night-Line", "after-hours", "none")


def test_a_binding_to_an_extension_that_is_gone_is_marked(pbx: Pbx, device: SimulatedPbx):
    others = tuple(one for one in device.world.extensions if one.number != "1008")
    change_world(device, extensions=others)
    bring(pbx)
    assert binding_of(pbx, LEFT)[2] == "no-target"


def test_lists_that_changed_settle_the_bindings_of_unchanged_trunks_too(
    pbx: Pbx, device: SimulatedPbx
):
    bring(pbx)
    versions = TrunkVersion.objects.count()
    hours = ExtensionGroup("9", "hours")
    change_world(
        device,
        groups=(*device.world.groups, hours),
        extensions=tuple(one for one in device.world.extensions if one.number != "1008"),
    )
    bring(pbx)
    assert binding_of(pbx, NIGHT) == ("Night-Line-after", "hours", "ambiguous")
    assert binding_of(pbx, LEFT)[2] == "no-target"
    assert TrunkVersion.objects.count() == versions


def test_another_name_of_an_extension_settles_nothing_anew(
    pbx: Pbx, device: SimulatedPbx, monkeypatch
):
    bring(pbx)
    monkeypatch.setattr("trunks.services.supplements.bindings_resettle", partial(pytest.fail, "no"))
    change_world(
        device, extensions=tuple(replace(one, username="x") for one in device.world.extensions)
    )
    bring(pbx)
    assert data_of(pbx, Kind.EXTENSIONS)["1000"] == "x"


def test_the_last_known_lists_count_while_the_pbx_tells_none(pbx: Pbx, device: SimulatedPbx):
    bring(pbx)
    device.fault = OnlyFor("extensiongroup/query", RefuseWith("20010"))
    renamed = tuple(replace(one, name=f"{one.name} 2") for one in device.world.trunks)
    change_world(device, trunks=renamed)
    bring(pbx)
    row = pbx.supplements.get(kind=Kind.GROUPS)
    assert binding_of(pbx, NIGHT)[1] == "after-hours"
    assert row.reason == "errno"
    assert "sales" in data_of(pbx, Kind.GROUPS)


def test_an_empty_list_is_not_believed_where_bindings_name_its_entries(
    pbx: Pbx, device: SimulatedPbx
):
    bring(pbx)
    change_world(device, groups=(), extensions=())
    bring(pbx)
    assert binding_of(pbx, NIGHT) == ("Night-Line", "after-hours", "none")
    assert pbx.supplements.get(kind=Kind.GROUPS).reason == "empty-list"


def test_a_fetch_of_one_trunk_is_settled_by_the_known_lists(pbx: Pbx, device: SimulatedPbx):
    bring(pbx)
    first, *others = device.world.trunks
    change_world(device, trunks=(replace(first, name="Renamed"), *others))
    bring(pbx, "1")
    assert binding_of(pbx, NIGHT)[1] == "after-hours"


def test_switched_off_the_lists_are_not_asked_for_and_those_known_dropped(
    pbx: Pbx, device: SimulatedPbx
):
    bring(pbx)
    Pbx.objects.update(reads_extensions=False)
    asked(device)
    bring(pbx)
    assert asked(device) == ["trunk/list"]
    assert binding_of(pbx, NIGHT) == ("Night-Line-after", "hours", "ambiguous")
    assert set(pbx.supplements.values_list("kind", flat=True)) == {"registration", "device"}


def test_lists_are_asked_for_only_where_a_binding_names_what_is_in_them(
    pbx: Pbx, device: SimulatedPbx
):
    device.world = WORLDS["documented"]  # bindings of groups only
    bring(pbx)
    assert asked(device) == ["trunk/list", "deviceinfo/query", "extensiongroup/query"]


def test_passwords_of_extensions_are_never_asked_for(pbx: Pbx, device: SimulatedPbx):
    change_world(device, extensions=(*device.world.extensions, Extension("9999", "New")))
    bring(pbx)
    assert NEVER_ASKED not in asked(device)


def pbx_of(device: SimulatedPbx) -> Pbx:
    return make_pbx(
        "Lacking",
        base_url=device.base_url,
        trust=Trust.PLAIN,
        username=device.username,
        secret_md5=api_password(device.password),
    )
