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
FAULTS = "tests/faults"

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
        ("tests/services", "tests/views/test_fetches.py", "tests/views/test_runs.py"),
        (f"{FAULTS}/test_killed.py", f"{FAULTS}/test_leases.py", f"{FAULTS}/test_locked.py"),
    ],
    ids=["services", "workers"],
)
def test_it_works_on_postgresql(database_url: str, places: tuple[str, ...]):
    plugins = ["-p", "no:cacheprovider", "-p", "no:xdist", "-p", "no:randomly"]
    present = [place for place in places if (ROOT / place).exists()]
    nested = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", *plugins, *present],
        cwd=ROOT,
        env={**os.environ, "TEST_DATABASE_URL": database_url},
        capture_output=True,
        text=True,
        check=False,
    )
    assert nested.returncode == 0, nested.stdout + nested.stderr
    assert " passed" in nested.stdout
    assert "using PostgreSQL" in nested.stdout
