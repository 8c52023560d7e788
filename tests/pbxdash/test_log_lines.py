"""No line of our logs opens a shared link."""

from __future__ import annotations

import logging
import sys
from typing import Any

import pytest
from django.conf import settings

from pbxdash.log_lines import LineFormatter
from pbxdash.serving import web_server

TOKEN = "pbxs_" + "Ab-_9" * 8 + "xyz"


def line_of(message: str, *args: object, exc_info: object = None) -> str:
    record = logging.LogRecord("x", logging.INFO, "", 0, message, args, exc_info)  # type: ignore[arg-type]
    return LineFormatter("{levelname} {message}", style="{").format(record)


@pytest.mark.parametrize("around", ["/s/%s/", "GET /s/%s HTTP/1.1", "https://x/s/%s/?q=1", "%s"])
def test_the_token_of_a_link_is_left_out(around):
    line = line_of(around.replace("%s", "%s"), TOKEN)
    assert line == "INFO " + around.replace("%s", "pbxs_***")


def test_it_is_left_out_of_tracebacks_too():
    try:
        int(TOKEN)
    except ValueError:
        line = line_of("failed", exc_info=sys.exc_info())
    assert "base 10: 'pbxs_***'" in line
    assert TOKEN[8:] not in line


def test_every_handler_of_ours_writes_such_lines():
    config: Any = settings.LOGGING
    formatters = {handler["formatter"] for handler in config["handlers"].values()}
    assert {config["formatters"][name]["()"] for name in formatters} == {
        "pbxdash.log_lines.LineFormatter"
    }


@pytest.mark.parametrize("name", ["django", "django.server", "django.request"])
def test_no_logger_of_django_writes_past_it(name):
    logger = logging.getLogger(name)
    assert (logger.handlers, logger.propagate) == ([], True)


def test_the_web_server_writes_down_no_addresses():
    assert "--no-access-log" in web_server("127.0.0.1", 8000).command
