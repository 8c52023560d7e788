"""`manage.py backup` on PostgreSQL: a dump that `pg_restore` reads, and plain words when there can be none."""

from __future__ import annotations

import json
import stat
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.keys import NEW
from tests.postgresql.server import programs, running_server
from tests.processes import Place
from trunks.services.backup.errors import BackupFailed
from trunks.services.backup.postgresql import dump_postgresql

FOLDER = programs()
ADD = """
from tests.builders import make_pbx, make_trunk
from django.contrib.sessions.backends.db import SessionStore
make_trunk(make_pbx("Leeds"))
session = SessionStore()
session["known"] = "session-marker"
session.save()
"""
READ = """
from trunks.models import Pbx, Trunk
from django.contrib.sessions.models import Session
print(len(Pbx.objects.get().read_secret()), Trunk.objects.count(), Session.objects.count())
"""
SETTINGS = {
    "NAME": "fleet",
    "USER": "fleet",
    "PASSWORD": "marker-4711",
    "HOST": "db.example",
    "PORT": "",
    "OPTIONS": {"sslmode": "verify-full"},
}


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """The address of a server's first database, without the name of the database."""
    if FOLDER is None:
        pytest.skip("PostgreSQL's server is not installed: `apt-get install postgresql` gets it")
    with running_server(FOLDER) as address:
        yield address.rpartition("/")[0]


@pytest.mark.xdist_group("postgresql")
def test_a_dump_restores_into_an_empty_database(server: str, tmp_path: Path):
    assert FOLDER is not None
    host = server.removeprefix("postgres://")
    place = Place(tmp_path / "unused", database_url=f"{server}/postgres")
    assert place.run("migrate", "--verbosity", "0")[0] == 0
    place.script(ADD)
    target = tmp_path / "now.dump"
    code, said = place.run("backup", str(target), "--pg-dump", str(FOLDER / "pg_dump"))
    assert code == 0, said
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    manifest = json.loads(target.with_name("now.dump.json").read_text())
    assert (manifest["keys"], manifest["database"].split()[0]) == (["tests"], "postgresql")

    subprocess.run([FOLDER / "createdb", "-h", host, "restored"], check=True)
    restore = ["--no-owner", "--exit-on-error", "-h", host, "--dbname", "restored", str(target)]
    subprocess.run([FOLDER / "pg_restore", *restore], check=True)
    restored = replace(place, database_url=f"{server}/restored")
    assert restored.run("migrate", "--verbosity", "0")[0] == 0
    assert restored.script(READ).split() == ["32", "1", "0"]
    _, said = replace(restored, keys=NEW).run("check", "--database", "default")
    assert "lacks the key 'tests'" in said


def program(folder: Path, *, version: str = "15.4", end: int = 0) -> str:
    """Write a program that says it is pg_dump, and notes how it was called."""
    path = folder / "pg_dump"
    path.write_text(
        f'#!/bin/sh\nif [ "$1" = --version ]; then echo "pg_dump (PostgreSQL) {version}"; exit; fi\n'
        f'echo "$@" >{folder}/arguments; env >{folder}/environment; echo dumped\n'
        f"echo 'pg_dump: error: no such host' >&2; exit {end}\n"
    )
    path.chmod(0o700)
    return str(path)


def dump(folder: Path, called: str, *, server: int = 15) -> None:
    dump_postgresql(
        SETTINGS, folder / "part", server=server, empty=["django_session"], program=called
    )


def test_the_password_is_not_among_the_arguments(tmp_path: Path):
    dump(tmp_path, program(tmp_path))
    arguments = (tmp_path / "arguments").read_text()
    environment = (tmp_path / "environment").read_text()
    assert "-h db.example" in arguments
    assert "--exclude-table-data=django_session" in arguments
    assert "marker-4711" not in arguments
    assert "PGPASSWORD=marker-4711" in environment
    assert "PGSSLMODE=verify-full" in environment


def test_a_missing_program_is_said_with_what_to_install(tmp_path: Path):
    with pytest.raises(
        BackupFailed, match=r"was not found\. Install postgresql-client-15 or newer"
    ):
        dump(tmp_path, str(tmp_path / "absent"))


def test_an_older_program_is_said_before_it_is_called(tmp_path: Path):
    with pytest.raises(BackupFailed, match="of version 13 and the server of version 15"):
        dump(tmp_path, program(tmp_path, version="13.11 (Debian 13.11-0+deb11u1)"))
    assert not (tmp_path / "arguments").exists()


def test_what_is_no_pg_dump_is_said(tmp_path: Path):
    with pytest.raises(BackupFailed, match="does not say that it is PostgreSQL's pg_dump"):
        dump(tmp_path, "/bin/true")


def test_a_failed_dump_says_why_without_the_password(tmp_path: Path):
    with pytest.raises(BackupFailed, match="no such host") as caught:
        dump(tmp_path, program(tmp_path, end=1))
    assert "marker-4711" not in str(caught.value)
