"""When a log-in may be tried: five bad ones lock this dashboard out of a PBX for ten minutes, for everyone.

Documented at help.yeastar.com, S-Series API v2, login. So each try is written into the database before the
call, by one process at a time for a host and port, and no try is ever repeated by itself.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from django.db import DatabaseError, IntegrityError, OperationalError, transaction
from django.db.models import QuerySet
from django.utils import timezone

from trunks.addresses import authority_of, spellings_of
from trunks.keyring import SecretUnavailable, password_fingerprint
from trunks.models import LOCK_OUT, ConnectionTest, LoginAttempt, LoginPlace, Pbx, Sight
from trunks.services.login_blocks import (
    BAD_LOGINS_ALLOWED,
    LoginBlock,
    bad_logins,
    block_after,
)
from trunks.services.sharing_database import borrowed_connection, one_writer
from trunks.yeastar import LoginHeld, PbxError, Reason

logger = logging.getLogger(__name__)

# What an attempt may take beyond the deadline of its call, to write down its end; then its process is taken for
# dead. Less than the lease of a fetch, which is then tried anew.
LEASE_MARGIN = timedelta(seconds=20)
# Pauses of one that waits for another log-in at the same place.
SHORTEST_WAIT, LONGEST_WAIT = 0.05, 0.5
# With less time than this a log-in would only be sent to be given up, and still count.
SHORTEST_CALL = 1.0
# How often an end is written down when the database is busy; each try waits for it by itself.
SETTLING_TRIES = 3
SETTLING_SECONDS = 5.0
FORGOTTEN_AFTER = timedelta(days=1)
# No log-in reached the PBX, or what answered is not its log-in: nothing that it would count.
_NOT_COUNTED = frozenset(
    {
        Reason.NAME_NOT_RESOLVED,
        Reason.REFUSED,
        Reason.NO_ROUTE,
        Reason.CONNECT_TIMEOUT,
        Reason.TLS_FAILED,
        Reason.CERTIFICATE_UNTRUSTED,
        Reason.CERTIFICATE_CHANGED,
        Reason.CERTIFICATE_EXPIRED,
        Reason.CERTIFICATE_NOT_YET_VALID,
        Reason.CERTIFICATE_WRONG_NAME,
        Reason.TARGET_FORBIDDEN,
        Reason.NOT_TLS,
        Reason.TLS_EXPECTED,
        Reason.REDIRECTED,
        Reason.NOT_AN_API,
        Reason.ADDRESS_NOT_ALLOWED,
        Reason.NO_TOKEN,
    }
)
_OUTCOMES = {
    Reason.CREDENTIALS_REJECTED: LoginAttempt.Outcome.REFUSED,
    Reason.LOCKED_OUT: LoginAttempt.Outcome.LOCKED_OUT,
}


class BookedLogins:
    """The log-ins of one client: each is booked before it is made, and its end is written down.

    Keeps no token. Used within the thread of the client, in short transactions of its own.
    """

    def __init__(self, caller: Pbx | ConnectionTest, *, password_md5: str) -> None:
        self._caller = caller
        self._authority = authority_of(caller.base_url)
        self._credentials = credentials_fingerprint(caller.username, password_md5)
        self._attempt: int | None = None

    def token(self) -> str:
        """Return "": a token of ours ends with its client."""
        return ""

    def admit(self, dead: str, remaining: float) -> str:
        """Book a log-in, as `Logins` says; wait in turn for others at the same host and port.

        Raises:
            LoginHeld: `login-held`, `edited-meanwhile`, or `login-unrecorded` when the database stays busy.
        """
        end, pause = time.monotonic() + remaining, SHORTEST_WAIT
        while True:
            try:
                with borrowed_connection(), one_writer(_wait_of(end)):
                    token, busy_until = self._booked(dead, end - time.monotonic())
            except IntegrityError:
                raise LoginHeld(Reason.EDITED_MEANWHILE) from None  # The PBX was deleted.
            except OperationalError:
                token, busy_until = "", None  # Busy, or gone: nothing was booked.
            if token or self._attempt is not None:
                return token
            if pause > _wait_of(end):
                raise _out_of_time(busy_until)
            time.sleep(pause)
            pause = min(2 * pause, LONGEST_WAIT)

    def accepted(self, token: str) -> bool:
        """Take the attempt off the books, and keep no token."""
        del token
        self._settle(self._forget_attempt)
        return False

    def refused(self, error: PbxError | None) -> None:
        """Write down how the log-in ended; what the PBX did not judge is taken off the books."""
        reason = error.reason if error else None
        if reason in _NOT_COUNTED or (reason is Reason.ERRNO and error and error.errno):
            self._settle(self._forget_attempt)
        else:
            outcome = _OUTCOMES.get(reason) if reason else None
            self._settle(lambda: self._note(outcome or LoginAttempt.Outcome.UNKNOWN))

    def forget(self, token: str) -> None:
        """Nothing is kept."""

    def _booked(self, dead: str, seconds: float) -> tuple[str, datetime | None]:
        """Book an attempt, or return a token that needs none, or until when another one is under way.

        Raises:
            LoginHeld: no log-in may be tried.
            DatabaseError: nothing was booked.
        """
        with transaction.atomic(durable=True):
            place, now = _hold(self._authority), timezone.now()
            # First of all, so that what is read below is what an ended log-in has left.
            recent = list(LoginAttempt.objects.filter(place=place).recent(now))
            for other in recent:
                if other.is_under_way(now):
                    return "", other.ends_at
            self._check_pbx()
            if token := self._kept_token(dead):
                return token, None
            if block := block_after(recent, credentials=self._credentials):
                until = block.until.isoformat(timespec="seconds")
                raise LoginHeld(Reason.LOGIN_HELD, until)
            attempt = LoginAttempt.objects.create(
                place=place,
                credentials=self._credentials,
                ends_at=now + timedelta(seconds=seconds) + LEASE_MARGIN,
                **self._caller_ids,
            )
        # Only now, when it is committed.
        self._attempt = attempt.pk
        return "", None

    @property
    def _caller_ids(self) -> dict[str, int | None]:
        if isinstance(self._caller, Pbx):
            return {"pbx_id": self._caller.pk}
        return {"tested_by_id": self._caller.requested_by_id}

    def _kept_token(self, dead: str) -> str:
        """Return a token that another process got while we waited."""
        del dead
        return ""

    def _check_pbx(self) -> None:
        """Look at the row of the PBX as it is now, under the lock; raise `LoginHeld`."""

    def _settle(self, write: Callable[[], None]) -> None:
        """Write down an end; if the database stays busy, the attempt counts as refused by itself."""
        for _ in range(SETTLING_TRIES):
            try:
                with borrowed_connection(), one_writer(SETTLING_SECONDS), transaction.atomic():
                    write()
            except OperationalError:
                continue
            except DatabaseError:
                break
            self._attempt = None
            return
        logger.error("The end of a log-in at %s could not be written down", self._authority)
        self._attempt = None

    def _forget_attempt(self) -> None:
        self._row().delete()

    def _note(self, outcome: LoginAttempt.Outcome) -> None:
        # The PBXs first, as whoever stores an answer does: the other way round they would lock each other out.
        if outcome is LoginAttempt.Outcome.LOCKED_OUT:
            _mark_locked_out(self._authority)
        now = timezone.now()
        self._row().update(outcome=outcome, ends_at=now)
        LoginAttempt.objects.filter(ends_at__lt=now - FORGOTTEN_AFTER).delete()

    def _row(self) -> QuerySet[LoginAttempt]:
        return LoginAttempt.objects.filter(pk__in=[self._attempt] if self._attempt else [])


def credentials_fingerprint(username: str, password_md5: str) -> str:
    """Return what tells equal credentials from others without saying them."""
    return password_fingerprint(f"api-login:{username}:{password_md5}")


def login_block(*, pbx: Pbx, sight: Sight) -> LoginBlock | None:
    """Return what keeps us from logging in at the host and port of a PBX now, besides its own refused credentials.

    Whose log-ins led to it is told as far as these are in sight.
    """
    try:
        credentials = credentials_fingerprint(pbx.username, pbx.read_secret())
    except SecretUnavailable:
        credentials = ""
    bad = bad_logins(authority_of(pbx.base_url), now=timezone.now())
    block = block_after(bad, credentials=credentials)
    return block and block.seen_by(sight)


def bad_logins_left(base_url: str) -> int:
    """Return how many log-ins at this host and port may still be refused before we pause by ourselves."""
    bad = bad_logins(authority_of(base_url), now=timezone.now())
    return max(0, BAD_LOGINS_ALLOWED - len(bad))


def _hold(authority: str) -> LoginPlace:
    """Return the row of a host and port, locked until the transaction ends.

    SQLite has no locks of rows: there every transaction that may write is alone.
    """
    held = LoginPlace.objects.select_for_update().filter(authority=authority)
    if place := held.order_by("pk").first():
        return place
    LoginPlace.objects.get_or_create(authority=authority)
    return held.get()


def _mark_locked_out(authority: str) -> None:
    same_place = Pbx.objects.filter(base_url__in=spellings_of(authority)).order_by("pk")
    ids: Iterable[int] = list(same_place.select_for_update().values_list("pk", flat=True))
    Pbx.objects.filter(pk__in=ids).update(login_blocked_until=timezone.now() + LOCK_OUT)


def _wait_of(end: float) -> float:
    """Return for how long one may wait who still wants to log in before `end`."""
    return max(0.0, end - time.monotonic() - SHORTEST_CALL)


def _out_of_time(busy_until: datetime | None) -> LoginHeld:
    if busy_until is None:
        return LoginHeld(Reason.LOGIN_UNRECORDED)
    return LoginHeld(Reason.LOGIN_HELD, busy_until.isoformat(timespec="seconds"))
