"""The real web server over the made-up fleet, and somebody who looks at its pages."""

from __future__ import annotations

import http.client
import re
import socket
import subprocess
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Self
from urllib.parse import urlencode

from bench import loading, site
from bench.figures import own_megabytes, peak_megabytes

USERNAME, PASSWORD = "bench", "only for benchmarks"
HOST = "127.0.0.1"
START_SECONDS = 30
TIMEOUT = 60
_LOOK_SECONDS = 0.05
_CSRF = re.compile(rb'name="csrfmiddlewaretoken" value="([^"]+)"')


class Browser:
    """One connection that stays open, with its cookies."""

    def __init__(self, port: int) -> None:
        self._connection = http.client.HTTPConnection(HOST, port, timeout=TIMEOUT)
        self._cookies: dict[str, str] = {}
        self._shown = "/dods/"

    @property
    def cookie_header(self) -> str:
        """The cookies as a request sends them."""
        return "; ".join(f"{name}={value}" for name, value in self._cookies.items())

    def get(self, path: str, **headers: str) -> tuple[int, bytes]:
        """Return the status and the whole body."""
        return self._ask("GET", path, None, headers)

    def fragment(self, path: str) -> tuple[int, bytes]:
        """Ask as htmx does when something was typed in the search line; the address bar follows."""
        shown, self._shown = self._shown, path
        typed = {
            "HX-Request": "true",
            "HX-Target": "dod-table",
            "HX-Trigger": "dod-filters",
            "HX-Current-URL": f"http://{HOST}:{self._connection.port}{shown}",
        }
        return self.get(path, **typed)

    def log_in(self) -> None:
        """Log in as a person does; raise when that did not work."""
        _status, page = self.get("/login/")
        token = _CSRF.search(page)
        assert token is not None, page[:500]  # noqa: S101
        said = {
            "username": USERNAME,
            "password": PASSWORD,
            "csrfmiddlewaretoken": token[1].decode(),
        }
        status, _body = self._ask(
            "POST",
            "/login/",
            urlencode(said).encode(),
            {"Content-Type": "application/x-www-form-urlencoded"},
        )
        if status != http.client.FOUND:
            raise SystemExit(f"the log-in answered {status}")

    def milliseconds(self, path: str, *, is_fragment: bool = False) -> float:
        """Return how long an answer takes, to its last byte; raise when it is none."""
        began = time.perf_counter()
        status, _body = self.fragment(path) if is_fragment else self.get(path)
        spent = (time.perf_counter() - began) * 1000
        if status != http.client.OK:
            raise SystemExit(f"{path} answered {status}")
        return spent

    def hang_up(self) -> None:
        """Close the connection; the next question opens another."""
        self._connection.close()

    def first_byte(self, path: str) -> tuple[float, int]:
        """Return the seconds to the first byte of an answer, and how many bytes there were."""
        began = time.perf_counter()
        self._connection.request("GET", path, headers={"Cookie": self.cookie_header})
        response = self._connection.getresponse()
        size = len(response.read(1))
        spent = time.perf_counter() - began
        while piece := response.read(1 << 16):
            size += len(piece)
        return spent, size

    def _ask(
        self, method: str, path: str, body: bytes | None, headers: dict[str, str]
    ) -> tuple[int, bytes]:
        self._connection.request(
            method, path, body, headers={"Cookie": self.cookie_header, **headers}
        )
        response = self._connection.getresponse()
        for name, value in response.getheaders():
            if name.lower() == "set-cookie":
                cookie, _, kept = value.partition(";")[0].partition("=")
                self._cookies[cookie] = kept
        return response.status, response.read()


def add_account() -> None:
    """Save the account that the browsers log in with; the process is set up for the database."""
    from django.contrib.auth.models import User

    person, _is_new = User.objects.get_or_create(
        username=USERNAME, defaults={"is_staff": True, "is_superuser": True}
    )
    person.set_password(PASSWORD)
    person.save()


@contextmanager
def running_site(
    database_url: str, *, settings: str = "pbxdash.settings"
) -> Iterator[tuple[int, subprocess.Popen[bytes]]]:
    """Run the web server as `manage.py serve` does, and yield its port and process."""
    from pbxdash.serving import web_server

    port = free_port()
    environment = {
        **loading.environment(database_url),
        "DJANGO_SETTINGS_MODULE": settings,
        "PBXDASH_LOG_LEVEL": "CRITICAL",
    }
    with running(web_server(HOST, port).command, port, environment) as process:
        yield port, process


@contextmanager
def running(
    command: Sequence[str],
    port: int,
    environment: dict[str, str] | None = None,
    *,
    log: int | None = None,
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a server until it is no longer needed; `log` is where its words go."""
    process = subprocess.Popen(  # noqa: S603
        command, cwd=site.ROOT, env=environment, stdout=log, stderr=log
    )
    try:
        _wait_for(process, port)
        yield process
    finally:
        process.terminate()
        process.wait()


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as free:
        free.bind((HOST, 0))
        return int(free.getsockname()[1])


def peak_of_all(pid: int) -> float:
    """Return the most megabytes that a process or one of its children ever held, with the pages of mapped files."""
    return max(peak_megabytes(one) for one in [pid, *_children(pid)])


class Watched:
    """What a process and its children hold of their own, looked at again and again while something goes on.

    SQLite's file is mapped (`mmap_size`), so that what the system keeps of it counts as held by each process that
    looked at it; it is nobody's own, and given up when somebody needs the memory.
    """

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._look)
        self.peak = 0.0

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._is_over.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._is_over.wait(_LOOK_SECONDS):
            held = [own_megabytes(one) for one in [self._pid, *_children(self._pid)]]
            self.peak = max(self.peak, *held)


def _children(pid: int) -> list[int]:
    said = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii")
    return [int(child) for child in said.split()]


def _wait_for(process: subprocess.Popen[bytes], port: int) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until and process.poll() is None:
        try:
            with socket.create_connection((HOST, port), timeout=1):
                return
        except OSError:
            time.sleep(0.1)
    raise SystemExit("the web server did not start")
