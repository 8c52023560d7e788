"""Databases that hold the made-up fleet: built once, and kept in `var/bench` until anything they depend on changes."""

from __future__ import annotations

import fcntl
import hashlib
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from bench import loading, postgresql, site

KEPT = site.ROOT / "var" / "bench"
_MAKERS = ("words.py", "world.py", "loading.py")


def sqlite_file(pbxs: int) -> Path:
    """Return the SQLite file with so many PBXs; it takes minutes when there is none yet."""
    path = KEPT / f"fleet-{pbxs}-{_key()}.sqlite3"
    KEPT.mkdir(parents=True, exist_ok=True)
    # Another part that is started meanwhile waits, and does not begin anew in the same file.
    with (KEPT / "building").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not path.exists():
            unfinished = path.with_suffix(".part")
            unfinished.unlink(missing_ok=True)
            _build(f"sqlite:///{unfinished}", pbxs)
            unfinished.rename(path)
    return path


@contextmanager
def sqlite(pbxs: int) -> Iterator[str]:
    """Yield the address of the SQLite database; what is written to it stays, so write nothing but log-ins."""
    yield f"sqlite:///{sqlite_file(pbxs)}"


@contextmanager
def sqlite_copy(pbxs: int) -> Iterator[str]:
    """Yield the address of a copy of the SQLite database, to write to."""
    with tempfile.TemporaryDirectory(dir=KEPT, prefix="copy-") as folder:
        copy = Path(folder) / "fleet.sqlite3"
        # A server that was stopped may have left log-ins beside the file.
        with closing(sqlite3.connect(sqlite_file(pbxs))) as kept:
            kept.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        shutil.copyfile(sqlite_file(pbxs), copy)
        yield f"sqlite:///{copy}"


@contextmanager
def postgres(pbxs: int) -> Iterator[str]:
    """Yield the address of a PostgreSQL database with so many PBXs; empty without its programs."""
    folder = KEPT / f"fleet-{pbxs}-{_key()}.postgresql"
    built = folder / "built"
    if folder.exists() and not built.exists():
        shutil.rmtree(folder)
    with postgresql.server(folder) as database_url:
        if database_url and not built.exists():
            _build(database_url, pbxs)
            built.touch()
        if database_url:
            postgresql.warm(database_url)
        yield database_url


def _build(database_url: str, pbxs: int) -> None:
    command = [sys.executable, "-m", "bench.loading", str(pbxs)]
    environment = loading.environment(database_url)
    subprocess.run(command, cwd=site.ROOT, env=environment, check=True)  # noqa: S603


def _key() -> str:
    """Return a word that is another one as soon as the rows or their tables would be."""
    said = [(site.ROOT / "bench" / name).read_bytes() for name in _MAKERS]
    migrations = sorted((site.ROOT / "trunks" / "migrations").glob("0*.py"))
    said += [migration.read_bytes() for migration in migrations]
    sections = (site.ROOT / "trunks" / "search" / "sections.py").read_text(encoding="utf-8")
    said += [rule.encode() for rule in re.findall(r"^RULE = .*", sections, flags=re.MULTILINE)]
    return hashlib.sha256(b"\0".join(said)).hexdigest()[:10]
