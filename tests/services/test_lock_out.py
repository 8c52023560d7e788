"""We never lock ourselves out: many threads and processes, counted by the PBX that they hammer."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import TypeVar
from urllib.parse import quote

import pytest
from django.contrib.auth.models import User
from django.core.cache import cache
from django.db import OperationalError, connection
from django.utils import timezone

from tests.builders import make_pbx
from tests.services.hammering import hammer
from tests.services.test_connection_tests import settings_for
from trunks.models import LoginAttempt, Pbx, Trust
from trunks.services.connecting import client_for
from trunks.services.connection_tests import connection_test_perform, connection_test_request
from trunks.services.logins import LEASE_MARGIN
from trunks.services.pbxs import pbx_update
from trunks.simulator import WORLDS, SimulatedPbx, api_password
from trunks.simulator.exchange import Exchange
from trunks.simulator.faults import Delay, OnlyFor
from trunks.simulator.replies import Reply

pytestmark = pytest.mark.django_db(transaction=True)

Pressed = TypeVar("Pressed")
ROOT = Path(__file__).resolve().parents[2]
SECONDS, THREADS, PROCESSES = 1.5, 4, 3


@pytest.fixture(autouse=True)
def empty_cache(transactional_db: None) -> Iterator[None]:
    """Begin and end without tokens: no other test empties this table after real commits."""
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def busy() -> Iterator[tuple[SimulatedPbx, CountedLogins]]:
    """A PBX that takes a moment for each log-in, so that a crowd of them would meet."""
    counted = CountedLogins()
    with SimulatedPbx(WORLDS["documented"], fault=counted) as simulated:
        yield simulated, counted


@dataclass
class CountedLogins:
    """Takes a moment for each log-in and counts those that are there at the same time."""

    most: int = 0
    _now: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def reply(self, exchange: Exchange) -> Reply:
        if exchange.request.endpoint != "login":
            return exchange.honest()
        with self._lock:
            self._now += 1
            self.most = max(self.most, self._now)
        exchange.wait(0.05)
        with self._lock:
            self._now -= 1
        return exchange.honest()


def row(device: SimulatedPbx, number: int, password: str) -> Pbx:
    return make_pbx(
        f"Row {number}",
        base_url=device.base_url,
        trust=Trust.PLAIN,
        username=device.username,
        secret_md5=api_password(password),
        deadline=5,
    )


def database_url() -> str:
    """Return the address of the test database for other processes."""
    values = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{values['NAME']}"
    if values["HOST"].startswith("/"):  # a socket's folder
        return f"postgres:///{values['HOST']}/{values['NAME']}"
    account = f"{quote(values['USER'])}:{quote(values['PASSWORD'])}"
    return f"postgres://{account}@{values['HOST']}:{values['PORT']}/{values['NAME']}"


def process(pbxs: list[Pbx], *, seconds: float = SECONDS) -> subprocess.Popen[str]:
    url = database_url()
    return subprocess.Popen(
        [sys.executable, "-m", "tests.services.hammering", str(seconds), str(THREADS)]
        + [str(pbx.pk) for pbx in pbxs],
        cwd=ROOT,
        env={
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "tests.settings",
            "PBXDASH_DATABASE_URL": url,
            **({"TEST_DATABASE_URL": url} if "TEST_DATABASE_URL" in os.environ else {}),
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@contextmanager
def hammered(pbxs: list[Pbx]) -> Iterator[None]:
    """Let several processes hammer the PBXs meanwhile, and see that each really did."""
    processes = [process(pbxs) for _ in range(PROCESSES)]
    yield
    for one in processes:
        out, trouble = one.communicate(timeout=60)
        assert one.returncode == 0, trouble
        assert int(out) >= THREADS


def tried_passwords(device: SimulatedPbx) -> Counter[str]:
    bodies = [request.body for request in device.requests if request.endpoint == "login"]
    return Counter(str(body["password"]) for body in bodies if isinstance(body, dict))


def test_threads_with_a_wrong_password_reach_the_pbx_once(busy):
    device, _ = busy
    hammer(1.0, 16, [row(device, 1, "wrong").pk])
    assert device.failed_logins == 1


@pytest.mark.both_databases
def test_processes_with_a_wrong_password_reach_the_pbx_once(busy):
    device, _ = busy
    with hammered([row(device, 1, "wrong")]):
        pass
    assert (device.failed_logins, device.locked_out_logins) == (1, 0)


def test_ten_rows_with_the_same_wrong_password_reach_the_pbx_once(busy):
    device, _ = busy
    with hammered([row(device, number, "wrong") for number in range(10)]):
        pass
    assert device.failed_logins == 1


@pytest.mark.both_databases
def test_ten_rows_with_passwords_of_their_own_reach_it_three_times(busy):
    device, counted = busy
    with hammered([row(device, number, f"wrong {number}") for number in range(10)]):
        pass
    assert (device.failed_logins, device.locked_out_logins) == (3, 0)
    assert counted.most == 1


def test_edits_and_tests_in_between_lead_to_no_more_than_three(busy, administrator: User):
    device, _ = busy
    pbx = row(device, 1, "wrong 0")
    with hammered([pbx, row(device, 2, "wrong in another row")]):
        for number in range(1, 10):
            edit(pbx, f"wrong {number}")
            ask_for_a_test(administrator, device, f"wrong in test {number}")
            time.sleep(0.1)
    assert (device.failed_logins, device.locked_out_logins) == (3, 0)
    assert max(tried_passwords(device).values()) == 1


def test_each_edit_leads_to_one_failed_log_in_at_most(busy):
    device, _ = busy
    pbx = row(device, 1, "wrong 0")
    for number in range(4):
        if number:
            edit(pbx, f"wrong {number}")
            # As if ten minutes had passed.
            LoginAttempt.objects.all().delete()
        hammer(0.5, 8, [pbx.pk])
        assert device.failed_logins == number + 1
    assert set(tried_passwords(device).values()) == {1}


def test_the_same_wrong_password_typed_again_is_not_tried_again(busy):
    device, _ = busy
    pbx = row(device, 1, "wrong")
    for _ in range(3):
        hammer(0.3, 4, [pbx.pk])
        edit(pbx, "wrong")
    assert device.failed_logins == 1


@pytest.mark.both_databases
def test_processes_with_the_right_password_share_one_log_in(busy):
    device, counted = busy
    with hammered([row(device, 1, device.password)]):
        pass
    assert device.logins == counted.most == 1


def test_without_kept_tokens_log_ins_still_come_one_at_a_time(busy):
    device, counted = busy
    pbx = row(device, 1, device.password)
    Pbx.objects.update(keeps_login=False)
    with hammered([pbx]):
        pass
    assert device.logins > 3
    assert (counted.most, device.failed_logins) == (1, 0)


@pytest.mark.both_databases
def test_killed_processes_count_as_refused_and_stop_nothing_for_ever(busy):
    device, _ = busy
    device.fault = OnlyFor("login", Delay(30))
    pbx = row(device, 1, device.password)
    killed = process([pbx], seconds=30)
    until = time.monotonic() + 20
    while not device.requests and time.monotonic() < until:
        time.sleep(0.05)
    killed.send_signal(signal.SIGKILL)
    killed.communicate()
    attempt = LoginAttempt.objects.get()
    assert attempt.outcome == "under-way"
    assert attempt.ends_at < timezone.now() + timedelta(seconds=pbx.deadline) + LEASE_MARGIN

    device.fault = None
    LoginAttempt.objects.update(ends_at=timezone.now())
    hammer(0.2, 1, [pbx.pk])
    assert device.logins == 1


def edit(pbx: Pbx, password: str) -> None:
    names = ("name", "site", "notes", "enabled", "keeps_login")
    more = ("base_url", "api_path", "username", "trust", "pinned_fingerprint")
    limits = ("connect_timeout", "deadline")
    current = Pbx.objects.get(pk=pbx.pk)
    values = {name: getattr(current, name) for name in (*names, *more, *limits)}
    pressing(lambda: pbx_update(pbx=pbx, password_md5=api_password(password), **values))


def ask_for_a_test(user: User, device: SimulatedPbx, password: str) -> None:
    settings = settings_for(device, deadline=2)
    md5 = api_password(password)
    test = pressing(
        lambda: connection_test_request(requested_by=user, password_md5=md5, **settings)
    )
    pressing(lambda: connection_test_perform(test.pk))


def pressing(press: Callable[[], Pressed]) -> Pressed:
    """Do what a person does when told that the database is busy: press again."""
    for _ in range(5):
        with suppress(OperationalError):
            return press()
    return press()


@pytest.mark.both_databases
def test_a_thread_that_waits_for_a_pbx_holds_no_connection_of_the_pool(transactional_db: None):
    if not connection.settings_dict["OPTIONS"].get("pool"):
        pytest.skip("this database has no pool of connections")
    with ExitStack() as running:
        slow = OnlyFor("login", Delay(1.0))
        devices = [SimulatedPbx(WORLDS["documented"], fault=slow) for _ in range(12)]
        pbxs = [
            row(running.enter_context(device), number, device.password)
            for number, device in enumerate(devices)
        ]
        began = time.monotonic()
        # Three times as many threads as psycopg's pool has connections.
        with ThreadPoolExecutor(12) as pool:
            assert all(pool.map(read_once, pbxs))
    assert time.monotonic() - began < 2.5


def read_once(pbx: Pbx) -> bool:
    with client_for(Pbx.objects.get(pk=pbx.pk)) as client:
        return bool(client.trunks())
