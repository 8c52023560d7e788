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
def server() -> Iterator[str]:
    """Run a server with the settings it comes with, and yield its address; empty without programs."""
    folder = programs()
    if folder is None:
        yield ""
        return
    # initdb refuses root, who may become the user that Debian makes for it.
    become = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    with tempfile.TemporaryDirectory() as data, socket.socket() as free:
        Path(data).chmod(0o777)
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        free.close()
        command = [str(folder / "initdb"), "-A", "trust", "-U", "bench", f"{data}/db"]
        _run([*become, *command])
        options = f"-p {port} -k {data} -h 127.0.0.1"
        control = [*become, str(folder / "pg_ctl"), "-D", f"{data}/db", "-w", "-l", f"{data}/log"]
        _run([*control, "-o", options, "start"])
        try:
            where = ["-h", "127.0.0.1", "-p", str(port), "-U", "bench"]
            _run([str(folder / "createdb"), *where, "bench"])
            yield f"postgres://bench@127.0.0.1:{port}/bench"
        finally:
            _run([*control, "-m", "immediate", "stop"])


def _run(command: list[str]) -> None:
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)  # noqa: S603
