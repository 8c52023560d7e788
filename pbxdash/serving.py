"""The processes behind `manage.py serve`: started together, watched, stopped together."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import FrameType

from django.conf import settings

STOP_SECONDS = 10.0
LOOK_SECONDS = 0.25
# A process that dies again within this time is not started a third time.
STEADY_SECONDS = 5.0
# How soon a waiting worker sees that it was woken.
WORKER_INTERVAL = "0.25"


class ServiceEnded(Exception):
    """A process ended by itself and starting it again did not help; the text names it."""


@dataclass(slots=True)
class Service:
    """One process, started anew when it ends by itself."""

    name: str
    command: list[str]
    process: subprocess.Popen[bytes] | None = None
    started: float = field(default=0.0)

    def start(self) -> None:
        """Start it in a group of its own, so that Ctrl-C reaches it through us alone."""
        self.started = time.monotonic()
        self.process = subprocess.Popen(self.command, start_new_session=True)  # noqa: S603

    def keep_up(self) -> None:
        """Start it again if it ended; raise `ServiceEnded` when it does not stay up."""
        if self.process is None or self.process.poll() is None:
            return
        if time.monotonic() - self.started < STEADY_SECONDS:
            raise ServiceEnded(f"{self.name} ended with status {self.process.returncode}")
        self.start()

    def stop(self, deadline: float) -> None:
        """Ask it to end, and end it when it has not by the deadline (monotonic seconds)."""
        if self.process is None:
            return
        try:
            self.process.wait(max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def ask_to_end(self) -> None:
        """Send it the polite signal."""
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()


def web_server(host: str, port: int) -> Service:
    """Return the web server: few threads, since no view waits for a PBX."""
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", host]
    command += ["--port", str(port), "--workers", "2", "--blocking-threads", "2"]
    command += ["--log-level", "warning", "--no-ws", "pbxdash.wsgi:application"]
    return Service("the web server", command)


def worker() -> Service:
    """Return the worker that performs fetches."""
    command = [sys.executable, str(settings.BASE_DIR / "manage.py"), "db_worker"]
    command += ["--interval", WORKER_INTERVAL, "--no-startup-delay", "--no-reload"]
    return Service("the worker", [*command, "--verbosity", "0"])


def run_until_told(services: list[Service], *, each_look: Callable[[], None]) -> None:
    """Keep the services up until SIGINT or SIGTERM, then stop them; `each_look` runs in between.

    Raises `ServiceEnded` when one does not stay up; the others are stopped before.
    """
    with _told_to_stop() as stopping:
        try:
            for service in services:
                service.start()
            while not stopping():
                for service in services:
                    service.keep_up()
                each_look()
                time.sleep(LOOK_SECONDS)
        finally:
            for service in services:
                service.ask_to_end()
            deadline = time.monotonic() + STOP_SECONDS
            for service in services:
                service.stop(deadline)


@contextmanager
def _told_to_stop() -> Iterator[Callable[[], bool]]:
    told: list[int] = []

    def remember(number: int, _frame: FrameType | None) -> None:
        told.append(number)

    before = {number: signal.signal(number, remember) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield lambda: bool(told)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
