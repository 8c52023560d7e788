"""Reports of errors say where, and nothing that was typed."""

from __future__ import annotations

import sys

import pytest
from django.test import RequestFactory
from django.utils.module_loading import import_string

TYPED = "typed-a-moment-ago"
TOKEN = "pbxs_" + "t0ken" * 8


@pytest.fixture(params=[False, True], ids=["production", "debug"])
def report(request, settings) -> str:
    """The report of an error in a frame that holds what a form sent, as page and as mail."""
    settings.DEBUG = request.param
    posted = RequestFactory().post(
        f"/s/{TOKEN}/", {"password": TYPED}, PBXDASH_DATABASE_URL=f"postgres://u:{TYPED}@host/db"
    )
    try:
        fail_with(posted.POST["password"])
    except RuntimeError:
        reporter = import_string(settings.DEFAULT_EXCEPTION_REPORTER)(posted, *sys.exc_info())
        page, text = reporter.get_traceback_html(), reporter.get_traceback_text()
        return f"{page}\n{text}"
    raise AssertionError


def fail_with(password: str) -> None:
    raise RuntimeError(len(password))


def test_a_report_names_the_field_and_the_frame(report):
    assert "password" in report
    assert "fail_with" in report


def test_a_report_holds_nothing_that_was_typed_and_no_address_of_the_database(report):
    assert TYPED not in report


def test_a_report_lets_nobody_into_a_shared_link(report):
    assert TOKEN not in report
    assert "/s/pbxs_***/" in report
