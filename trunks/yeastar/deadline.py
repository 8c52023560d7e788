"""A hard end to waiting.

The timeouts of requests bound each single wait, so a server that drips a byte a second holds a call
for minutes.
"""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from types import TracebackType
from typing import Self


class Deadline:
    """A moment after which nobody waits any longer."""

    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds

    @property
    def remaining(self) -> float:
        """Seconds that are left, never negative."""
        return max(0.0, self._end - time.monotonic())

    @property
    def passed(self) -> bool:
        """Whether the time is up."""
        return self.remaining <= 0

    def clip(self, seconds: float) -> float:
        """Shorten a timeout to what is left; never 0, which sockets take for "do not wait"."""
        return max(0.001, min(seconds, self.remaining))

    def at_most(self, seconds: float) -> Deadline:
        """Return a deadline that comes after `seconds`, or with this one if that is sooner."""
        return Deadline(min(seconds, self.remaining))


class Watchdog:
    """Shuts every socket it watches when the deadline comes, which ends any wait on them.

    Once it has bitten, the layers above may see a clean end of data and report an empty success:
    ask the deadline before believing an answer.
    """

    def __init__(self, deadline: Deadline) -> None:
        self._deadline = deadline
        self._lock = threading.Lock()
        self._watched: list[socket.socket] = []
        self._timer = threading.Timer(deadline.remaining, self._bite)
        self._timer.daemon = True

    def __enter__(self) -> Self:
        """Begin to watch."""
        self._timer.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Let go of every socket."""
        self._timer.cancel()
        with self._lock:
            for watched in self._watched:
                watched.close()
            self._watched.clear()

    def watch(self, connected: socket.socket) -> None:
        """Watch a socket by a duplicate, which outlives TLS taking over the descriptor."""
        with self._lock:
            self._watched.append(connected.dup())
        if self._deadline.passed:
            self._bite()

    def _bite(self) -> None:
        with self._lock:
            for watched in self._watched:
                with contextlib.suppress(OSError):
                    watched.shutdown(socket.SHUT_RDWR)
