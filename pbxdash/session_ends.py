"""Sessions end when nobody uses them, and at the latest some hours after the log-in; the server decides.

Both moments are in the session itself, so that a request costs no query more. What a page asks by itself is no
use: it must not keep a session alive in front of an empty chair. `static/js/session.js` marks those requests.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime

from django.conf import settings
from django.contrib.auth import SESSION_KEY, logout
from django.contrib.auth.models import User
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest, HttpResponseBase

from pbxdash.client_address import client_address
from trunks.services.person_sessions import session_begun, session_moved, session_over, session_seen

STARTED, SEEN = "started_at", "seen_at"
# Not each request is written down, so a session may end this much earlier than it should.
SEEN_EVERY = 30
UNATTENDED_HEADER = "X-Unattended"


class SessionEndMiddleware:
    """Log out whoever did nothing for too long, or is logged in for too long."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        # Whether somebody is logged in, without asking who.
        if SESSION_KEY in request.session:
            if seconds_left(request.session) <= 0:
                logout(request)
            elif not request.headers.get(UNATTENDED_HEADER):
                _note(request)
        return self.get_response(request)


def seconds_left(session: SessionBase) -> int:
    """Return how long a session lasts if nobody does anything; nothing where nobody is logged in."""
    if SESSION_KEY not in session:
        return 0
    now = int(time.time())
    idle_end = int(session.get(SEEN, 0)) + settings.PBXDASH_SESSION_IDLE
    longest_end = int(session.get(STARTED, 0)) + settings.PBXDASH_SESSION_LONGEST
    return int(min(idle_end, longest_end) - now)


def keep_moved(request: HttpRequest, before: str | None) -> None:
    """Write down that the session of a request got another key."""
    after = request.session.session_key
    if before and after and before != after:
        session_moved(session_key=before, to=after)


def _note(request: HttpRequest) -> None:
    now, session = int(time.time()), request.session
    if now - session[SEEN] < min(SEEN_EVERY, settings.PBXDASH_SESSION_IDLE // 4):
        return
    session[SEEN] = now
    session_seen(
        session_key=str(session.session_key),
        at=datetime.fromtimestamp(now, tz=UTC),
        address=client_address(request),
    )


def _begin(sender: object, request: HttpRequest, user: User, **kwargs: object) -> None:
    request.session[STARTED] = request.session[SEEN] = int(time.time())
    if request.session.session_key is None:
        request.session.create()
    key = str(request.session.session_key)
    # Logging in again, as after a question for the password, may keep the key.
    session_over(session_key=key)
    session_begun(
        user=user,
        session_key=key,
        address=client_address(request),
        browser=request.headers.get("User-Agent", ""),
    )


def _end(sender: object, request: HttpRequest | None, **kwargs: object) -> None:
    if request is not None:
        session_over(session_key=request.session.session_key)


def connect_signals() -> None:
    """Keep the list of sessions in step with log-ins and log-outs."""
    user_logged_in.connect(_begin, dispatch_uid="pbxdash.session_begun")
    user_logged_out.connect(_end, dispatch_uid="pbxdash.session_over")
