"""`kill -9` of the worker at any moment leaves nothing half done, and the next worker goes on."""

from __future__ import annotations

import random
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from trunks.simulator import SimulatedPbx

from .changing import NextWorld, world_of
from .site import Site, running_site

pytestmark = pytest.mark.both_databases

PBXS = 20
ROUNDS = 10
SEED = 20261124


def test_a_killed_worker_leaves_no_half_written_pbx_and_no_stuck_row(tmp_path: Path):
    """200 fetches of PBXs that never answer the same twice.

    A dead worker's lease has half a minute to go: instead of waiting for that, the test moves the
    leases' ends into the past before the next worker starts.
    """
    with ExitStack() as running:
        devices = [running.enter_context(SimulatedPbx(world_of(0))) for _ in range(PBXS)]
        answers = [NextWorld(device, seed) for seed, device in enumerate(devices)]
        for device, answer in zip(devices, answers, strict=True):
            device.fault = answer
        site = running.enter_context(running_site(tmp_path))
        pbxs = site.ask("add", base_urls=[device.base_url for device in devices])
        kills = walk_and_kill(site, pbxs, answers)

        before = {pbx: site.ask("known", pbx=pbx)["observed"] for pbx in pbxs}
        last = site.ask("run")
        site.wait_for(lambda: site.ask("over", fetches=last))
        assert {tuple(site.ask("state", fetch=fetch)) for fetch in last} == {("succeeded", "")}
        for pbx, answer in zip(pbxs, answers, strict=True):
            known = site.ask("known", pbx=pbx)
            assert known["observed"] > (before[pbx] or "")
            assert number_of(known) == answer.answered
        counts = site.ask("counts")

    assert kills >= 5
    assert counts["succeeded"] > PBXS * ROUNDS / 2
    assert counts["interrupted"] > 0
    assert set(counts) == {"succeeded", "interrupted"}


def walk_and_kill(site: Site, pbxs: list[int], answers: list[NextWorld]) -> int:
    """Fetch all PBXs again and again, and kill the worker in between; return how often."""
    moments = random.Random(SEED)  # noqa: S311 - the same moments each time
    kills = 0
    site.start_worker()
    kill_at = moments.randint(10, 40)
    for _ in range(ROUNDS):
        fetches = site.ask("run")
        while not site.ask("over", fetches=fetches):
            if sum(answer.answered for answer in answers) < kill_at:
                time.sleep(0.01)
                continue
            time.sleep(moments.uniform(0, 0.05))
            site.kill_worker()
            kills += 1
            for pbx, answer in zip(pbxs, answers, strict=True):
                number = number_of(site.ask("known", pbx=pbx))
                assert number is None or 1 <= number <= answer.answered
            site.ask("let_leases_end")
            site.start_worker()
            kill_at = sum(answer.answered for answer in answers) + moments.randint(10, 40)
        assert site.ask("stuck") == 0
    return kills


def number_of(known: dict[str, Any]) -> int | None:
    """Return which answer is stored, None for none yet; fail when it is not exactly one and whole."""
    if known["observed"] is None:
        assert (known["trunks"], known["bindings"], known["versions"]) == ([], [], [])
        return None
    number = int(known["trunks"][0][1].rpartition(" ")[2])
    trunks = world_of(number).trunks
    assert known["trunks"] == [[trunk.id, trunk.name, trunk.extensionsdod] for trunk in trunks]
    assert known["bindings"] == [trunk.extensionsdod.split(",") for trunk in trunks]
    assert known["versions"] == [trunk.name for trunk in trunks]
    assert set(known["observed_trunks"]) == {known["observed"]}
    return number
