"""Mistakes of ours, made on purpose: errors that nobody expects, with a text that holds all there is to tell."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from django.db import connection
from django.db.utils import DataError, OperationalError

# Who somebody is has to be known before a page can fail.
_NEEDED = ("django_session", "auth_user", "trunks_role", "SAVEPOINT", "pg_advisory")


@contextmanager
def database_broken(
    error: type[DataError | OperationalError] = DataError, *, can_read: bool = False
) -> Iterator[None]:
    """Fail every statement about what pages show or, with `can_read`, those that would write it."""

    def fail(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:  # noqa: ANN401
        is_writing = sql.startswith(("INSERT", "UPDATE"))
        if not is_writing and (can_read or any(name in sql for name in _NEEDED)):
            return execute(sql, *rest)
        raise error("this was to be expected")

    with connection.execute_wrapper(fail):
        yield


@contextmanager
def client_mistaken() -> Iterator[None]:
    """Fail while an answer of a PBX is read, with the whole answer as the text of the error."""

    def fail(body: bytes) -> object:
        raise RuntimeError(" ".join(body.decode().split()))

    with patch("trunks.yeastar.client.decode_answer", fail):
        yield
