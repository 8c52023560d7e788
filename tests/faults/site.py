"""A site of its own for one test: a database that real processes share, a worker to kill, an overseer.

SQLite in a file, or a fresh database on the PostgreSQL server that TEST_DATABASE_URL names.
"""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import psycopg
from environ import Env
from psycopg import sql

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 60.0


class Site:
    """Processes over one database; use it within a `with` block of `running_site`."""

    def __init__(self, database_url: str, folder: Path) -> None:
        self.database_url = database_url
        self._log = (folder / "processes.log").open("ab")
        self._environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "tests.settings",
            "TEST_DATABASE_URL": database_url,
            "PBXDASH_LOG_LEVEL": "ERROR",
        }
        self._overseer = self._start("-m", "tests.faults.overseer")
        self._worker: subprocess.Popen[str] | None = None

    def ask(self, question: str, **details: object) -> Any:
        """Let the overseer do something on the database, and return what it answers."""
        assert self._overseer.stdin is not None
        assert self._overseer.stdout is not None
        self._overseer.stdin.write(json.dumps({"do": question, **details}) + "\n")
        self._overseer.stdin.flush()
        return json.loads(self._overseer.stdout.readline())

    def start_worker(self, threads: int = 8) -> None:
        """Start the real worker."""
        self._worker = self._start("manage.py", "worker", "--threads", str(threads))

    def signal_worker(self, number: signal.Signals) -> None:
        """Send the worker a signal; it takes effect before this returns, except for a polite one."""
        assert self._worker is not None
        self._worker.send_signal(number)

    def kill_worker(self) -> None:
        """End the worker as a power cut would: `kill -9`."""
        if self._worker is not None:
            self._worker.kill()
            self._worker.wait()

    def wait_for(self, is_so: Callable[[], bool]) -> None:
        """Look until something is so, a minute at most."""
        until = time.monotonic() + PATIENCE
        while not is_so():
            assert time.monotonic() < until, "it did not happen in a minute"
            time.sleep(0.05)

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Hold a lock that keeps every other writer of fetches, PBXs and trunks waiting."""
        if self.database_url.startswith("sqlite"):
            path = self.database_url.removeprefix("sqlite:///")
            with closing(sqlite3.connect(path, isolation_level=None, timeout=30)) as writer:
                writer.execute("BEGIN IMMEDIATE")
                yield
        else:
            with connected(self.database_url) as other, other.transaction():
                other.execute("LOCK TABLE trunks_pbx, trunks_fetch, trunks_trunk IN EXCLUSIVE MODE")
                yield

    def close(self) -> None:
        """End every process."""
        self.kill_worker()
        self._overseer.kill()
        self._overseer.wait()
        for pipe in (self._overseer.stdin, self._overseer.stdout):
            assert pipe is not None
            pipe.close()
        self._log.close()

    def _start(self, *arguments: str) -> subprocess.Popen[str]:
        is_overseer = arguments[0] == "-m"
        return subprocess.Popen(
            [sys.executable, *arguments],
            cwd=ROOT,
            env=self._environment,
            stdin=subprocess.PIPE if is_overseer else subprocess.DEVNULL,
            stdout=subprocess.PIPE if is_overseer else self._log,
            stderr=self._log,
            text=True,
        )


@contextmanager
def running_site(folder: Path) -> Iterator[Site]:
    """Give a site over a fresh database with every table; its processes end with the block."""
    with _database(folder) as database_url:
        site = Site(database_url, folder)
        try:
            assert site.ask("migrate") is True
            yield site
        finally:
            site.close()


def connected(database_url: str) -> psycopg.Connection:
    """Connect to a PostgreSQL database past Django."""
    settings = Env.db_url_config(database_url)
    return psycopg.connect(
        host=settings["HOST"] or None,
        port=settings["PORT"] or None,
        user=settings["USER"] or None,
        password=settings["PASSWORD"] or None,
        dbname=settings["NAME"],
        autocommit=True,
    )


@contextmanager
def _database(folder: Path) -> Iterator[str]:
    server_url = os.environ.get("TEST_DATABASE_URL", "")
    if not server_url.startswith("postgres"):
        yield f"sqlite:///{folder}/site.sqlite3"
        return
    name = f"site_{uuid.uuid4().hex}"
    with connected(server_url) as server:
        server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        try:
            yield f"{server_url.rpartition('/')[0]}/{name}"
        finally:
            drop = sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name))
            server.execute(drop)
