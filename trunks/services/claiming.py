"""Taking up waiting fetches: which process may call which PBX, decided by the database."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import timedelta

from django.db import IntegrityError, connection, transaction
from django.db.models import Exists, OuterRef, Prefetch, Q, prefetch_related_objects
from django.utils import timezone

from trunks.models import Fetch, FetchRun, Supplement

# What a fetch may take beyond the deadline of its calls, to log out and to store.
LEASE_MARGIN = timedelta(seconds=30)


def fetch_claim(fetch_id: int) -> Fetch | None:
    """Take up one waiting fetch; None when it does not wait, or another one of its PBX runs."""
    claimed = _claim(Q(pk=fetch_id), limit=1)
    return claimed[0] if claimed else None


def fetches_claim(*, limit: int, alone_only: bool = False) -> list[Fetch]:
    """Take up waiting fetches, one a PBX, with their PBXs: single ones before those of runs, PBXs that answer first.

    With `alone_only`, those of runs stay, however many threads are free.
    """
    return _claim(Q(in_run=False) if alone_only else Q(), limit=limit) if limit > 0 else []


def leases_renew(fetch_ids: Collection[int]) -> None:
    """Say that this process still works on its fetches."""
    Fetch.objects.filter(pk__in=fetch_ids, state=Fetch.State.RUNNING).update(
        lease_until=timezone.now() + LEASE_MARGIN
    )


def _claim(which: Q, *, limit: int) -> list[Fetch]:
    running = Fetch.objects.filter(pbx=OuterRef("pbx"), state=Fetch.State.RUNNING)
    in_run = FetchRun.fetches.through.objects.filter(fetch=OuterRef("pk"))
    waiting = (
        Fetch.objects.filter(state=Fetch.State.QUEUED)
        .annotate(in_run=Exists(in_run))
        .filter(which, ~Exists(running))
        .order_by("in_run", "pbx__failures_in_a_row", "id")
    )
    if not waiting.exists():
        return []  # Without a transaction, which would keep writers waiting for nothing.
    try:
        with transaction.atomic():
            if connection.features.has_select_for_update_skip_locked:
                waiting = waiting.select_for_update(skip_locked=True, of=("self",))
            return _start(list(waiting.select_related("pbx")[:limit]))
    except IntegrityError:
        return []  # Another process took up the same PBX at the same moment; the next look tells.


def _start(found: list[Fetch]) -> list[Fetch]:
    now = timezone.now()
    first_of_pbx = {fetch.pbx_id: fetch for fetch in reversed(found)}
    by_deadline: dict[int, list[Fetch]] = defaultdict(list)
    for fetch in found:
        if first_of_pbx[fetch.pbx_id] is fetch:
            by_deadline[fetch.pbx.deadline].append(fetch)
    for deadline, fetches in by_deadline.items():
        lease = now + timedelta(seconds=deadline) + LEASE_MARGIN
        Fetch.objects.filter(pk__in=[fetch.pk for fetch in fetches]).update(
            state=Fetch.State.RUNNING, started_at=now, lease_until=lease
        )
        for fetch in fetches:
            fetch.state, fetch.started_at, fetch.lease_until = Fetch.State.RUNNING, now, lease
    started = [fetch for fetches in by_deadline.values() for fetch in fetches]
    # What a thread needs to know before it calls, so that it asks the database for nothing.
    known = Supplement.objects.only("pbx_id", "kind", "attempted_at", "reason", "errno")
    prefetch_related_objects(started, Prefetch("pbx__supplements", queryset=known))
    return started


def fetches_give_back(fetches: Collection[Fetch]) -> None:
    """Let other workers have fetches that this one does not end; those that nobody wants any more are cancelled."""
    ids = [fetch.pk for fetch in fetches]
    if not ids:
        return
    running = Fetch.objects.filter(pk__in=ids, state=Fetch.State.RUNNING)
    with transaction.atomic():
        running.unwanted().update(
            state=Fetch.State.CANCELLED, finished_at=timezone.now(), lease_until=None
        )
        running.update(state=Fetch.State.QUEUED, started_at=None, lease_until=None)
