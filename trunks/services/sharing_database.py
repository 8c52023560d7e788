"""One database for many threads of one process."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import OperationalError, connection

_WRITING = threading.Lock()


@contextmanager
def borrowed_connection() -> Iterator[None]:
    """Give the connection back to its pool at the end: a thread that waits for a PBX holds none of the few."""
    try:
        yield
    finally:
        if connection.settings_dict["OPTIONS"].get("pool") and not connection.in_atomic_block:
            connection.close()


@contextmanager
def one_writer(seconds: float) -> Iterator[None]:
    """Let the threads of this process write one after the other where the database lets one at a time.

    SQLite makes a crowd of writers poll for their turn, which takes longer than the writing. Raises
    `OperationalError` like the database itself when the turn does not come in time.
    """
    if connection.vendor != "sqlite":
        yield
        return
    if not _WRITING.acquire(timeout=seconds):
        raise OperationalError("other threads are writing")
    try:
        yield
    finally:
        _WRITING.release()
