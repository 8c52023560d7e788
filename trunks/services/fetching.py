"""Fetching one PBX: the row first, the call outside any transaction, the result inside one.

The row with its lease is the truth about a fetch; the task in the queue only wakes a worker.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import timedelta

from django.contrib.auth.models import User
from django.db import IntegrityError, OperationalError, transaction
from django.utils import timezone
from django_tasks import task

from trunks.models import SCOPE_ALL, Action, Fetch, Pbx
from trunks.services.auditing import audit_record
from trunks.services.claiming import fetch_claim
from trunks.services.landing import fail, land
from trunks.services.pool import awaken
from trunks.services.reading import Failure, Reading, read
from trunks.services.roles import require

# How often a caller looks whether somebody else's fetch of the same PBX has ended.
JOIN_INTERVAL_SECONDS = 0.2
# How long after a busy database an answer is offered to it again.
BUSY_SECONDS = 0.2


class PbxGone(Exception):
    """The PBX was deleted a moment ago."""


@task()
def look_for_work() -> None:
    """Wake the pool of the worker that takes this task; the fetches themselves are rows."""
    awaken()


def wake_workers(waiting: int) -> None:
    """Wake a worker for what waits; call it in the transaction that made it, so that nothing waits unseen."""
    if waiting:
        look_for_work.enqueue()


def fetch_request(
    *,
    pbx: Pbx,
    remote_ids: Sequence[str] = (),
    requested_by: User | None = None,
    insists: bool = True,
    wake: bool = True,
) -> Fetch:
    """Ask for all trunks of a PBX, or for some; join a fetch that already answers the question.

    A person insists: the PBX is called also while it is left alone after failures. Raises `PbxGone`, and
    `NotAllowed` for who may not fetch.
    """
    require(requested_by, "trunks.add_fetch")
    scope = ",".join(remote_ids) or SCOPE_ALL
    fetches_reap()
    try:
        with transaction.atomic():
            Pbx.objects.select_for_update().get(pk=pbx.pk)
            fetch = _under_way(pbx, scope)
            if fetch is None:
                fetch = Fetch.objects.create(
                    pbx=pbx, scope=scope, requested_by=requested_by, insists=insists
                )
                if wake:
                    wake_workers(1)
            elif insists and not fetch.insists:
                _insist(fetch)
            audit_record(
                Action.FETCH_ASKED,
                by=requested_by,
                pbx=pbx,
                details={"fetch": fetch.pk, "scope": scope},
            )
    except (Pbx.DoesNotExist, IntegrityError):
        raise PbxGone from None
    return fetch


def fetch_now(
    *, pbx: Pbx, remote_ids: Sequence[str] = (), requested_by: User | None = None
) -> Fetch:
    """Fetch in this process and wait for the end, also when another process is at it already.

    A mistake of ours is a result like any other failure, so that whoever fetches several goes on.
    Raises `PbxGone`.
    """
    fetch = fetch_request(pbx=pbx, remote_ids=remote_ids, requested_by=requested_by, wake=False)
    while not fetch.is_over:
        fetch_perform(fetch.pk)
        fetch.refresh_from_db()
        if not fetch.is_over:
            time.sleep(JOIN_INTERVAL_SECONDS)
            fetches_reap()
            fetch.refresh_from_db()
    return fetch


def fetch_perform(fetch_id: int) -> None:
    """Read one PBX into the database; trouble with the PBX is recorded, not raised.

    Does nothing when the fetch is over, or runs already, or another fetch of the same PBX runs.
    """
    fetch = fetch_claim(fetch_id)
    if fetch is None:
        return
    _land_in_time(fetch, read(fetch))


def fetches_reap() -> int:
    """Mark fetches whose process died as interrupted; return how many there were."""
    abandoned = list(Fetch.objects.abandoned().select_related("pbx"))
    for fetch in abandoned:
        fail(fetch, Failure("interrupted"), state=Fetch.State.INTERRUPTED)
    return len(abandoned)


def fetches_recover() -> int:
    """After a restart, reap what was cut off and wake a worker for all that waits; return its number."""
    fetches_reap()
    waiting = Fetch.objects.filter(state=Fetch.State.QUEUED).count()
    wake_workers(waiting)
    return waiting


def _under_way(pbx: Pbx, scope: str) -> Fetch | None:
    """Return a fetch that already answers the question."""
    open_ones = pbx.fetches.open().order_by("id")
    return next((one for one in open_ones if one.covers_all or one.scope == scope), None)


def _insist(fetch: Fetch) -> None:
    Fetch.objects.filter(pk=fetch.pk).update(insists=True)
    fetch.insists = True


def _land_in_time(fetch: Fetch, outcome: Reading | Failure) -> None:
    """Offer an outcome to a busy database until the lease ends."""
    until = (fetch.lease_until or timezone.now()) - timedelta(seconds=BUSY_SECONDS)
    while True:
        try:
            land(fetch, outcome)
        except OperationalError:
            if timezone.now() > until:
                raise
            time.sleep(BUSY_SECONDS)
        else:
            return
