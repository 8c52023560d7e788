"""Where people are logged in: written down, and ended."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.db import transaction
from django.utils import timezone

from trunks.models import Action, PersonSession
from trunks.models.person_session import LONGEST_BROWSER
from trunks.origin import current_origin
from trunks.services.auditing import audit_record

# Sessions that nobody came back to; each log-in clears a few away.
CLEARED_AT_ONCE = 50


def session_begun(*, user: User, session_key: str, address: str, browser: str) -> PersonSession:
    """Write down that a person logged in; sessions that are long over go."""
    _clear_away()
    now = timezone.now()
    return PersonSession.objects.create(
        user=user,
        session_key=session_key,
        started_at=now,
        seen_at=now,
        address=address or None,
        browser=browser[:LONGEST_BROWSER],
    )


def session_seen(*, session_key: str, at: datetime, address: str) -> None:
    """Write down that a person did something just now."""
    seen = PersonSession.objects.filter(session_key=session_key)
    seen.update(seen_at=at, address=address or None)


def session_moved(*, session_key: str, to: str) -> None:
    """Write down the new key of a session, which changes when the password does."""
    PersonSession.objects.filter(session_key=session_key).update(session_key=to)


def session_over(*, session_key: str | None) -> None:
    """Forget a session that the person has left."""
    PersonSession.objects.filter(session_key=session_key).delete()


def sessions_end(*, user: User, only: Collection[int] | None = None, but: str | None = None) -> int:
    """End a person's sessions at once: all, or some, but never the one with the key `but`. Return how many it were."""
    sessions = PersonSession.objects.filter(user=user)
    if only is not None:
        sessions = sessions.filter(pk__in=only)
    if but is not None:
        sessions = sessions.exclude(session_key=but)
    with transaction.atomic():
        keys = list(sessions.values_list("session_key", flat=True))
        Session.objects.filter(session_key__in=keys).delete()
        PersonSession.objects.filter(session_key__in=keys).delete()
        if keys:
            audit_record(
                Action.SESSIONS_ENDED,
                by=current_origin().person,
                subject=user.get_username(),
                details={"sessions": len(keys)},
            )
    return len(keys)


def _clear_away() -> None:
    now = timezone.now()
    # Of those that set out to log in and never did, there is nothing but the session.
    expired = Session.objects.filter(expire_date__lt=now).values_list("pk", flat=True)
    Session.objects.filter(pk__in=list(expired[:CLEARED_AT_ONCE])).delete()
    over = PersonSession.objects.over(now).order_by("pk")
    keys = list(over.values_list("session_key", flat=True)[:CLEARED_AT_ONCE])
    if keys:
        Session.objects.filter(session_key__in=keys).delete()
        PersonSession.objects.filter(session_key__in=keys).delete()
