"""Datasette over the same rows: a table with a full-text index of trigrams, and its page as it is shipped."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from importlib.metadata import distributions
from pathlib import Path

from bench import database, web

VERSION = "0.65.5"
# It takes the same SQLite as we do where that is installed.
_SQLITE = [f"{one.name}=={one.version}" for one in distributions(name="pysqlite3")]
TABLE = "bindings"
_FOLDER = database.KEPT / "-".join([f"datasette-{VERSION}", *_SQLITE])
_COPY = """
CREATE TABLE bindings (
    id INTEGER PRIMARY KEY, number TEXT, digits TEXT, name TEXT, target_kind TEXT, target TEXT, issue TEXT,
    trunk TEXT, kind TEXT, host TEXT, username TEXT, pbx TEXT, site TEXT
);
INSERT INTO bindings
SELECT b.id, b.number, b.digits, b.name, b.target_kind, b.target, b.issue,
    t.name, t.kind, t.host, t.username, p.name, p.site
FROM ours.trunks_dodbinding b
JOIN ours.trunks_trunk t ON t.id = b.trunk_id
JOIN ours.trunks_pbx p ON p.id = t.pbx_id
WHERE t.removed_at IS NULL
ORDER BY b.id;
CREATE VIRTUAL TABLE bindings_fts USING fts5(
    number, digits, name, target, trunk, host, username, pbx, site, content="bindings", tokenize="trigram"
);
INSERT INTO bindings_fts (bindings_fts) VALUES ('rebuild');
"""


@contextmanager
def running(fleet: Path) -> Iterator[tuple[int, str]]:
    """Serve a copy of the rows of a SQLite file, and yield the port and the path of the table's page."""
    rows = _rows(fleet)
    port = web.free_port()
    command = [str(_program()), "serve", str(rows), "--host", web.HOST, "--port", str(port)]
    with web.running(command, port, log=subprocess.DEVNULL):
        yield port, f"/{rows.stem}/{TABLE}"


def _rows(fleet: Path) -> Path:
    """Return the file that Datasette serves; it takes minutes when there is none yet."""
    rows = fleet.with_name(fleet.stem + "-datasette.db")
    if not rows.exists():
        unfinished = rows.with_suffix(".part")
        unfinished.unlink(missing_ok=True)
        with closing(sqlite3.connect(unfinished)) as connection:
            connection.execute("ATTACH ? AS ours", [str(fleet)])
            connection.executescript(_COPY)
        unfinished.rename(rows)
    return rows


def _program() -> Path:
    """Return Datasette, in a virtualenv that is the benchmark's alone."""
    program = _FOLDER / "bin" / "datasette"
    if not program.exists():
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(_FOLDER)], check=True)  # noqa: S603
        pip = [str(_FOLDER / "bin" / "python"), "-m", "pip", "install", "--quiet"]
        command = [*pip, f"datasette=={VERSION}", *_SQLITE]
        subprocess.run(command, check=True, stderr=subprocess.DEVNULL)  # noqa: S603
    return program
