"""What is said beside the answers: logs at their loudest, error reports, statements that write, output of commands."""

from __future__ import annotations

import io
import logging
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from copy import copy
from logging.config import DictConfigurator
from traceback import format_exception_only
from typing import Any

from django.conf import settings
from django.db import connection
from django.utils.module_loading import import_string

from trunks.leakcheck.markers import Kind
from trunks.leakcheck.report import NOTHING, Asked, Report
from trunks.leakcheck.stand_ins import SESSIONS, STAND_INS

WRITES = re.compile(r"\s*(INSERT|UPDATE|DELETE|REPLACE)\b", re.IGNORECASE)
# Whole contexts of templates, at debug level alone, which the settings keep off whatever PBXDASH_LOG_LEVEL says. A
# package of somebody else puts a secret that is shown once into one.
CONTEXTS, ONE_IS_SHOWN = "django.template", frozenset({Kind.SECOND_FACTOR})
# Only with PBXDASH_DEBUG does Django log statements, and those that look for a session name it.
STATEMENTS = "django.db.backends"
ALLOWED = {STATEMENTS: STAND_INS | SESSIONS, CONTEXTS: ONE_IS_SHOWN}


class LogEar(logging.Handler):
    """Hears every record of every logger, written as the settings say."""

    def __init__(self, report: Report) -> None:
        super().__init__(logging.DEBUG)
        formatters: Any = settings.LOGGING["formatters"]
        configurator = DictConfigurator({"version": 1})
        self.setFormatter(configurator.configure_formatter(dict(formatters["line"])))
        self.report = report
        self.heard: list[tuple[str, str, Asked]] = []
        self.names: set[str] = set()
        self._contexts: set[tuple[str, str, str]] = set()

    def emit(self, record: logging.LogRecord) -> None:
        """Keep what would be written; of a traceback the texts of its errors, since the rest is our own code."""
        if record.name == CONTEXTS and self._is_known(record):
            return
        written = copy(record)
        if record.exc_info:
            written.exc_info, written.exc_text = None, "\n".join(_texts_of(record.exc_info[1]))
        self.heard.append((record.name, self.format(written), self.report.asked))
        self.names.add(record.name.partition(".")[0])

    def _is_known(self, record: logging.LogRecord) -> bool:
        """Tell whether a page told the same of itself before: its context takes long to write."""
        key = (self.report.asked.route, self.report.asked.format, repr(record.args))
        if key in self._contexts:
            return True
        self._contexts.add(key)
        return False

    def search(self) -> None:
        """Search all that was heard since the last time."""
        heard, self.heard = self.heard, []
        for name, line, asked in heard:
            allowed = ALLOWED.get(name, NOTHING)
            self.report.look("logs", line, allowed=allowed, asked=asked)


class ErrorEar(logging.Handler):
    """Makes the reports about errors that a site may have sent to those who run it."""

    def __init__(self, report: Report) -> None:
        super().__init__(logging.ERROR)
        self.report = report
        self.as_page = True

    def emit(self, record: logging.LogRecord) -> None:
        """Search the report of an error, as text and as a page."""
        error: tuple[Any, ...] = record.exc_info or (None, record.getMessage(), None)
        reporter_class = import_string(settings.DEFAULT_EXCEPTION_REPORTER)
        reporter = reporter_class(getattr(record, "request", None), *error, is_email=True)
        self.report.look("error reports", reporter.get_traceback_text())
        if self.as_page:
            self.report.look("error reports", reporter.get_traceback_html())


class StatementEar:
    """Hears what is written to the database, also when something else takes its place soon."""

    def __init__(self, report: Report) -> None:
        self.report = report
        self.heard: list[tuple[str, Asked]] = []

    def __call__(self, execute: Callable[..., Any], sql: str, params: object, *rest: Any) -> Any:  # noqa: ANN401
        """Keep the statement and perform it."""
        if WRITES.match(sql):
            self.heard.append((f"{sql} {params!r}", self.report.asked))
        return execute(sql, params, *rest)

    def search(self) -> None:
        """Search all that was heard since the last time."""
        heard, self.heard = self.heard, []
        for line, asked in heard:
            self.report.look("statements", line, allowed=STAND_INS | SESSIONS, asked=asked)


class Ears:
    """All of them: what they heard is searched when a stage is over."""

    def __init__(self, report: Report) -> None:
        self.report = report
        self.logs = LogEar(report)
        self.errors = ErrorEar(report)
        self.statements = StatementEar(report)

    def search(self) -> None:
        """Search what came up since the last time."""
        self.logs.search()
        self.statements.search()


def _texts_of(error: BaseException | None) -> list[str]:
    """Return what an error says, and those that it came from, as a traceback ends with them."""
    said: list[str] = []
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        said += format_exception_only(error)
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return said


@contextmanager
def listening(report: Report) -> Iterator[Ears]:
    """Turn every logger up to DEBUG, and listen to them in place of the usual handlers."""
    ears = Ears(report)
    root = logging.getLogger()
    loggers = [root, *(logging.getLogger(name) for name in list(root.manager.loggerDict))]
    before = [(one, one.level, one.handlers, one.propagate, one.disabled) for one in loggers]
    for one in loggers:
        one.setLevel(logging.DEBUG)
        one.handlers, one.propagate, one.disabled = [], True, False
    root.handlers = [ears.logs]
    logging.getLogger("django.request").handlers = [ears.errors]
    try:
        with connection.execute_wrapper(ears.statements):
            yield ears
    finally:
        for one, level, handlers, propagate, disabled in before:
            one.setLevel(level)
            one.handlers, one.propagate, one.disabled = handlers, propagate, disabled


@contextmanager
def output_searched(report: Report) -> Iterator[None]:
    """Search what is printed meanwhile."""
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        yield
    report.look("command output", out.getvalue() + err.getvalue())
