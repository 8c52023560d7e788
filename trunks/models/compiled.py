"""Queries that every page or every landing asks, compiled once: Django compiles a query whenever it is asked, which
takes longer than most of them run."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any, TypeVar

from django.db import connection
from django.db.models import Manager, Model, QuerySet
from django.db.models.query import RawQuerySet

Row = TypeVar("Row", bound=Model)
# Makes a query for rows of one model from ids; nothing but these may differ from one time to the next.
Build = Callable[..., QuerySet[Row]]


def ask(build: Build[Row], *ids: int) -> RawQuerySet[Row]:
    """Ask the query that a function of a module makes for these ids; fields that it defers are deferred."""
    model, text, params = _compiled(build, len(ids))
    manager: Manager[Row] = model._default_manager  # noqa: SLF001  documented
    return manager.raw(text, _given(params, ids))


def ask_values(build: Build[Row], *ids: int) -> list[tuple[Any, ...]]:
    """Ask a query for the values of some columns, which come as the database has them: a truth may be 1."""
    _, text, params = _compiled(build, len(ids))
    with connection.cursor() as cursor:
        cursor.execute(text, _given(params, ids))
        return list(cursor.fetchall())


def _given(params: tuple[Any, ...], ids: tuple[int, ...]) -> list[Any]:
    given = dict(zip(_stand_ins(len(ids)), ids, strict=True))
    return [given.get(value, value) for value in params]


# Some ask for many ids at once, by a text for each count of them.
@lru_cache(maxsize=512)
def _compiled(build: Build[Row], count: int) -> tuple[type[Row], str, tuple[Any, ...]]:
    query = build(*_stand_ins(count))
    text, params = query.query.sql_with_params()
    return query.model, text, params


def _stand_ins(count: int) -> range:
    """Return numbers that are no ids of any row."""
    return range(-1, -1 - count, -1)
