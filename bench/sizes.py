"""How large the index is beside what it finds.

Data are the tables of PBXs, trunks and DOD bindings with their search texts, without the indexes over their
columns; versions and fetches are left out. The index is all that the tables of grams take, their own indexes too,
and the index that a search walks: in SQLite it holds the texts of bindings once more.
"""

from __future__ import annotations

from bench.figures import figure

_DATA = ("trunks_pbx", "trunks_trunk", "trunks_dodbinding")
_GRAMS = ("trunks_bindinggrams", "trunks_trunkgrams")
_WALKED = "dod_by_digits"


def index_over_data(database: str, database_url: str, pbxs: int) -> None:
    """Weigh the tables by their pages."""
    from django.db import connection

    weigh = _weigh_sqlite if connection.vendor == "sqlite" else _weigh_postgresql
    data, index = weigh()
    figure(f"data_{database}", data / 1e6, "MB")
    figure(f"index_{database}", index / 1e6, "MB")
    figure("index_over_data" + ("" if database == "sqlite" else f"_{database}"), index / data, "x")


def _weigh_sqlite() -> tuple[float, float]:
    from django.db import connection

    # The parts of a full-text table are tables of their own, named after it.
    weighed = "SELECT COALESCE(SUM(pgsize), 0) FROM dbstat WHERE aggregate = TRUE AND "
    with connection.cursor() as cursor:
        cursor.execute(f"{weighed} name IN (%s, %s, %s)", _DATA)
        (data,) = cursor.fetchone()
        names = [f"{one}*" for one in (*_GRAMS, _WALKED)]
        cursor.execute(f"{weighed} (name GLOB %s OR name GLOB %s OR name GLOB %s)", names)
        (index,) = cursor.fetchone()
    return data, index


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
