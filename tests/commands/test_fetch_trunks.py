"""`manage.py fetch_trunks`, over real sockets against the simulator."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from tests.builders import make_pbx
from trunks.models import Pbx, Trust
from trunks.services import landing, storing
from trunks.services.fetching import fetch_request
from trunks.simulator import WORLDS, SimulatedPbx, api_password

# Threads of the pool look into the same database.
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def device() -> Iterator[SimulatedPbx]:
    with SimulatedPbx(WORLDS["documented"]) as simulated:
        yield simulated


@pytest.fixture
def pbx(transactional_db: None, device: SimulatedPbx) -> Pbx:
    return make_pbx(
        "demo-documented",
        base_url=device.base_url,
        trust=Trust.PLAIN,
        username=device.username,
        secret_md5=api_password(device.password),
    )


def run(*arguments: str) -> str:
    printed = StringIO()
    call_command("fetch_trunks", *arguments, stdout=printed)
    return printed.getvalue()


def test_the_documented_trunk_is_printed_as_json(pbx: Pbx):
    (answer,) = json.loads(run("--pbx", pbx.slug, "--trunk", "15", "--json"))
    (trunk,) = answer["trunks"]

    assert (trunk["id"], trunk["kind"], trunk["host"], trunk["port"]) == (
        "15",
        "peer",
        "192.168.6.36",
        "5060",
    )
    assert [(b["number"], b["name"], b["target_kind"], b["target"]) for b in trunk["bindings"]] == [
        ("5503301", "yeastar", "group", "sales"),
        ("5503302", "yealink", "group", "support"),
    ]


@pytest.mark.parametrize(
    ("arguments", "question"),
    [(["--trunk", "15"], "15"), (["--trunk", "15, 16"], "15,16"), ([], "all")],
)
def test_ids_reach_the_pbx_in_the_documented_forms(
    pbx: Pbx, device: SimulatedPbx, arguments: list[str], question: str
):
    run("--pbx", pbx.slug, *arguments)

    asked = [r.body for r in device.requests if r.endpoint == "trunk/query_siptrunk"]
    assert asked == [{"id": question}]


def test_trunks_asked_for_are_printed_alone_also_when_all_were_being_fetched(
    pbx: Pbx, device: SimulatedPbx
):
    device.world = WORLDS["office"]
    fetch_request(pbx=pbx, wake=False)
    (answer,) = json.loads(run("--pbx", pbx.slug, "--trunk", "1,2", "--json"))

    assert ([trunk["id"] for trunk in answer["trunks"]], answer["seen"]) == (["1", "2"], 8)


def test_a_table_names_each_pbx_with_its_outcome(pbx: Pbx):
    assert "demo-documented  succeeded    1 trunk read: 1 new" in run("--all")


def test_a_failing_pbx_is_said_and_ends_with_an_error(pbx: Pbx, device: SimulatedPbx, capsys):
    device.stop()
    with pytest.raises(CommandError, match="1 of 1 PBXs failed"):
        call_command("fetch_trunks", "--all")

    assert "The PBX refused the connection." in capsys.readouterr().out


def test_a_failing_pbx_does_not_keep_the_others_from_being_fetched(pbx: Pbx):
    make_pbx("a-dead-one", base_url="http://127.0.0.1:9", trust=Trust.PLAIN)
    with pytest.raises(CommandError, match="1 of 2 PBXs failed"):
        run("--all")

    assert pbx.trunks.count() == 1


def test_an_unknown_pbx_is_answered_with_the_known_ones(pbx: Pbx):
    with pytest.raises(CommandError, match=r"no PBX 'nowhere'\. Known: demo-documented"):
        run("--pbx", "nowhere")


def test_ids_without_a_pbx_are_refused(pbx: Pbx):
    with pytest.raises(CommandError, match="ids belong to one PBX"):
        run("--all", "--trunk", "15")


def test_a_mistake_of_ours_is_one_sentence_and_the_other_pbxs_are_still_read(
    pbx: Pbx, device: SimulatedPbx, monkeypatch
):
    make_pbx(
        "another",
        base_url=device.base_url,
        trust=Trust.PLAIN,
        username=device.username,
        secret_md5=api_password(device.password),
    )
    whole = storing.store

    def broken_for_one(**given: Any) -> object:
        if given["fetch"].pbx.slug == "another":
            raise RuntimeError("MARKER")
        return whole(**given)

    monkeypatch.setattr(landing, "store", broken_for_one)
    printed = StringIO()
    with pytest.raises(CommandError, match="1 of 2 PBXs failed"):
        call_command("fetch_trunks", "--all", stdout=printed)

    assert "This dashboard made a mistake." in printed.getvalue()
    assert "1 trunk read" in printed.getvalue()
    assert "MARKER" not in printed.getvalue()


@pytest.mark.parametrize("ids", ["1\t2", " ", "a b"])
def test_ids_that_cannot_be_asked_for_are_refused(pbx: Pbx, ids: str):
    with pytest.raises(CommandError, match="--trunk takes ids like"):
        run("--pbx", pbx.slug, "--trunk", ids)


def test_a_site_is_fetched_by_its_name(pbx: Pbx):
    Pbx.objects.filter(pk=pbx.pk).update(site="Leeds")
    make_pbx("elsewhere", site="Xiamen", base_url="http://127.0.0.1:9", trust=Trust.PLAIN)

    assert "demo-documented  succeeded" in run("--site", "Leeds")


def test_an_unknown_site_is_answered_with_the_known_ones(pbx: Pbx):
    Pbx.objects.filter(pk=pbx.pk).update(site="Leeds")
    with pytest.raises(CommandError, match=r"at the site 'Lead'\. Known: Leeds"):
        run("--site", "Lead")


def test_nothing_is_due_while_no_pbx_has_an_interval(pbx: Pbx, device: SimulatedPbx):
    assert run("--due") == ""
    assert device.requests == []


def test_a_pbx_is_due_when_its_own_interval_has_passed(pbx: Pbx):
    old = timezone.now() - timedelta(minutes=16)
    Pbx.objects.filter(pk=pbx.pk).update(fetch_every=15, observed_at=old)

    assert "demo-documented  succeeded" in run("--due")
    assert run("--due") == ""


@pytest.mark.parametrize(
    "fields",
    [
        lambda now: {"enabled": False},
        lambda now: {"credentials_rejected_at": now},
        lambda now: {"resting_until": now + timedelta(minutes=5)},
    ],
)
def test_a_pbx_that_should_not_be_called_is_not_due(
    pbx: Pbx, device: SimulatedPbx, fields: Callable[[datetime], dict[str, object]]
):
    now = timezone.now()
    Pbx.objects.filter(pk=pbx.pk).update(fetch_every=15, observed_at=None, **fields(now))

    assert run("--due") == ""
    assert device.requests == []
