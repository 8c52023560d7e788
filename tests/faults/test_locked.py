"""The database locked by another writer for five seconds and more: people are told, nothing is lost."""

from __future__ import annotations

import time

import pytest

from trunks.simulator import SimulatedPbx

from .changing import Gate, world_of
from .site import Site

pytestmark = pytest.mark.both_databases

LOCKED_SECONDS = 5.5


def test_an_answer_that_meets_a_lock_is_stored_after_it(
    site: Site, device: SimulatedPbx, gate: Gate
):
    (pbx,) = site.ask("add", base_urls=[device.base_url])
    fetch = site.ask("request", pbx=pbx)
    site.start_worker()
    assert gate.asked.wait(30)
    with site.locked():
        gate.open.set()
        time.sleep(LOCKED_SECONDS)
        assert site.ask("state", fetch=fetch) == ["running", ""]
    site.wait_for(lambda: site.ask("over", fetches=[fetch]))

    assert site.ask("state", fetch=fetch) == ["succeeded", ""]
    names = [trunk.name for trunk in world_of(1).trunks]
    assert [trunk[1] for trunk in site.ask("known", pbx=pbx)["trunks"]] == names
    assert site.ask("counts") == {"succeeded": 1}


def test_a_person_who_meets_a_lock_is_told_so(site: Site):
    (pbx,) = site.ask("add", base_urls=["http://127.0.0.1:9"])
    session = site.ask("log_in")
    with site.locked():
        status, page = site.ask("press_fetch", pbx=pbx, session=session)

    assert status == 503
    assert "busy" in page
    assert site.ask("counts") == {}
