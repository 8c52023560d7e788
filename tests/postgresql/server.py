"""A PostgreSQL server of our own, from the programs that are installed; nobody else's is touched."""

from __future__ import annotations

import getpass
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

# Debian keeps the server's programs out of the path.
DEBIAN = Path("/usr/lib/postgresql")
# It holds nothing that must survive a power cut.
OPTIONS = "-c listen_addresses='' -c fsync=off -c full_page_writes=off -c max_connections=60"


def programs() -> Path | None:
    """Return the folder of the newest server programs, None when there are none."""
    versions = [path for path in DEBIAN.glob("*/bin") if (path / "initdb").exists()]
    newest = max(versions, key=lambda path: float(path.parent.name), default=None)
    found = shutil.which("initdb")
    return newest or (Path(found).parent if found else None)


@contextmanager
def running_server(folder: Path) -> Iterator[str]:
    """Start a server on a socket in a new folder, and give the address of its first database.

    Only this user reaches it: it listens on no port. The server refuses root, so root starts it as
    `postgres`, the user that comes with Debian's package.
    """
    with tempfile.TemporaryDirectory(prefix="pbxdash-postgresql-") as home:
        as_owner: list[str] = []
        if os.geteuid() == 0:
            shutil.chown(home, "postgres")
            as_owner = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]
        data, log = f"{home}/data", f"{home}/log"

        def run(program: str, *arguments: str) -> None:
            command = [*as_owner, str(folder / program), *arguments]
            subprocess.run(command, check=True, cwd=home, stdout=subprocess.DEVNULL, timeout=60)

        # The folder is closed to others, so whoever gets to the socket may come in.
        run("initdb", "-D", data, "-U", getpass.getuser(), "-A", "trust", "-E", "UTF8", "--no-sync")
        run("pg_ctl", "-D", data, "-l", log, "-w", "-o", f"{OPTIONS} -k {home}", "start")
        try:
            yield f"postgres:///{home}/postgres"
        finally:
            run("pg_ctl", "-D", data, "-m", "immediate", "-w", "stop")
