"""`manage.py demo` makes its database anew, so it must never take one away that is in use or another's."""

from __future__ import annotations

import fcntl
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from pbxdash.first_start import write_settings

ROOT = Path(__file__).resolve().parents[2]
IN_USE = "somebody's data"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The folder of a demo whose database is there already."""
    write_settings(tmp_path / "env", demo=True)
    (tmp_path / "pbxdash.sqlite3").write_text(IN_USE)
    return tmp_path


def demo(folder: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("PBXDASH_")}
    clean.pop("DJANGO_SETTINGS_MODULE", None)
    return subprocess.run(
        [sys.executable, "manage.py", "demo", *arguments],
        cwd=ROOT,
        env={**clean, "PBXDASH_ENV_FILE": str(folder / "env"), **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_a_second_demo_leaves_the_data_of_the_first(folder: Path):
    with (folder / "lock").open("w") as first:
        fcntl.flock(first, fcntl.LOCK_EX)
        ended = demo(folder, "--port", "0")

    assert "Another demo runs from this folder" in ended.stderr
    assert (folder / "pbxdash.sqlite3").read_text() == IN_USE


def test_a_taken_port_is_noticed_before_anything_is_deleted(folder: Path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        ended = demo(folder, "--port", str(taken.getsockname()[1]))

    assert "Cannot listen on 127.0.0.1" in ended.stderr
    assert (folder / "pbxdash.sqlite3").read_text() == IN_USE


def test_a_database_elsewhere_is_never_made_anew(folder: Path, tmp_path_factory):
    precious = tmp_path_factory.mktemp("elsewhere") / "pbxdash.sqlite3"
    precious.write_text(IN_USE)
    ended = demo(folder, PBXDASH_DATABASE_URL=f"sqlite:///{precious}")

    assert "PBXDASH_DATABASE_URL" in ended.stderr
    assert "Traceback" not in ended.stderr
    assert precious.read_text() == IN_USE
