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
SERVICES, FAULTS = "tests/services", "tests/faults"

pytestmark = pytest.mark.skipif(
    FOLDER is None,
    reason="PostgreSQL's server is not installed: `apt-get install postgresql` gets it",
)


@pytest.fixture(scope="module")
def database_url() -> Iterator[str]:
    """The address of a server that runs for these tests alone."""
    assert FOLDER is not None
    with running_server(FOLDER) as address:
        yield address


# In groups, so that they run side by side.
@pytest.mark.parametrize(
    "places",
    [
        [f"{SERVICES}/test_{name}.py" for name in ("fetching", "runs", "pool", "holding")],
        [f"{SERVICES}/test_{name}.py" for name in ("lock_out", "logins", "tokens")],
        [f"{FAULTS}/test_{name}.py" for name in ("killed", "leases", "locked")],
    ],
    ids=["fetches", "logins", "workers"],
)
def test_it_works_on_postgresql(database_url: str, places: list[str]):
    plugins = ["-p", "no:cacheprovider", "-p", "no:xdist", "-p", "no:randomly"]
    nested = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", *plugins, "tests/postgresql/really.py", *places],
        cwd=ROOT,
        env={**os.environ, "TEST_DATABASE_URL": database_url},
        capture_output=True,
        text=True,
        check=False,
    )
    assert nested.returncode == 0, nested.stdout + nested.stderr
