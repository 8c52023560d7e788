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

from bench import asking, database, loading, site

PBXS = 1000

Part = Callable[[str, int], None]
Database = Callable[[int], AbstractContextManager[str]]

# Name, database, and what runs over it with the word before its figures and the number of PBXs.
PARTS: dict[str, tuple[Database, str, Part]] = {
    "sqlite_query": (database.sqlite, "sqlite", asking.fixed),
    "sqlite_random": (database.sqlite, "sqlite", asking.at_random),
    "postgresql_query": (database.postgres, "postgresql", asking.fixed),
    "postgresql_random": (database.postgres, "postgresql", asking.at_random),
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
    for part in [options.part] if options.part else PARTS:
        _run(part, options.pbxs)


def _run(part: str, pbxs: int) -> None:
    """Run one part in a process of its own, over its database."""
    with PARTS[part][0](pbxs) as database_url:
        if not database_url:
            print(f"{part}: no PostgreSQL programs here")
            return
        command = [sys.executable, "-m", "bench.searching", part, "--pbxs", str(pbxs)]
        command += ["--database", database_url]
        environment = loading.environment(database_url)
        subprocess.run(command, cwd=site.ROOT, env=environment, check=True)  # noqa: S603


def _run_here(part: str, database_url: str, pbxs: int) -> None:
    import django

    django.setup()
    _database, word, run = PARTS[part]
    run(word, pbxs)


if __name__ == "__main__":
    main()
