"""Pieces of SQL with the values for their places. The text is made of our own words only."""

from __future__ import annotations

from collections.abc import Iterable
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


def read(statement: Sql) -> list[tuple[Any, ...]]:
    """Return all rows of a statement."""
    with connection.cursor() as cursor:
        cursor.execute(statement.text, statement.params)
        return list(cursor.fetchall())


def _joined(word: str, parts: list[Sql]) -> Sql | None:
    if len(parts) < 2:
        return parts[0] if parts else None
    text = word.join(f"({part.text})" for part in parts)
    return Sql(text, tuple(value for part in parts for value in part.params))
