"""Where a change comes from: a browser, a command line or a worker, for the audit log.

Requests are told apart by a context variable that `pbxdash.origin.OriginMiddleware` sets and takes back, so that
services need no argument that only the log reads. Whatever runs outside a request comes from the command line,
unless it says otherwise, as what a worker does by itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from django.contrib.auth.models import AnonymousUser, User
from django.contrib.sessions.backends.base import SessionBase
from django.db import models
from django.utils.translation import gettext_lazy as _


class Place(models.TextChoices):
    """What kind of place a change came from."""

    WEB = "web", _("browser")
    COMMAND_LINE = "command", _("command line")
    WORKER = "worker", _("worker")


@dataclass(frozen=True, slots=True)
class Origin:
    """Where something is asked from, and who is logged in there."""

    place: Place
    address: str = ""
    session: SessionBase | None = None
    logged_in: User | AnonymousUser | None = None

    @property
    def person(self) -> User | None:
        """The person who is logged in there."""
        person = self.logged_in
        return person if person is not None and isinstance(person, User) else None


COMMAND_LINE = Origin(Place.COMMAND_LINE)
WORKER = Origin(Place.WORKER)

_current: ContextVar[Origin] = ContextVar("origin", default=COMMAND_LINE)


def current_origin() -> Origin:
    """Return where the work at hand was asked from."""
    return _current.get()


@contextmanager
def coming_from(origin: Origin) -> Iterator[None]:
    """Name the origin of all that is done inside."""
    token = _current.set(origin)
    try:
        yield
    finally:
        _current.reset(token)
