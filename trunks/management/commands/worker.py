"""One worker: wakes by tasks, fetches in a bounded pool of threads. Any number may run, on any machine."""

from __future__ import annotations

import logging
import threading
import time
from datetime import timedelta
from functools import partial
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser
from django.db import DatabaseError, connection
from django.utils.crypto import get_random_string
from django_tasks_db.management.commands.db_worker import Worker

from trunks.management.keys_at_start import look_at_keys
from trunks.services.audit_trimming import audit_look_after
from trunks.services.fetching import fetches_reap
from trunks.services.pool import FetchPool, sleep_until_woken
from trunks.services.search_merging import search_merge
from trunks.services.search_texts import search_measure

logger = logging.getLogger(__name__)

# How soon a waiting worker sees that it was woken.
TASK_SECONDS = 0.25
# How soon it finds work that another worker was woken for.
LOOK_SECONDS = 1.0
REAP_SECONDS = 5.0
# How often it is measured what many rows have, which makes searches quicker.
MEASURED_EVERY = timedelta(hours=1)
# How often the audit log is checked, and trimmed when that is wanted, and the pieces of the index are merged; how
# soon it is seen that it is time.
AUDIT_CHECKED_EVERY = timedelta(hours=6)
MERGED_EVERY = timedelta(days=1)
UPKEEP_LOOK_SECONDS = 60.0
# What is under way may end by itself for so long after the word to stop.
GRACE_SECONDS = 5.0


class Command(BaseCommand):
    """Perform fetches, connection tests and log-outs until told to stop."""

    help = "Run a worker: `serve` starts one by itself; more may run here or on other machines."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the width of the pool."""
        parser.add_argument(
            "--threads",
            type=int,
            default=settings.PBXDASH_FETCH_THREADS,
            help="how many PBXs are read at once (default: PBXDASH_FETCH_THREADS)",
        )
        parser.add_argument(
            "--beside-serve",
            action="store_true",
            help="`serve` started it, and has warned of keys already",
        )

    def handle(self, *args: object, **options: Any) -> None:  # noqa: ANN401 - as Django has it
        """Take tasks in this thread, and fetch beside it."""
        look_at_keys(self, warns=not options["beside_serve"])
        stopping = threading.Event()
        fetching = threading.Thread(
            target=_fetch_until, args=(stopping, options["threads"]), name="fetching"
        )
        fetching.start()
        # Nothing waits for its end: a walk over a long log is given up and begun anew by the next worker.
        threading.Thread(
            target=_keep_up_until, args=(stopping,), name="upkeep", daemon=True
        ).start()
        worker = Worker(
            queue_names=["default"],
            interval=TASK_SECONDS,
            batch=False,
            backend_name="default",
            startup_delay=False,
            max_tasks=None,
            worker_id=get_random_string(32),
            excluded_queue_names=[],
        )
        worker.configure_signals()
        try:
            worker.run()
        finally:
            stopping.set()
            fetching.join()


def _fetch_until(stopping: threading.Event, threads: int) -> None:
    """Look for fetches until told to stop; nothing that goes wrong in one look ends the next."""
    reaped = 0.0
    with FetchPool(threads) as pool:
        while not stopping.is_set():
            try:
                if time.monotonic() - reaped > REAP_SECONDS:
                    reaped = time.monotonic()
                    fetches_reap()
                    search_measure(if_older_than=MEASURED_EVERY)
                if not pool.look():
                    connection.close_if_unusable_or_obsolete()
                    sleep_until_woken(LOOK_SECONDS)
            except DatabaseError as error:
                logger.warning("The database did not answer: %s", type(error).__name__)
                connection.close()
                stopping.wait(LOOK_SECONDS)
        until = time.monotonic() + GRACE_SECONDS
        while pool.is_busy and time.monotonic() < until:
            pool.look(claim=False)
    connection.close()


def _keep_up_until(stopping: threading.Event) -> None:
    """Check the audit log and merge the index now and then, apart from all fetching."""
    while not stopping.wait(UPKEEP_LOOK_SECONDS):
        for not_done, upkeep in _UPKEEP.items():
            try:
                upkeep()
            except DatabaseError as error:
                logger.warning("%s: %s", not_done, type(error).__name__)
        connection.close()


_UPKEEP = {
    "The audit log was not checked": partial(audit_look_after, check_every=AUDIT_CHECKED_EVERY),
    "The search index was not merged": partial(search_merge, if_older_than=MERGED_EVERY),
}
