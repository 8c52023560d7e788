"""A PostgreSQL server for one benchmark, where its programs are installed."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

# A quarter of a machine with 8 GB, which "is a reasonable starting value"; without a setting it is 128 MB
# (https://www.postgresql.org/docs/current/runtime-config-resource.html). SQLite's whole file is mapped.
_SHARED_BUFFERS = "2GB"
_MAY_WARM = "SELECT 1 FROM pg_available_extensions WHERE name = 'pg_prewarm'"
_WARM = """
SELECT pg_prewarm(oid::regclass) FROM pg_class
WHERE relkind IN ('r', 'i') AND relnamespace = 'public'::regnamespace
"""


def programs() -> Path | None:
    """Return the folder of the newest server programs; None without any."""
    folders = sorted(
        Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name)
    )
    if folders:
        return folders[-1]
    found = shutil.which("initdb")
    return Path(found).parent if found else None


@contextmanager
def server(kept: Path | None = None) -> Iterator[str]:
    """Run a server with the memory that its manual begins with, and yield its address; empty without programs.

    Its data is gone afterwards, or stays in the folder `kept` for the next time.
    """
    folder = programs()
    if folder is None:
        yield ""
        return
    # initdb refuses root, who may become the user that Debian makes for it.
    become = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    with tempfile.TemporaryDirectory() as passing:
        data = kept or Path(passing)
        data.mkdir(parents=True, exist_ok=True)
        for place in {data, Path(passing)}:
            place.chmod(0o777)
        port = _free_port()
        is_new = not (data / "db").exists()
        if is_new:
            command = [str(folder / "initdb"), "-A", "trust", "-U", "bench", f"{data}/db"]
            _run([*become, *command])
        # A path to a socket may not be long.
        options = f"-p {port} -k {passing} -h 127.0.0.1 -c shared_buffers={_SHARED_BUFFERS}"
        control = [*become, str(folder / "pg_ctl"), "-D", f"{data}/db", "-w", "-l", f"{data}/log"]
        _run([*control, "-t", "600", "-o", options, "start"])
        try:
            if is_new:
                where = ["-h", "127.0.0.1", "-p", str(port), "-U", "bench"]
                _run([str(folder / "createdb"), *where, "bench"])
            yield f"postgres://bench@127.0.0.1:{port}/bench"
        finally:
            _run([*control, "-m", "fast" if kept else "immediate", "stop"])


def warm(database_url: str) -> None:
    """Read all tables and indexes into the server's memory, where they are after some work.

    Each part starts the server anew, and what is first asked would be measured with the reading.
    """
    with psycopg.connect(database_url) as connection:
        if connection.execute(_MAY_WARM).fetchone() is None:
            print("not warmed: the server has no pg_prewarm")
            return
        connection.execute("CREATE EXTENSION IF NOT EXISTS pg_prewarm")
        connection.execute(_WARM)


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def _run(command: list[str]) -> None:
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)  # noqa: S603
