"""What is said beside the answers: logs at their loudest, error mails, statements that write, output of commands."""

from __future__ import annotations

import io
import logging
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from traceback import format_exception_only
from typing import Any

from django.db import connection
from django.utils.log import AdminEmailHandler

from trunks.leakcheck.report import NOTHING, Report
from trunks.leakcheck.stand_ins import SESSIONS, STAND_INS

WRITES = re.compile(r"\s*(INSERT|UPDATE|DELETE|REPLACE)\b", re.IGNORECASE)
# Only with PBXDASH_DEBUG does Django log statements, and those that look for a session name it.
STATEMENTS = "django.db.backends"


class LogEar(logging.Handler):
    """Hears every record of every logger."""

    def __init__(self, report: Report) -> None:
        super().__init__(logging.DEBUG)
        self.report = report
        self.heard: list[tuple[str, str, Any]] = []
        self.names: set[str] = set()

    def emit(self, record: logging.LogRecord) -> None:
        """Keep what would be written; of a traceback the texts of its errors, since the rest is our own code."""
        error = record.exc_info[1] if record.exc_info else None
        line = "\n".join([record.getMessage(), *_texts_of(error)])
        self.heard.append((record.name, line, self.report.asked))
        self.names.add(record.name.partition(".")[0])

    def search(self) -> None:
        """Search all that was heard since the last time."""
        heard, self.heard = self.heard, []
        for name, line, asked in heard:
            allowed = STAND_INS | SESSIONS if name == STATEMENTS else NOTHING
            self.report.look("logs", line, allowed=allowed, asked=asked)


class MailEar(AdminEmailHandler):
    """Reads the mails about errors that a site may have sent to those who run it."""

    def __init__(self, report: Report) -> None:
        super().__init__(include_html=True)
        self.setLevel(logging.ERROR)
        self.report = report

    def send_mail(self, subject: object, message: object, *args: object, **kwargs: object) -> None:
        """Search a mail instead of sending it."""
        html = kwargs.get("html_message") or ""
        self.report.look("error mails", f"{subject}\n{message}\n{html}")


class StatementEar:
    """Hears what is written to the database, also when something else takes its place soon."""

    def __init__(self, report: Report) -> None:
        self.report = report
        self.heard: list[tuple[str, Any]] = []

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
        self.mails = MailEar(report)
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
    logging.getLogger("django.request").handlers = [ears.mails]
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
