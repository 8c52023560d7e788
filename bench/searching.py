"""How long searching takes among a million DOD bindings: `make bench-search`. Prints a line
`figure <name> <value> <unit>` for each.

`python -m bench.searching <part> --pbxs 50` runs one part over a small fleet. Each part runs in a process of its
own over a database that is built once and kept in `var/bench`.
"""

from __future__ import annotations

import argparse
import os
import platform
import subprocess
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager

from bench import (
    asking,
    database,
    depth,
    exporting,
    keeping,
    loading,
    pages,
    peers,
    site,
    sizes,
    typing_together,
)
from bench.figures import yardstick

PBXS = 1000

# What runs: with the word before its figures, the address of the database and the number of PBXs.
Part = Callable[[str, str, int], None]
Database = Callable[[int], AbstractContextManager[str]]

# Sizes are told before anything is replaced.
PARTS: dict[str, tuple[Part, str, Database]] = {
    "sqlite_query": (asking.fixed, "sqlite", database.sqlite),
    "sqlite_random": (asking.at_random, "sqlite", database.sqlite),
    "sqlite_http": (pages.one_user, "sqlite", database.sqlite),
    "typing": (typing_together.typing_together, "sqlite", database.sqlite),
    "depth": (depth.page_depth, "sqlite", database.sqlite),
    "peers": (peers.compare, "sqlite", database.sqlite),
    "sqlite_size": (sizes.index_over_data, "sqlite", database.sqlite),
    "sqlite_replace": (keeping.in_step, "sqlite", database.sqlite_copy),
    "export": (exporting.export, "sqlite", database.sqlite),
    "postgresql_query": (asking.fixed, "postgresql", database.postgres),
    "postgresql_random": (asking.at_random, "postgresql", database.postgres),
    "postgresql_http": (pages.one_user, "postgresql", database.postgres),
    "postgresql_typing": (typing_together.typing_together, "postgresql", database.postgres),
    "postgresql_depth": (depth.page_depth, "postgresql", database.postgres),
    "postgresql_size": (sizes.index_over_data, "postgresql", database.postgres),
    "postgresql_replace": (keeping.in_step, "postgresql", database.postgres),
    "postgresql_export": (exporting.export, "postgresql", database.postgres),
}


def main() -> None:
    """Run one part, or all of them."""
    parser = argparse.ArgumentParser()
    parser.add_argument("part", nargs="?", choices=PARTS)
    parser.add_argument("--pbxs", type=int, default=PBXS)
    parser.add_argument("--database", default="")
    options = parser.parse_args()
    if options.database:
        _run_here(options.part, options.database, options.pbxs)
        return
    print(f"{os.cpu_count()} cores, Python {platform.python_version()}, {platform.machine()}")
    _collect_static_files()
    failed = [part for part in _asked(options.part) if not _run(part, options.pbxs)]
    if failed:
        raise SystemExit(f"failed: {', '.join(failed)}")


def _asked(part: str | None) -> list[str]:
    return [part] if part else list(PARTS)


def _run(part: str, pbxs: int) -> bool:
    """Run one part in a process of its own, over its database; tell whether all went well."""
    with PARTS[part][2](pbxs) as database_url:
        if not database_url:
            print(f"{part}: no PostgreSQL programs here")
            return True
        command = [sys.executable, "-m", "bench.searching", part, "--pbxs", str(pbxs)]
        command += ["--database", database_url]
        environment = loading.environment(database_url)
        return subprocess.run(command, cwd=site.ROOT, env=environment).returncode == 0  # noqa: S603


def _collect_static_files() -> None:
    """Put the files of the pages where the web server looks for them."""
    command = [sys.executable, "manage.py", "collectstatic", "--no-input", "--verbosity", "0"]
    environment = loading.environment(f"sqlite:///{database.KEPT}/none.sqlite3")
    subprocess.run(command, cwd=site.ROOT, env=environment, check=True)  # noqa: S603


def _run_here(part: str, database_url: str, pbxs: int) -> None:
    import django

    django.setup()
    # Not before: ours may be another than Python's own.
    import sqlite3

    print(f"SQLite {sqlite3.sqlite_version}", flush=True)
    run, word, _database = PARTS[part]
    yardstick(f"{part}_loop_before")
    run(word, database_url, pbxs)
    yardstick(f"{part}_loop_after")


if __name__ == "__main__":
    main()
