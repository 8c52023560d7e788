"""How large the index is beside what it finds.

Data are the tables of PBXs, trunks and DOD bindings with their search texts, without the indexes over their
columns; versions and fetches are left out. The index is all that the tables of grams take, their own indexes too,
and the index that a search walks: in SQLite it holds the texts of bindings once more.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence

from bench.figures import figure

_DATA = ("trunks_pbx", "trunks_trunk", "trunks_dodbinding")
_GRAMS = ("trunks_bindinggrams", "trunks_trunkgrams")
_WALKED = "dod_by_digits"
_ASKED = """
import sqlite3, sys
file, sql, *values = sys.argv[1:]
print(sqlite3.connect(file).execute(sql, values).fetchone()[0])
"""


def index_over_data(database: str, database_url: str, pbxs: int) -> None:
    """Weigh the tables by their pages."""
    from django.db import connection

    weigh = _weigh_sqlite if connection.vendor == "sqlite" else _weigh_postgresql
    data, index = weigh()
    figure(f"data_{database}", data / 1e6, "MB")
    figure(f"index_{database}", index / 1e6, "MB")
    figure("index_over_data" + ("" if database == "sqlite" else f"_{database}"), index / data, "x")


def _weigh_sqlite() -> tuple[float, float]:
    # The parts of a full-text table are tables of their own, named after it.
    index = [f"{one}*" for one in (*_GRAMS, _WALKED)]
    return _pages("name IN (?, ?, ?)", _DATA), _pages(
        "name GLOB ? OR name GLOB ? OR name GLOB ?", index
    )


def _pages(which: str, names: Sequence[str]) -> float:
    """Return the bytes in the pages of some tables, as the SQLite of Python tells them: the one we bring does not."""
    from django.db import connection

    weighed = f"SELECT COALESCE(SUM(pgsize), 0) FROM dbstat WHERE aggregate = TRUE AND ({which})"  # noqa: S608
    file = str(connection.settings_dict["NAME"])
    command = [sys.executable, "-I", "-c", _ASKED, file, weighed, *names]
    return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)  # noqa: S603


def _weigh_postgresql() -> tuple[float, float]:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT SUM(pg_table_size(one::regclass)) FROM UNNEST(%s::text[]) one", [[*_DATA]]
        )
        (data,) = cursor.fetchone()
        cursor.execute(
            "SELECT SUM(pg_total_relation_size(one::regclass)) FROM UNNEST(%s::text[]) one",
            [[*_GRAMS, _WALKED]],
        )
        (index,) = cursor.fetchone()
    return float(data), float(index)
