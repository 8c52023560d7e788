"""A database that takes nothing just now is no mistake of ours: people are told, and may try again."""

from __future__ import annotations

import logging
import sqlite3
import sys
from collections.abc import Callable

from django.db import OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views import defaults

logger = logging.getLogger(__name__)

# As long as SQLite waited for the other writer, and PostgreSQL for a lock.
RETRY_SECONDS = 5
# What waiting mends. Others, such as a missing table or a full disk, it does not.
_BUSY_SQLITE = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})


class BusyDatabaseMiddleware:
    """Answer 503 when a view met a locked database, or one that cannot be reached."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Return the page for a busy database; leave every other error as it is."""
        return _busy(request, error) if _is_busy(error) else None


def server_error(request: HttpRequest) -> HttpResponseBase:
    """Handle status 500, which is also what errors of middleware come to: sessions, and who somebody is."""
    error = sys.exc_info()[1]
    return _busy(request, error) if _is_busy(error) else defaults.server_error(request)


def _is_busy(error: BaseException | None) -> bool:
    if not isinstance(error, OperationalError):
        return False
    cause = error.__cause__
    if not isinstance(cause, sqlite3.Error):
        return True
    # The lowest eight bits name the error, the others its kind.
    code: int | None = getattr(cause, "sqlite_errorcode", None)
    return code is not None and code & 0xFF in _BUSY_SQLITE


def _busy(request: HttpRequest, error: BaseException | None) -> HttpResponse:
    # Without its text, which may name the account and the host of the database.
    logger.warning("The database is busy: %s at %s", type(error).__name__, request.path)
    response = render(request, "503.html", status=503)
    response.headers["Retry-After"] = str(RETRY_SECONDS)
    return response
