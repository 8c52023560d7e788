"""What depends on the database, once more on PostgreSQL: a nested run over a server of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from .server import programs, running_server

ROOT = Path(__file__).resolve().parents[2]
FOLDER = programs()

pytestmark = [
    pytest.mark.skipif(
        FOLDER is None,
        reason="PostgreSQL's server is not installed: `apt-get install postgresql` gets it",
    ),
    # xdist begins with the largest groups, and these take long.
    pytest.mark.xdist_group("postgresql"),
]


@pytest.fixture(scope="module")
def database_url() -> Iterator[str]:
    """The address of a server that runs for these tests alone."""
    assert FOLDER is not None
    with running_server(FOLDER) as address:
        yield address


@pytest.mark.parametrize(
    "folder", ["tests/services", "tests/faults", "tests/search", "tests/views"]
)
def test_it_works_on_postgresql(database_url: str, folder: str):
    plugins = ["-p", "no:cacheprovider", "-p", "no:xdist"]
    chosen = ["-m", "both_databases", "tests/postgresql/really.py", folder]
    nested = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", *plugins, *chosen],
        cwd=ROOT,
        env={**os.environ, "TEST_DATABASE_URL": database_url},
        capture_output=True,
        text=True,
        check=False,
    )
    assert nested.returncode == 0, nested.stdout + nested.stderr
