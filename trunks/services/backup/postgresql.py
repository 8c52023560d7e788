"""The dump of a PostgreSQL database, by PostgreSQL's own program."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from django.db.backends.postgresql.client import DatabaseClient

from trunks.services.backup.errors import BackupFailed


def dump_postgresql(
    settings: Mapping[str, Any], part: Path, *, server: int, empty: Sequence[str], program: str
) -> None:
    """Dump a database in PostgreSQL's custom format, of one moment, without the rows of some tables.

    `server` is the server's major version. Raises `BackupFailed`.
    """
    pg_dump = _usable(program, server)
    # Host, name and account; the password goes through the environment, which only this user can read.
    arguments, environment = DatabaseClient.settings_to_cmd_args_env(
        dict(settings),
        [
            "--format=custom",
            "--no-owner",
            "--no-privileges",
            "--no-password",
            *(f"--exclude-table-data={table}" for table in empty),
        ],
    )
    with part.open("wb") as file:
        ended = _run([pg_dump, *arguments[1:]], environment or {}, stdout=file)
    if ended.returncode:
        raise BackupFailed(f"pg_dump failed: {_last_line(ended.stderr)}")
    if part.stat().st_size == 0:
        raise BackupFailed("pg_dump wrote nothing.")


def _usable(program: str, server: int) -> str:
    """Return the path of a program that can dump this server; raise `BackupFailed`."""
    found = shutil.which(program)
    install = f"Install postgresql-client-{server} or newer, or name the program with --pg-dump."
    if found is None:
        raise BackupFailed(f"{program} was not found. {install}")
    said = _run([found, "--version"], {}, stdout=subprocess.PIPE).stdout.decode(errors="replace")
    version = re.search(r"\(PostgreSQL\) (\d+)", said)
    if version is None:
        raise BackupFailed(f"{found} does not say that it is PostgreSQL's pg_dump. {install}")
    if int(version[1]) < server:
        raise BackupFailed(
            f"{found} is of version {version[1]} and the server of version {server}, "
            f"which it cannot dump. {install}"
        )
    return found


def _run(
    command: list[str],
    environment: Mapping[str, str],
    *,
    stdout: Any,  # noqa: ANN401 - as Popen has it
) -> subprocess.CompletedProcess[bytes]:
    try:
        return subprocess.run(  # noqa: S603
            command,
            env={**os.environ, **environment},
            stdin=subprocess.DEVNULL,
            stdout=stdout,
            stderr=subprocess.PIPE,
            check=False,
        )
    except OSError as error:
        raise BackupFailed(f"{command[0]} cannot be run: {error.strerror}.") from None


def _last_line(said: bytes) -> str:
    lines = said.decode(errors="replace").strip().splitlines()
    return lines[-1] if lines else "it said nothing"
