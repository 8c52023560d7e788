"""Which SQLite this process uses: the one in the package `pysqlite3` where it is installed, else Python's own.

So it is of one age on most machines, and does not leave out what makes it quick: Debian builds its own without the
memory that SQLite sets apart for small things (https://sqlite.org/malloc.html#lookaside).
"""

from __future__ import annotations

import sys
from contextlib import suppress


def prefer_newer_sqlite() -> None:
    """Have `import sqlite3` bring the package from now on; Django's backend asks for it by that name."""
    with suppress(ImportError):
        import pysqlite3
        import pysqlite3.dbapi2

        sys.modules["sqlite3"] = pysqlite3
        sys.modules["sqlite3.dbapi2"] = pysqlite3.dbapi2
