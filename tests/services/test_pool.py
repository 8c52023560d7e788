"""The pool of threads, over real sockets and with real commits."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import timedelta

import pytest
from django.utils import timezone

from tests.builders import make_pbx
from trunks.models import Fetch, FetchRun, Pbx, Trust
from trunks.services.claiming import fetches_claim
from trunks.services.fetching import fetch_request
from trunks.services.pool import SPARE_THREADS, FetchPool
from trunks.services.runs import run_cancel, run_start
from trunks.simulator import WORLDS, SimulatedPbx, api_password
from trunks.simulator.exchange import Exchange
from trunks.simulator.replies import Reply

# Seconds; PBXs are given up after twenty.
PATIENCE = 15.0

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.both_databases]


class Held:
    """Answers only when the test lets it, so that nothing hangs on how quick the machine is."""

    def __init__(self) -> None:
        self.go = threading.Event()

    def reply(self, exchange: Exchange) -> Reply:
        self.go.wait(PATIENCE)
        return exchange.honest()


class Together:
    """Answers when so many are being asked at once; when they never are, nobody is answered honestly."""

    def __init__(self, count: int) -> None:
        self.gate = threading.Barrier(count, timeout=PATIENCE)

    def reply(self, exchange: Exchange) -> Reply:
        self.gate.wait()
        return exchange.honest()


@pytest.fixture
def held() -> Iterator[Held]:
    """What lets nobody wait for longer than the test lasts."""
    fault = Held()
    yield fault
    fault.go.set()


@pytest.fixture
def devices() -> Iterator[list[SimulatedPbx]]:
    """Six running PBXs with the documented trunk."""
    with ExitStack() as running:
        yield [running.enter_context(SimulatedPbx(WORLDS["documented"])) for _ in range(6)]


@pytest.fixture
def pbxs(devices: list[SimulatedPbx]) -> list[Pbx]:
    """Their saved settings, never fetched."""
    return [
        make_pbx(
            f"PBX {number}",
            base_url=device.base_url,
            trust=Trust.PLAIN,
            username=device.username,
            secret_md5=api_password(device.password),
            observed_at=None,
        )
        for number, device in enumerate(devices)
    ]


def running(run: FetchRun) -> int:
    return run.fetches.filter(state=Fetch.State.RUNNING).count()


def called(devices: list[SimulatedPbx]) -> int:
    return sum(1 for device in devices if device.requests)


def start(pbxs: list[Pbx]) -> FetchRun:
    return run_start(pbxs=pbxs, scope=FetchRun.Scope.ALL)


def test_a_run_is_worked_off(pbxs: list[Pbx]):
    run = start(pbxs)
    with FetchPool(threads=2) as pool:
        pool.work_off()

    assert run.progress().succeeded == 6
    assert not Pbx.objects.filter(observed_at=None).exists()


def test_slow_pbxs_are_read_side_by_side(pbxs: list[Pbx], devices: list[SimulatedPbx]):
    together = Together(6)
    for device in devices:
        device.fault = together
    run = start(pbxs)
    with FetchPool(threads=6) as pool:
        pool.work_off()

    assert run.progress().succeeded == 6
    assert not together.gate.broken


def test_a_dead_pbx_fails_alone(pbxs: list[Pbx], devices: list[SimulatedPbx]):
    devices[2].stop()
    run = start(pbxs)
    with FetchPool(threads=2) as pool:
        pool.work_off()

    failed = run.fetches.get(state=Fetch.State.FAILED)
    assert (failed.pbx, failed.reason) == (pbxs[2], "refused")
    assert run.progress().succeeded == 5


def test_no_more_are_read_at_once_than_there_are_threads(pbxs: list[Pbx]):
    start(pbxs)

    assert len(fetches_claim(limit=2)) == 2
    assert Fetch.objects.filter(state=Fetch.State.RUNNING).count() == 2


def test_what_is_taken_up_ahead_waits_for_a_thread(
    pbxs: list[Pbx], devices: list[SimulatedPbx], held: Held
):
    for device in devices:
        device.fault = held
    run = start(pbxs)
    with FetchPool(threads=2) as pool:
        pool.look()
        taken = running(run)
        until = time.monotonic() + PATIENCE
        while called(devices) < 2 and time.monotonic() < until:
            time.sleep(0.01)
        assert (taken, called(devices)) == (3, 2)
        held.go.set()

    pool._executor.shutdown(wait=True)


def test_what_was_taken_up_ahead_goes_back_when_nothing_answers(
    pbxs: list[Pbx], devices: list[SimulatedPbx], held: Held, monkeypatch
):
    monkeypatch.setattr("trunks.services.pool.QUIET_SECONDS", PATIENCE)
    for device in devices:
        device.fault = held
    run = start(pbxs)
    with FetchPool(threads=2) as pool:
        pool.look()
        ahead = running(run)
        monkeypatch.setattr("trunks.services.pool.QUIET_SECONDS", 0.0)
        until = time.monotonic() + PATIENCE
        while running(run) > 2 and time.monotonic() < until:
            pool.look()
        later = running(run)

    assert (ahead, later) == (3, 2)
    held.go.set()
    pool._executor.shutdown(wait=True)


def test_what_was_taken_up_ahead_of_a_run_that_is_cancelled_is_not_read(
    pbxs: list[Pbx], devices: list[SimulatedPbx], held: Held
):
    for device in devices:
        device.fault = held
    run = start(pbxs)
    with FetchPool(threads=2) as pool:
        pool.look()
        run_cancel(run=run)
        held.go.set()

    pool._executor.shutdown(wait=True)
    assert {fetch.state for fetch in run.fetches.all()} == {"cancelled"}


def test_one_pbx_is_never_read_twice_at_once(pbxs: list[Pbx]):
    for scope in ("all", "15", "16"):
        Fetch.objects.create(pbx=pbxs[0], scope=scope)

    assert [fetch.scope for fetch in fetches_claim(limit=10)] == ["all"]
    assert fetches_claim(limit=10) == []


def test_what_waits_behind_a_fetch_of_its_pbx_comes_next(pbxs: list[Pbx]):
    waiting = [Fetch.objects.create(pbx=pbxs[0], scope=scope) for scope in ("all", "15")]
    with FetchPool(threads=2) as pool:
        pool.work_off()

    assert {Fetch.objects.get(pk=fetch.pk).state for fetch in waiting} == {"succeeded"}


def test_a_person_who_asks_for_one_pbx_is_served_before_a_run(pbxs: list[Pbx]):
    start(pbxs[:5])
    asked = fetch_request(pbx=pbxs[5])

    assert fetches_claim(limit=1) == [asked]


def test_a_person_is_served_while_a_run_fills_every_thread(
    pbxs: list[Pbx], devices: list[SimulatedPbx], held: Held
):
    for device in devices[:5]:
        device.fault = held
    start(pbxs[:5])
    with FetchPool(threads=1) as pool:
        pool.look()
        asked = fetch_request(pbx=pbxs[5])
        until = time.monotonic() + PATIENCE
        while not Fetch.objects.get(pk=asked.pk).is_over and time.monotonic() < until:
            pool.look()
        runs_over = Fetch.objects.filter(runs__isnull=False, state="succeeded").count()
        held.go.set()

    assert Fetch.objects.get(pk=asked.pk).state == "succeeded"
    assert runs_over == 0
    assert SPARE_THREADS > 0


def test_pbxs_that_answer_come_before_those_that_failed(pbxs: list[Pbx]):
    Pbx.objects.filter(pk=pbxs[0].pk).update(failures_in_a_row=2)
    start(pbxs)

    assert fetches_claim(limit=6)[-1].pbx == pbxs[0]


def test_what_is_under_way_is_given_back_when_the_pool_ends(
    pbxs: list[Pbx], devices: list[SimulatedPbx], held: Held
):
    devices[0].fault = held
    fetch = fetch_request(pbx=pbxs[0])
    with FetchPool(threads=1) as pool:
        pool.look()

    fetch.refresh_from_db()
    assert (fetch.state, fetch.started_at) == ("queued", None)
    # The next test shall not meet the thread that still reads.
    held.go.set()
    pool._executor.shutdown(wait=True)


def test_an_answer_that_comes_after_the_lease_is_dropped(pbxs: list[Pbx]):
    fetch_request(pbx=pbxs[0])
    with FetchPool(threads=1) as pool:
        pool._claim()
        Fetch.objects.update(state=Fetch.State.INTERRUPTED, finished_at=timezone.now())
        pool.work_off()

    assert Fetch.objects.get().state == "interrupted"
    assert not pbxs[0].trunks.exists()


def test_a_lease_is_renewed_while_the_pool_works(
    pbxs: list[Pbx], devices: list[SimulatedPbx], held: Held, monkeypatch
):
    monkeypatch.setattr("trunks.services.pool.RENEW_SECONDS", 0.0)
    devices[0].fault = held
    fetch_request(pbx=pbxs[0])
    with FetchPool(threads=1) as pool:
        pool._claim()
        soon = timezone.now() + timedelta(seconds=1)
        Fetch.objects.update(lease_until=soon)
        pool.look()
        lease = Fetch.objects.values_list("lease_until", flat=True).get()
        held.go.set()

    assert lease is not None
    assert lease > soon


def test_a_kept_token_is_read_for_all_at_once_and_not_by_the_threads(
    pbxs: list[Pbx], devices: list[SimulatedPbx], monkeypatch
):
    start(pbxs)
    with FetchPool(threads=6) as pool:
        pool.work_off()
    monkeypatch.setattr("trunks.services.tokens.token_read", pytest.fail)
    run = start(pbxs)
    with FetchPool(threads=6) as pool:
        pool.work_off()

    assert run.progress().succeeded == 6
    assert [device.logins for device in devices] == [1] * 6
