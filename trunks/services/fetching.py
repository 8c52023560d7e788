"""Fetching one PBX: the row first, the call outside any transaction, the result inside one.

The row with its lease is the truth about a fetch; the task in the queue only wakes a worker.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from types import TracebackType
from typing import Protocol, Self

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.utils import timezone
from django_tasks import task

from trunks.keyring import SecretUnavailable
from trunks.models import SCOPE_ALL, Fetch, Pbx
from trunks.services.connecting import client_for
from trunks.services.logins import login_is_held, login_refused
from trunks.services.storing import store
from trunks.yeastar import LoginRefused, PbxError, TrunkRecord

logger = logging.getLogger(__name__)

# What a fetch may take beyond the deadline of its calls, to log out and to store.
LEASE_MARGIN = timedelta(seconds=30)
# How often a caller looks whether somebody else's fetch of the same PBX has ended.
JOIN_INTERVAL_SECONDS = 0.2


class TrunkSource(Protocol):
    """A PBX family, as far as fetching is concerned."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
        /,
    ) -> None: ...

    def trunks(self, ids: Sequence[str] | None = None) -> tuple[TrunkRecord, ...]:
        """Read all trunks, or those with the given ids."""


class FetchCrashed(Exception):
    """A mistake of ours during a fetch; the text is only the type of the error, safe to keep."""


class _NotKept(Exception):
    """A fetch ends without a result for a reason of ours."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@task()
def run_fetch(fetch_id: int) -> None:
    """Perform a fetch in the worker."""
    fetch_perform(fetch_id)


@task()
def run_waiting() -> None:
    """Perform whatever waits, in the worker."""
    for fetch_id in Fetch.objects.filter(state=Fetch.State.QUEUED).values_list("pk", flat=True):
        with suppress(FetchCrashed):
            fetch_perform(fetch_id)


def fetch_request(
    *,
    pbx: Pbx,
    remote_ids: Sequence[str] = (),
    requested_by: User | None = None,
    wake: bool = True,
) -> Fetch:
    """Ask for all trunks of a PBX, or for some; join a fetch that already answers the question."""
    scope = ",".join(remote_ids) or SCOPE_ALL
    fetches_reap()
    with transaction.atomic():
        Pbx.objects.select_for_update().get(pk=pbx.pk)
        for fetch in pbx.fetches.open().order_by("id"):
            if fetch.covers_all or fetch.scope == scope:
                return fetch
        fetch = Fetch.objects.create(pbx=pbx, scope=scope, requested_by=requested_by)
        if wake:
            # In the same transaction, so that no row waits for a worker that was never woken.
            run_fetch.enqueue(fetch.pk)
    return fetch


def fetch_now(
    *, pbx: Pbx, remote_ids: Sequence[str] = (), requested_by: User | None = None
) -> Fetch:
    """Fetch in this process and wait for the end, also when another process is at it already.

    A mistake of ours is a result like any other failure, so that whoever fetches several goes on.
    """
    fetch = fetch_request(pbx=pbx, remote_ids=remote_ids, requested_by=requested_by, wake=False)
    while not fetch.is_over:
        with suppress(FetchCrashed):
            fetch_perform(fetch.pk)
        fetch.refresh_from_db()
        if not fetch.is_over:
            time.sleep(JOIN_INTERVAL_SECONDS)
            fetches_reap()
            fetch.refresh_from_db()
    return fetch


def fetch_perform(fetch_id: int) -> None:
    """Read one PBX into the database; trouble with the PBX is recorded, not raised.

    Does nothing when the fetch is over, or runs already, or another fetch of the same PBX runs: that
    one wakes the waiting ones when it ends. Raises `FetchCrashed` for a mistake of ours.
    """
    fetch = _claim(fetch_id)
    if fetch is None:
        return
    try:
        records = _read(fetch)
        _succeed(fetch, records, observed_at=timezone.now())
    except PbxError as error:
        if isinstance(error, LoginRefused):
            login_refused(pbx=fetch.pbx, reason=error.reason)
        _fail(fetch, reason=error.reason, errno=error.errno, detail=error.detail)
    except SecretUnavailable:
        _fail(fetch, reason="secret-unavailable")
    except _NotKept as error:
        _fail(fetch, reason=error.reason)
    except Exception as error:  # noqa: BLE001
        # The text of an unknown error may hold anything, so only its type goes on.
        crash = FetchCrashed(type(error).__name__)
        _fail(fetch, reason="internal", detail=type(error).__name__)
        raise crash from None
    finally:
        _wake_waiting(fetch.pbx)


def wake_workers(waiting: int) -> None:
    """Wake workers for so many waiting fetches; call it in the transaction that made them."""
    if waiting:
        run_waiting.enqueue()


def fetches_reap() -> int:
    """Mark fetches whose process died as interrupted; return how many there were."""
    now = timezone.now()
    abandoned = list(Fetch.objects.abandoned().select_related("pbx"))
    for fetch in abandoned:
        _end(fetch, state=Fetch.State.INTERRUPTED, reason="interrupted", at=now)
        _wake_waiting(fetch.pbx)  # The dead process cannot.
    return len(abandoned)


def fetches_recover() -> int:
    """After a restart, reap what was cut off and wake workers for all that waits; return its number."""
    fetches_reap()
    waiting = Fetch.objects.filter(state=Fetch.State.QUEUED).order_by("id")
    for fetch in waiting:
        run_fetch.enqueue(fetch.pk)
    return len(waiting)


def _claim(fetch_id: int) -> Fetch | None:
    now = timezone.now()
    fetch = Fetch.objects.select_related("pbx").filter(pk=fetch_id).first()
    if fetch is None:
        return None
    lease = now + timedelta(seconds=fetch.pbx.deadline) + LEASE_MARGIN
    waiting = Fetch.objects.filter(pk=fetch_id, state=Fetch.State.QUEUED)
    try:
        with transaction.atomic():
            claimed = waiting.update(state=Fetch.State.RUNNING, started_at=now, lease_until=lease)
    except IntegrityError:
        return None  # The database allows one running fetch a PBX, and another one runs.
    if not claimed:
        return None
    fetch.refresh_from_db()
    return fetch


def _read(fetch: Fetch) -> tuple[TrunkRecord, ...]:
    if not fetch.pbx.enabled:
        raise _NotKept("disabled")
    if login_is_held(fetch):
        raise _NotKept("login-held")
    try:
        client: TrunkSource = client_for(fetch.pbx)
    except ValueError:
        raise _NotKept("bad-settings") from None
    with client as source:
        return source.trunks(fetch.remote_ids or None)


def _succeed(fetch: Fetch, records: Sequence[TrunkRecord], *, observed_at: datetime) -> None:
    with transaction.atomic():
        current = Pbx.objects.select_for_update().filter(pk=fetch.pbx_id).first()
        running = Fetch.objects.filter(pk=fetch.pk, state=Fetch.State.RUNNING)
        if current is None or not running.exists():
            return  # Deleted or given up meanwhile: there is nothing to answer any more.
        if (current.base_url, current.username) != (fetch.pbx.base_url, fetch.pbx.username):
            raise _NotKept("edited-meanwhile")
        difference = store(fetch=fetch, records=records, observed_at=observed_at)
        fetch.seen = len(records)
        fetch.added = len(difference.added)
        fetch.changed = len(difference.changed)
        fetch.removed = len(difference.removed)
        fetch.detail = ",".join(_not_reported(fetch, records))[:300]
        fetch.state = Fetch.State.SUCCEEDED
        fetch.finished_at = timezone.now()
        fetch.save()
        read = {"observed_at": observed_at} if fetch.covers_all else {}
        Pbx.objects.filter(pk=fetch.pbx_id).update(failing_since=None, last_fetch=fetch, **read)


def _not_reported(fetch: Fetch, records: Sequence[TrunkRecord]) -> list[str]:
    """Return the ids that were asked for and not answered; whether a PBX does that is undocumented."""
    answered = {record.remote_id for record in records}
    return [remote_id for remote_id in fetch.remote_ids if remote_id not in answered]


def _fail(fetch: Fetch, *, reason: str, errno: str = "", detail: str = "") -> None:
    fetch.errno, fetch.detail = errno[:20], detail[:300]
    _end(fetch, state=Fetch.State.FAILED, reason=reason, at=timezone.now())
    logger.warning("Fetch of %s failed: %s %s", fetch.pbx.slug, reason, errno)


def _end(fetch: Fetch, *, state: Fetch.State, reason: str, at: datetime) -> None:
    """Record an end without a result; the last good data stays, with its age and this reason."""
    with transaction.atomic():
        # The PBX first, as whoever stores an answer does: the other way round they would lock each other out.
        pbx = Pbx.objects.select_for_update().filter(pk=fetch.pbx_id).first()
        ended = Fetch.objects.filter(pk=fetch.pk, state=Fetch.State.RUNNING).update(
            state=state, reason=reason, errno=fetch.errno, detail=fetch.detail, finished_at=at
        )
        if pbx is None or not ended or not _tells_of_the_pbx(fetch, reason):
            return
        pbx.last_fetch = fetch
        pbx.failing_since = pbx.failing_since or at
        pbx.save(update_fields=["last_fetch", "failing_since"])


def _tells_of_the_pbx(fetch: Fetch, reason: str) -> bool:
    """Tell whether a failure is one of the whole PBX: one not called is not failing, nor one that lacks a trunk."""
    if reason == "errno":
        return fetch.covers_all
    return reason not in {"disabled", "edited-meanwhile"}


def _wake_waiting(pbx: Pbx) -> None:
    for fetch in pbx.fetches.filter(state=Fetch.State.QUEUED).order_by("id"):
        run_fetch.enqueue(fetch.pk)
