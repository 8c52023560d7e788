"""Runs: fetching several PBXs at once, giving up, and trying the failed ones again."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from trunks.models import UNLIMITED, Action, Fetch, FetchRun, Pbx, Sight
from trunks.services.auditing import Details, audit_record
from trunks.services.fetching import JOIN_INTERVAL_SECONDS, fetches_reap, wake_workers
from trunks.services.pool import FetchPool
from trunks.services.roles import require


def run_start(
    *,
    pbxs: Iterable[Pbx],
    scope: FetchRun.Scope,
    site: str = "",
    requested_by: User | None = None,
    insists: bool = False,
    again_of: FetchRun | None = None,
    wake: bool = True,
) -> FetchRun:
    """Ask for all trunks of several PBXs; join what is under way already.

    With `insists`, PBXs that are left alone after failures are called too. Disabled ones are left out.
    Raises `NotAllowed` for who may not fetch.
    """
    require(requested_by, "trunks.add_fetch")
    fetches_reap()
    with transaction.atomic():
        chosen = Pbx.objects.filter(pk__in=[pbx.pk for pbx in pbxs], enabled=True)
        slugs = dict(chosen.select_for_update().order_by("pk").values_list("pk", "slug"))
        ids = list(slugs)
        under_way = Fetch.objects.whole().open().filter(pbx__in=ids).order_by("-id")
        joined = {fetch.pbx_id: fetch for fetch in under_way}
        if insists:
            Fetch.objects.filter(pk__in=[fetch.pk for fetch in joined.values()]).update(
                insists=True
            )
        fetches = [
            Fetch(pbx_id=pbx_id, requested_by=requested_by, insists=insists)
            for pbx_id in ids
            if pbx_id not in joined
        ]
        Fetch.objects.bulk_create(fetches)
        run = FetchRun.objects.create(
            scope=scope, site=site, requested_by=requested_by, again_of=again_of
        )
        run.fetches.set([*joined.values(), *fetches])
        if wake:
            wake_workers(len(fetches))
        audit_record(Action.RUN_ASKED, by=requested_by, details=_asked(run, list(slugs.values())))
    return run


def run_cancel(*, run: FetchRun, cancelled_by: User | None = None, sight: Sight = UNLIMITED) -> int:
    """Give up what still waits in sight and nobody else asked for; return how many fetches that were.

    What runs already goes on: it ends within its PBX's deadline, and its answer is worth keeping. A run of which
    somebody gave up only the part in sight goes on with the others.
    Raises `NotAllowed` for who may not fetch.
    """
    require(cancelled_by, "trunks.add_fetch")
    now = timezone.now()
    seen = run.fetches.in_sight(sight)
    with transaction.atomic():
        waiting = Fetch.objects.filter(runs=run, state=Fetch.State.QUEUED)
        if sight.is_limited and seen.count() < run.fetches.count():
            part = waiting.in_sight(sight).only_of(run.pk, run.requested_by_id)
            given_up = part.update(state=Fetch.State.CANCELLED, finished_at=now)
            _record_cancelled(run, cancelled_by, given_up)
            return given_up
        stopped = FetchRun.objects.filter(pk=run.pk, cancelled_at=None)
        if not stopped.update(cancelled_at=now, cancelled_by=cancelled_by):
            return 0
        given_up = waiting.unwanted().update(state=Fetch.State.CANCELLED, finished_at=now)
        _record_cancelled(run, cancelled_by, given_up)
        return given_up


def _record_cancelled(run: FetchRun, by: User | None, given_up: int) -> None:
    details: Details = {"run": run.pk, "given_up": given_up}
    audit_record(Action.RUN_CANCELLED, by=by, details=details)


def run_again(
    *, run: FetchRun, requested_by: User | None = None, sight: Sight = UNLIMITED
) -> FetchRun | None:
    """Start a run over the PBXs in sight that failed in this one; None when none did or none is left."""
    seen = Pbx.objects.in_sight(sight).enabled()
    failed = seen.filter(fetches__runs=run, fetches__state__in=Fetch.FAILURES)
    pbxs = list(failed.distinct())
    if not pbxs:
        return None
    return run_start(
        pbxs=pbxs,
        scope=FetchRun.Scope.AGAIN,
        requested_by=requested_by,
        insists=True,
        again_of=run,
    )


def run_work_off(*, run: FetchRun, threads: int) -> Iterator[Fetch]:
    """Work off a run in this process; yield each of its fetches as it ends, whichever process ends it."""
    told: set[int] = set()
    with FetchPool(threads) as pool:
        while True:
            worked = pool.look()
            ended = run.fetches.ended().exclude(pk__in=told).select_related("pbx")
            for fetch in ended.order_by("finished_at", "id"):
                told.add(fetch.pk)
                yield fetch
            if run.progress().is_over:
                return
            if not worked:
                time.sleep(JOIN_INTERVAL_SECONDS)
                fetches_reap()


def _asked(run: FetchRun, slugs: list[str]) -> Details:
    """Return what is worth knowing later of what was asked for; of all PBXs only how many they were."""
    asked: dict[str, str | int | list[str]] = {
        "run": run.pk,
        "scope": run.scope,
        "count": len(slugs),
    }
    if run.site:
        asked["site"] = run.site
    if run.scope in {FetchRun.Scope.CHOSEN, FetchRun.Scope.AGAIN}:
        asked["pbxs"] = slugs
    return asked
