"""Leases between real processes: a lost one ends a fetch, and its late answer is dropped."""

from __future__ import annotations

import signal

import pytest

from trunks.simulator import SimulatedPbx

from .changing import Gate, world_of
from .site import Site

pytestmark = pytest.mark.both_databases


def test_a_second_asker_joins_the_fetch_that_runs(site: Site, device: SimulatedPbx, gate: Gate):
    (pbx,) = site.ask("add", base_urls=[device.base_url])
    first = site.ask("request", pbx=pbx)
    site.start_worker()
    assert gate.asked.wait(30)

    assert site.ask("state", fetch=first) == ["running", ""]
    assert site.ask("request", pbx=pbx) == first
    gate.open.set()
    site.wait_for(lambda: site.ask("over", fetches=[first]))
    assert site.ask("counts") == {"succeeded": 1}


def test_a_late_answer_of_a_lost_lease_is_dropped(site: Site, device: SimulatedPbx, gate: Gate):
    """The worker is stopped in its tracks, as by a suspended machine; its lease ends meanwhile."""
    (pbx,) = site.ask("add", base_urls=[device.base_url])
    first = site.ask("request", pbx=pbx)
    site.start_worker()
    assert gate.asked.wait(30)

    site.signal_worker(signal.SIGSTOP)
    assert site.ask("let_leases_end_and_reap") == 1
    assert site.ask("state", fetch=first) == ["interrupted", "interrupted"]
    gate.open.set()
    site.signal_worker(signal.SIGCONT)
    # The first thread is free again: its answer was landed, or dropped, before that of the next.
    site.wait_for(lambda: any(request.endpoint == "trunk/list" for request in device.requests))
    assert site.ask("known", pbx=pbx)["trunks"] == []

    device.world = world_of(2)
    second = site.ask("request", pbx=pbx)
    site.wait_for(lambda: site.ask("over", fetches=[second]))

    assert second != first
    assert site.ask("state", fetch=first) == ["interrupted", "interrupted"]
    assert site.ask("state", fetch=second) == ["succeeded", ""]
    assert site.ask("ever_known", pbx=pbx) == sorted(trunk.name for trunk in world_of(2).trunks)
