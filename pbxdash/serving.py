"""The processes behind `manage.py serve`: started together, watched, stopped together."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from types import FrameType

from django.conf import settings

from pbxdash import tied

STOP_SECONDS = 10.0
LOOK_SECONDS = 0.25
# A process that dies again within this time is not started a third time.
STEADY_SECONDS = 5.0


class ServiceEnded(Exception):
    """A process ended by itself and starting it again did not help; the text names it."""


class CannotListen(Exception):
    """The web server cannot have this host and port; the text says why and what to do."""


@dataclass(slots=True)
class Service:
    """One process, started anew when it ends by itself; then `after_restart` runs here."""

    name: str
    command: list[str]
    after_restart: Callable[[], None] | None = None
    process: subprocess.Popen[bytes] | None = None
    started: float = field(default=0.0)

    def start(self) -> None:
        """Start it in a group of its own, so that Ctrl-C reaches it through us alone, and so that it ends with us."""
        self.started = time.monotonic()
        command = [sys.executable, tied.__file__, str(os.getpid()), *self.command]
        self.process = subprocess.Popen(command, start_new_session=True)  # noqa: S603

    def keep_up(self) -> None:
        """Start it again if it ended; raise `ServiceEnded` when it does not stay up."""
        if self.process is None or self.process.poll() is None:
            return
        if time.monotonic() - self.started < STEADY_SECONDS:
            raise ServiceEnded(f"{self.name} ended with status {self.process.returncode}")
        self._end_group(self.process.pid)
        self.start()
        if self.after_restart is not None:
            self.after_restart()

    def stop(self, deadline: float) -> None:
        """Ask it to end, and end it when it has not by the deadline (monotonic seconds)."""
        if self.process is None:
            return
        try:
            self.process.wait(max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self._end_group(self.process.pid)

    def ask_to_end(self) -> None:
        """Send it the polite signal."""
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()

    def _end_group(self, group: int) -> None:
        """End what a process that died left behind, such as the workers of the web server."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(group, signal.SIGKILL)


def check_listening(host: str, port: int) -> None:
    """Raise `CannotListen` when nobody could listen there; the web server itself would share a taken port."""
    try:
        with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
    except (OSError, OverflowError) as error:
        why = getattr(error, "strerror", None) or "a port is a number from 0 to 65535"
        raise CannotListen(
            f"Cannot listen on {host}:{port}: {why}. "
            "Choose another port with --port, or with make as in `make run PORT=8123`."
        ) from None


def web_server(host: str, port: int) -> Service:
    """Return the web server: few threads, since no view waits for a PBX."""
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", host]
    command += ["--port", str(port), "--workers", "2", "--blocking-threads", "2"]
    # It would write down addresses as they come, and that of a shared link lets in whoever reads it.
    command += ["--no-access-log", "--log-level", "warning", "--no-ws", "pbxdash.wsgi:application"]
    return Service("the web server", command)


def worker(*, after_restart: Callable[[], None]) -> Service:
    """Return the worker that performs fetches."""
    command = [sys.executable, str(settings.BASE_DIR / "manage.py"), "worker", "--beside-serve"]
    return Service("the worker", command, after_restart)


def run_until_told(services: list[Service], *, each_look: Callable[[], None]) -> None:
    """Keep the services up until told to stop, then stop them; `each_look` runs in between.

    SIGINT, SIGTERM and the end of the terminal tell it, the last one unless nohup says to ignore it.

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


@contextlib.contextmanager
def _told_to_stop() -> Iterator[Callable[[], bool]]:
    told: list[int] = []

    def remember(number: int, _frame: FrameType | None) -> None:
        told.append(number)

    heard = [signal.SIGINT, signal.SIGTERM]
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
        heard.append(signal.SIGHUP)
    before = {number: signal.signal(number, remember) for number in heard}
    try:
        yield lambda: bool(told)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
