"""A bounded pool of threads that performs whatever fetches wait.

Threads wait for PBXs; the thread that looks claims fetches and stores answers, so that one process writes
through one connection. Slow PBXs hold a thread each and nobody else.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from types import TracebackType
from typing import Self

from django.db import OperationalError, close_old_connections

from trunks.models import Fetch
from trunks.services.claiming import fetches_claim, fetches_give_back, leases_renew
from trunks.services.landing import land_all
from trunks.services.reading import Failure, Reading, read
from trunks.services.sharing_database import one_writer
from trunks.services.tokens import tokens_read

logger = logging.getLogger(__name__)

# Kept free of runs, so that a person who asks for one PBX does not stand behind five hundred.
SPARE_THREADS = 4
# One fetch of a run for so many threads is taken up before a thread is free.
READ_AHEAD = 2
# What was taken up ahead goes back when nothing came for so long: another worker may be quicker, and people
# may cancel it.
QUIET_SECONDS = 1.0
RENEW_SECONDS = 10.0
# How long a look waits for an answer before it looks for new work.
LOOK_SECONDS = 0.1
# How long it waits for threads of this process that write, too.
TURN_SECONDS = 5.0

_woken = threading.Event()


def awaken() -> None:
    """Tell the pool of this process that there may be work."""
    _woken.set()


def sleep_until_woken(seconds: float) -> None:
    """Wait for work, so long at most: another process may have made some without a word."""
    _woken.wait(seconds)
    _woken.clear()


class FetchPool:
    """Performs fetches in `threads` threads, for one looking thread: `with FetchPool(32) as pool: pool.look()`.

    Spare threads beside them serve only what somebody asks for one PBX.

    Leaving waits for nothing: fetches under way are given back, for another worker or the next start.
    """

    def __init__(self, threads: int) -> None:
        self._threads = threads
        self._executor = ThreadPoolExecutor(threads, thread_name_prefix="fetch")
        self._spare = ThreadPoolExecutor(SPARE_THREADS, thread_name_prefix="spare-fetch")
        self._reading: dict[Future[Reading | Failure], Fetch] = {}
        self._on_spare: set[Future[Reading | Failure]] = set()
        self._read: list[tuple[Fetch, Reading | Failure]] = []
        self._renewed = time.monotonic()
        self._heard = time.monotonic()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Give back what is under way."""
        for executor in (self._executor, self._spare):
            executor.shutdown(wait=False, cancel_futures=True)
        fetches_give_back([*self._reading.values(), *(fetch for fetch, _ in self._read)])

    @property
    def is_busy(self) -> bool:
        """Tell whether anything is under way here."""
        return bool(self._reading or self._read)

    def look(self, *, claim: bool = True) -> bool:
        """Claim what waits, store what has come; return False when there was nothing to do.

        Waits a moment for an answer when there is none. A busy database is tried again with the next look.
        """
        try:
            if claim and not self._reading:
                self._heard = time.monotonic()
                self._claim()
            if not self.is_busy:
                return False
            self._collect()
            if self._is_quiet:
                self._give_back_what_waits()
            if claim:
                self._claim()  # Before storing, so that no thread waits for that.
            with one_writer(TURN_SECONDS):
                land_all(self._read)
            self._renew()
        except OperationalError as error:
            logger.warning("The database is busy: %s", type(error).__name__)
        return True

    def work_off(self) -> None:
        """Look until nothing waits or is under way here."""
        while self.look():
            pass

    def _claim(self) -> None:
        """Take up what can be read now, and a little of runs ahead, so that no thread waits for the next look."""
        idle = self._threads - len(self._reading) + len(self._on_spare)
        spare = SPARE_THREADS - len(self._on_spare)
        ahead = 0 if self._is_quiet else self._threads // READ_AHEAD
        with one_writer(TURN_SECONDS):
            alone = fetches_claim(limit=max(idle, 0) + spare, alone_only=True)
            regular, on_spare = alone[: max(idle, 0)], alone[max(idle, 0) :]
            regular += fetches_claim(limit=idle + ahead - len(regular))
        tokens = tokens_read(pbxs=[fetch.pbx for fetch in regular + on_spare])
        for fetch in regular:
            self._submit(self._executor, fetch, tokens)
        for fetch in on_spare:
            self._on_spare.add(self._submit(self._spare, fetch, tokens))

    def _submit(
        self, executor: ThreadPoolExecutor, fetch: Fetch, tokens: Mapping[int, str]
    ) -> Future[Reading | Failure]:
        future = executor.submit(_read_in_thread, fetch, tokens.get(fetch.pbx_id))
        self._reading[future] = fetch
        return future

    def _collect(self) -> None:
        if not self._reading or self._read:
            return
        done, _ = wait(self._reading, LOOK_SECONDS, FIRST_COMPLETED)
        if done:
            self._heard = time.monotonic()
        self._on_spare -= done
        self._read += [(self._reading.pop(future), future.result()) for future in done]

    @property
    def _is_quiet(self) -> bool:
        return time.monotonic() - self._heard >= QUIET_SECONDS

    def _give_back_what_waits(self) -> None:
        waiting = [future for future in self._reading if future.cancel()]
        self._on_spare.difference_update(waiting)
        fetches_give_back([self._reading.pop(future) for future in waiting])

    def _renew(self) -> None:
        if time.monotonic() - self._renewed >= RENEW_SECONDS:
            self._renewed = time.monotonic()
            held = [*self._reading.values(), *(fetch for fetch, _ in self._read)]
            leases_renew([fetch.pk for fetch in held])


def _read_in_thread(fetch: Fetch, known_token: str | None) -> Reading | Failure:
    try:
        return read(fetch, known_token=known_token)
    finally:
        close_old_connections()
