"""Pieces of SQL with the values for their places. The text is made of our own words only."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from django.db import connection


@dataclass(frozen=True, slots=True)
class Sql:
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


def read(statement: Sql) -> list[tuple[Any, ...]]:
    """Return all rows of a statement."""
    with connection.cursor() as cursor:
        cursor.execute(statement.text, statement.params)
        return list(cursor.fetchall())


def read_columns(statement: Sql, count: int) -> list[list[Any]]:
    """Return the first columns of all rows of a statement, which calls them `c0`, `c1` and so on.

    As texts of JSON, since a thousand rows are sooner written into some texts by the database than handed over
    value by value. For what JSON knows: texts, whole numbers and nulls.
    """
    as_json = _AS_JSON[connection.vendor]
    columns = ", ".join(as_json.format(f"c{number}") for number in range(count))
    text = f"SELECT {columns} FROM ({statement.text}) AS read_first"  # noqa: S608
    (row,) = read(Sql(text, statement.params))
    return [json.loads(column or "[]") for column in row]


# Of no rows PostgreSQL makes a null.
_AS_JSON = {"sqlite": "json_group_array({})", "postgresql": "CAST(json_agg({}) AS text)"}


def _joined(word: str, parts: list[Sql]) -> Sql | None:
    if len(parts) < 2:
        return parts[0] if parts else None
    text = word.join(f"({part.text})" for part in parts)
    return Sql(text, tuple(value for part in parts for value in part.params))
