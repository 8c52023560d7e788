"""A bounded pool of threads that performs whatever fetches wait.

Threads wait for PBXs; the thread that looks claims fetches and stores answers, so that one process writes
through one connection. Slow PBXs hold a thread each and nobody else.
"""

from __future__ import annotations

import logging
import threading
import time
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from types import TracebackType
from typing import Self

from django.db import OperationalError, close_old_connections

from trunks.models import Fetch
from trunks.services.claiming import fetches_claim, fetches_give_back, leases_renew
from trunks.services.landing import land
from trunks.services.reading import Failure, Reading, read
from trunks.services.tokens import tokens_read

logger = logging.getLogger(__name__)

# Kept free of runs, so that a person who asks for one PBX does not stand behind five hundred.
SPARE_THREADS = 4
RENEW_SECONDS = 10.0
# How long a look waits for an answer before it looks for new work.
LOOK_SECONDS = 0.1

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

    Leaving waits for nothing: fetches under way are given back, for another worker or the next start.
    """

    def __init__(self, threads: int) -> None:
        self._threads = threads
        self._executor = ThreadPoolExecutor(threads + SPARE_THREADS, thread_name_prefix="fetch")
        self._reading: dict[Future[Reading | Failure], Fetch] = {}
        self._read: list[tuple[Fetch, Reading | Failure]] = []
        self._renewed = time.monotonic()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Give back what is under way."""
        self._executor.shutdown(wait=False, cancel_futures=True)
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
            if claim:
                self._claim()
            if not self.is_busy:
                return False
            self._collect()
            self._land()
            self._renew()
        except OperationalError as error:
            logger.warning("The database is busy: %s", type(error).__name__)
        return True

    def work_off(self) -> None:
        """Look until nothing waits or is under way here."""
        while self.look():
            pass

    def _claim(self) -> None:
        free = self._threads - len(self._reading)
        found = fetches_claim(limit=free) if free > 0 else []
        if free <= 0 and (spare := free + SPARE_THREADS) > 0:
            found = fetches_claim(limit=spare, alone_only=True)
        tokens = tokens_read(pbxs=[fetch.pbx for fetch in found]) if found else {}
        for fetch in found:
            token = tokens.get(fetch.pbx_id)
            self._reading[self._executor.submit(_read_in_thread, fetch, token)] = fetch

    def _collect(self) -> None:
        if not self._reading or self._read:
            return
        done, _ = wait(self._reading, LOOK_SECONDS, FIRST_COMPLETED)
        self._read += [(self._reading.pop(future), future.result()) for future in done]

    def _land(self) -> None:
        while self._read:
            fetch, outcome = self._read[0]
            land(fetch, outcome)  # One that meets a busy database stays first in the line.
            del self._read[0]

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
