"""`trunk/query_siptrunk` and the other reading endpoints."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from trunks.simulator import WORLDS, Behaviour, SimulatedPbx, with_passwords

from .asking import API, ask, ask_path, failed, token_of

OFFICE_IDS = [trunk.id for trunk in WORLDS["office"].trunks]
COMMON = {"id", "trunkname", "trunktype", "extensionsdod", "extensionsgroupdod"}
FIELDS = {
    "register": COMMON | {"host", "port", "domain", "username", "authname", "fromuser", "password"},
    "peer": COMMON | {"host", "port", "domain"},
    "account": COMMON | {"username", "authname", "password"},
}


def ids_of(pbx: SimulatedPbx, asked: object) -> list[str]:
    answer = ask(pbx, "trunk/query_siptrunk", token_of(pbx), id=asked)
    return [trunk["id"] for trunk in answer["trunks"]]


@pytest.mark.parametrize(
    ("asked", "expected"),
    [("15", ["15"]), (15, ["15"]), ("15,2", ["2", "15"]), ("all", OFFICE_IDS)],
)
def test_trunks_are_asked_for_by_one_id_several_or_all(office, asked, expected):
    assert ids_of(office, asked) == expected


@given(chosen=st.sets(st.sampled_from(OFFICE_IDS), min_size=1))
@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_any_list_of_known_ids_gives_just_those_trunks(office, chosen):
    assert set(ids_of(office, ",".join(chosen))) == chosen


@pytest.mark.parametrize("kind", sorted(FIELDS))
def test_each_kind_of_trunk_has_just_its_documented_fields(office, kind):
    trunks = ask(office, "trunk/query_siptrunk", token_of(office), id="all")["trunks"]

    shapes = [set(trunk) for trunk in trunks if trunk["trunktype"] == kind]
    assert shapes == [FIELDS[kind]] * len(shapes)
    assert all(isinstance(value, str) for trunk in trunks for value in trunk.values())


@pytest.mark.parametrize("unknown", ["99", "15，16", "98,99", "3"])
def test_nothing_but_unknown_ids_is_an_error(office, unknown):
    assert ask(office, "trunk/query_siptrunk", token_of(office), id=unknown) == failed("10062")


@pytest.mark.parametrize("body", [{"other": "1"}, {"id": ""}, {"id": ","}, {"id": True}])
def test_a_missing_id_is_an_error(office, body):
    assert ask(office, "trunk/query_siptrunk", token_of(office), **body) == failed("10004")


def test_an_unknown_id_in_a_list_is_left_out(office):
    assert ids_of(office, "15,99") == ["15"]


def test_an_unknown_id_may_be_made_to_spoil_the_list():
    behaviour = Behaviour(unknown_id_in_list="refuse")
    with SimulatedPbx(WORLDS["office"], behaviour=behaviour) as pbx:
        assert ask(pbx, "trunk/query_siptrunk", token_of(pbx), id="15,99") == failed("10062")


def test_the_world_can_be_swapped_while_the_pbx_runs(pbx):
    pbx.world = WORLDS["office"]

    assert ids_of(pbx, "all") == OFFICE_IDS


def test_known_passwords_reach_every_trunk_that_has_one(pbx):
    pbx.world = with_passwords(WORLDS["office"], "marker-7f3a")
    trunks = ask(pbx, "trunk/query_siptrunk", token_of(pbx), id="all")["trunks"]

    sent = [trunk["password"] for trunk in trunks if trunk["trunktype"] != "peer"]
    assert sent == ["marker-7f3a"] * 5


def test_chinese_names_travel_as_utf_8(pbx):
    pbx.world = WORLDS["xiamen"]
    path = f"{API}trunk/query_siptrunk?token={token_of(pbx)}"

    assert '"trunkname": "厦门电信"'.encode() in ask_path(pbx, path, b'{"id": "1"}').body


def test_lines_that_are_not_sip_are_only_listed(office):
    listed = ask(office, "trunk/list", token_of(office))["trunklist"]

    assert [row for row in listed if row["type"] != "SIP"] == [
        {
            "trunkname": "Alarm line",
            "id": "3",
            "type": "FXO",
            "status": "idle",
            "port": "Span2-Port1",
        }
    ]


def test_extensions_leave_out_what_they_do_not_have(office):
    extensions = ask(office, "extension/list", token_of(office))["extlist"]
    by_number = {extension["number"]: extension for extension in extensions}

    assert set(by_number["1000"]) == {"number", "status", "type", "username"}
    assert by_number["1006"]["agentid"] == "1006"
    assert by_number["2001"]["port"] == "Span1-Port1"


@pytest.mark.parametrize(
    ("asked", "names"),
    [
        ("3", ["after-hours"]),
        ("1,3", ["sales", "after-hours"]),
        ("all", ["sales", "support", "after-hours", "finance"]),
        ("99", []),
    ],
)
def test_groups_are_asked_for_in_the_same_three_ways(office, asked, names):
    groups = ask(office, "extensiongroup/query", token_of(office), id=asked)["extgroupinfos"]

    assert [group["name"] for group in groups] == names
    assert all(set(group) == {"id", "name", "members"} for group in groups)
