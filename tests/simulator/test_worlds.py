"""The ready-made worlds hold together and keep to the documented rules."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trunks.simulator import WORLDS, SimulatedTrunk, World
from trunks.simulator.worlds import build_callcentre

KINDS = {"register", "peer", "account"}
BANNED_IN_TRUNK_NAMES = set("!$()/#;,[]\"=<>&'`^%@{}|")
"""ADM import_parameters_trunks."""

DELETED = {"xiamen": {"8055"}}
"""Extensions that a world's bindings name and its lists do not, on purpose."""

every_world = pytest.mark.parametrize("world", WORLDS.values(), ids=WORLDS)


def pieces(dods: str) -> list[str]:
    return [piece for piece in dods.split(",") if piece]


def bindings(trunk: SimulatedTrunk) -> list[str]:
    return pieces(trunk.extensionsdod) + pieces(trunk.extensionsgroupdod)


def count_bindings(world: World) -> int:
    return sum(len(bindings(trunk)) for trunk in world.trunks)


@pytest.mark.parametrize(
    ("name", "trunks", "count"),
    [("documented", 1, 2), ("office", 8, 39), ("callcentre", 64, 5_000), ("xiamen", 12, 300)],
)
def test_a_world_has_its_size(name, trunks, count):
    assert len(WORLDS[name].trunks) == trunks
    assert count_bindings(WORLDS[name]) == count


@every_world
def test_ids_and_names_are_unique_and_permitted(world):
    ids = [trunk.id for trunk in (*world.trunks, *world.other_trunks)]
    names = [trunk.name for trunk in (*world.trunks, *world.other_trunks)]

    assert max(Counter(ids).values()) == max(Counter(names).values()) == 1
    assert not BANNED_IN_TRUNK_NAMES & set("".join(names))


@pytest.mark.parametrize("name", ["office", "callcentre", "xiamen"])
def test_a_world_has_all_three_kinds_and_a_trunk_without_dods(name):
    trunks = WORLDS[name].trunks

    assert {trunk.kind for trunk in trunks} == KINDS
    assert any(not bindings(trunk) for trunk in trunks)
    assert {bool(trunk.fromuser) for trunk in trunks if trunk.kind == "register"} == {True, False}


@every_world
def test_bindings_refer_to_extensions_and_groups_that_exist(world):
    numbers = {extension.number for extension in world.extensions} | DELETED.get(world.name, set())
    groups = tuple(f"-{group.name}" for group in world.groups)

    for trunk in world.trunks:
        for piece in pieces(trunk.extensionsdod):
            assert piece.rpartition("-")[2] in numbers or piece.count("-") < 2
        for piece in pieces(trunk.extensionsgroupdod):
            assert piece.endswith(groups)


@every_world
def test_group_members_are_extensions_of_at_most_seven_digits(world):
    numbers = {extension.number for extension in world.extensions}

    assert {member for group in world.groups for member in group.members} <= numbers
    assert all(number.isdigit() and len(number) <= 7 for number in numbers)


@every_world
def test_just_the_kinds_with_a_password_have_one(world):
    assert all(bool(trunk.password) == trunk.has_password for trunk in world.trunks)
    assert all(trunk.password not in repr(world) for trunk in world.trunks if trunk.password)


def test_one_extension_was_deleted_while_a_binding_still_names_it():
    world = WORLDS["xiamen"]
    everything = [piece for trunk in world.trunks for piece in bindings(trunk)]

    assert len([piece for piece in everything if piece.endswith("-8055")]) == 1
    assert "8055" not in {extension.number for extension in world.extensions}


def test_the_office_holds_every_oddity():
    everything = [piece for trunk in WORLDS["office"].trunks for piece in bindings(trunk)]

    assert "+442079460108--1008" in everything
    assert "01632960177-Reception" in everything
    assert "+442079460112-Night-Line-after-hours" in everything


@given(trunks=st.integers(2, 80), count=st.integers(0, 3_000), seed=st.integers(0, 2**32))
@settings(max_examples=10, deadline=None)
def test_a_call_centre_of_any_size_is_the_same_every_time(trunks, count, seed):
    world = build_callcentre(trunks=trunks, bindings=count, seed=seed)

    assert world == build_callcentre(trunks=trunks, bindings=count, seed=seed)
    assert (len(world.trunks), count_bindings(world)) == (trunks, count)
    assert len({trunk.name for trunk in world.trunks}) == trunks
