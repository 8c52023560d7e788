"""Several PBXs in one process."""

from __future__ import annotations

import socket

import pytest

from trunks.simulator import WORLDS, Fleet, FleetMember

from .asking import ask, ask_path, token_of


def test_each_member_serves_its_own_world(certificate):
    members = [
        FleetMember("london", WORLDS["office"]),
        FleetMember("xiamen", WORLDS["xiamen"], tls=certificate),
    ]
    with Fleet(members) as fleet:
        counts = {
            slug: len(ask(fleet[slug], "trunk/list", token_of(fleet[slug]))["trunklist"])
            for slug in fleet
        }

    assert counts == {"london": 9, "xiamen": 12}


def test_a_member_can_have_a_certificate_made_for_it():
    fleet = Fleet([FleetMember("leeds", WORLDS["office"], tls=True)])

    assert len(fleet["leeds"].certificate_sha256) == 64


def test_two_members_of_one_name_are_refused():
    member = FleetMember("london", WORLDS["office"])

    with pytest.raises(ValueError, match="london"):
        Fleet([member, member])


def test_a_taken_port_leaves_nobody_running():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        fleet = Fleet(
            [
                FleetMember("london", WORLDS["office"]),
                FleetMember("leeds", WORLDS["office"], port=taken.getsockname()[1]),
            ]
        )
        with pytest.raises(OSError, match="in use"):
            fleet.__enter__()

    with pytest.raises(ConnectionRefusedError):
        ask_path(fleet["london"], "/")
