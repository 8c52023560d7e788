"""Pieces of SQL with the values for their places. The text is made of our own words only."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from functools import cache
from typing import Any, NamedTuple

import orjson
from django.db import connection


@cache
def vendor() -> str:
    """Return which of the two databases this is, as Django names them.

    It is the same for as long as a process lives. To ask the connection, which is one of this thread, takes several
    microseconds each time, and a search would ask twenty times.
    """
    return connection.vendor


class Sql(NamedTuple):
    """A piece of SQL, and the values for its places."""

    text: str
    params: tuple[Any, ...] = ()


ALWAYS = Sql("1 = 1")
NEVER = Sql("1 = 0")


def every(parts: Iterable[Sql]) -> Sql:
    """Return the condition that all of these hold."""
    return _joined(" AND ", [part for part in parts if part != ALWAYS]) or ALWAYS


def any_of(parts: Iterable[Sql]) -> Sql:
    """Return the condition that one of these holds."""
    return _joined(" OR ", list(parts)) or NEVER


def one_of(column: str, values: Collection[Any]) -> Sql:
    """Return the condition that a column has one of these values; places are sooner read than a hundred numbers."""
    places = ", ".join(["%s"] * len(values))
    return Sql(f"{column} IN ({places})", tuple(values)) if values else NEVER


def select_from(columns: Iterable[str], source: Sql, said: Sql, rest: str = "") -> Sql:
    """Return the statement that reads columns of what holds something; `rest` is what comes after its conditions."""
    text = f"SELECT {', '.join(columns)} FROM {source.text} WHERE {said.text} {rest}"  # noqa: S608
    return Sql(text, (*source.params, *said.params))


def read(statement: Sql) -> list[tuple[Any, ...]]:
    """Return all rows of a statement."""
    with connection.cursor() as cursor:
        cursor.execute(statement.text, statement.params)
        return list(cursor.fetchall())


def as_text(columns: Iterable[str]) -> str:
    """Return columns as one that `read_columns` reads; for what JSON knows: texts, whole numbers and nulls."""
    function, _ = _AS_JSON[vendor()]
    return f"{function}({', '.join(columns)}) AS row_as_text"


def read_columns(statement: Sql, count: int, *, beside: str) -> tuple[list[list[Any]], Any]:
    """Return the columns, so many, that all rows of a statement have written as one by `as_text`.

    All rows come as one text: a thousand are sooner written and read again than handed over value by value.
    The value of another expression is read beside them, which spares a statement of its own.
    """
    _, together = _AS_JSON[vendor()]
    text = f"SELECT {together}, {beside} FROM ({statement.text}) AS read_first"  # noqa: S608
    ((rows, value),) = read(Sql(text, statement.params))
    # Within a value a line ends only as \\n. One list, since a thousand would make Python look for garbage.
    values = orjson.loads(rows.replace("]\n[", ",")) if rows else []
    return [values[column::count] for column in range(count)], value


# What writes one row, and what puts rows below each other; of no rows either makes a null.
_AS_JSON = {
    "sqlite": ("json_array", "group_concat(row_as_text, char(10))"),
    "postgresql": ("json_build_array", "string_agg(CAST(row_as_text AS text), chr(10))"),
}


def _joined(word: str, parts: list[Sql]) -> Sql | None:
    if len(parts) < 2:
        return parts[0] if parts else None
    text = word.join(f"({part.text})" for part in parts)
    return Sql(text, tuple(value for part in parts for value in part.params))
