"""A database that takes nothing just now: a page that says so, whoever of us met it."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest
from django.contrib.auth import middleware as auth_middleware
from django.db import OperationalError
from django.test import Client
from django.urls import reverse

from tests.builders import make_pbx
from trunks.views import fetches as fetches_view

HTMX = {"HX-Request": "true"}
UNTOLD = "UNTOLD-MARKER"


def locked() -> OperationalError:
    """Return the error that Django makes of a locked SQLite database."""
    cause = sqlite3.OperationalError("database is locked")
    cause.sqlite_errorcode = sqlite3.SQLITE_BUSY
    return caused_by(cause)


def away() -> OperationalError:
    """Return the error of a server that cannot be reached; its text may name users and hosts."""
    return caused_by(ConnectionError(UNTOLD))


def broken() -> OperationalError:
    """Return the error of a database that lacks a table, which no waiting mends."""
    with (
        closing(sqlite3.connect(":memory:")) as empty,
        pytest.raises(sqlite3.OperationalError) as caught,
    ):
        empty.execute("SELECT * FROM nothing")
    return caused_by(caught.value)


def caused_by(cause: Exception) -> OperationalError:
    error = OperationalError(str(cause))
    error.__cause__ = cause
    return error


def raising(error: Exception):
    def fail(*_args: object, **_kwargs: object) -> None:
        raise error

    return fail


@pytest.fixture
def press(admin_client: Client, monkeypatch: pytest.MonkeyPatch):
    """Press "Fetch now", and let the database answer with an error."""
    make_pbx("Leeds")
    admin_client.raise_request_exception = False

    def press(error: OperationalError, **headers: str):
        monkeypatch.setattr(fetches_view, "fetch_request", raising(error))
        return admin_client.post(reverse("fetches"), {"pbx": "leeds"}, headers=headers)

    return press


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["page", "htmx"])
@pytest.mark.parametrize("error", [locked, away])
def test_a_person_is_told_that_the_database_is_busy(press, error, headers):
    response = press(error(), **headers)

    assert response.status_code == 503
    assert int(response.headers["Retry-After"]) > 0
    for sentence in ("The database is busy", "Nothing that was stored is lost", "do it again"):
        assert sentence in response.content.decode()


def test_the_page_has_the_headers_of_every_other(press):
    response = press(locked())

    assert response.headers["Cache-Control"] == "no-store"
    assert "default-src 'none'" in response.headers["Content-Security-Policy"]


def test_the_log_names_the_error_without_its_text(press, caplog: pytest.LogCaptureFixture):
    page = press(away()).content.decode()

    assert "OperationalError" in caplog.text
    assert UNTOLD not in caplog.text + page


def test_a_broken_database_is_not_called_busy(press):
    response = press(broken())

    assert response.status_code == 500
    assert "The database is busy" not in response.content.decode()


def test_a_person_is_told_also_when_who_it_is_cannot_be_read(
    admin_client: Client, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    monkeypatch.setattr(auth_middleware, "get_user", raising(away()))
    admin_client.raise_request_exception = False
    response = admin_client.get(reverse("overview"))

    assert response.status_code == 503
    assert int(response.headers["Retry-After"]) > 0
    assert "The database is busy" in response.content.decode()


def test_a_mistake_of_ours_is_still_called_one(
    admin_client: Client, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(auth_middleware, "get_user", raising(LookupError()))
    admin_client.raise_request_exception = False
    response = admin_client.get(reverse("overview"))

    assert response.status_code == 500
    assert "Something broke on our side" in response.content.decode()
