"""The database's part of a fetch: its answer stored whole, or its end recorded."""

from __future__ import annotations

import logging
from datetime import datetime
from typing import Any

from django.db import OperationalError, transaction
from django.db.models import QuerySet
from django.utils import timezone

from trunks.models import Fetch, Pbx
from trunks.models.compiled import ask, ask_values
from trunks.services.confirming import confirm
from trunks.services.holding import hold_back
from trunks.services.reading import Failure, Reading
from trunks.services.resting import note_answer, note_failure
from trunks.services.row_updates import Plain, rows_set
from trunks.services.storing import store, stored_trunks
from trunks.services.supplements import supplements_store

logger = logging.getLogger(__name__)

# Ends that say nothing of the PBX: it was not called, or the mistake is on our side.
_NOT_CALLED = frozenset({"disabled", "left-alone", "edited-meanwhile"})
_OUR_OWN = frozenset(
    {
        "interrupted",
        "internal",
        "secret-unavailable",
        "bad-settings",
        "login-held",
        "login-unrecorded",
        "busy",
    }
)


def land(fetch: Fetch, outcome: Reading | Failure) -> None:
    """Bring the outcome of a running fetch into the database; a late one of a lost lease is dropped.

    A mistake of ours is a result like any other failure, so that whoever fetches several goes on.
    Raises `django.db.OperationalError` when the database is busy: nothing was written, try again.
    """
    if isinstance(outcome, Failure):
        fail(fetch, outcome)
        return
    try:
        kept = _store(fetch, outcome)
    except OperationalError:
        raise
    except Exception as error:  # noqa: BLE001
        # Without the trace: the text of an unknown error may hold anything.
        fail(fetch, Failure("internal", detail=type(error).__name__))
    else:
        if not kept:
            fail(fetch, Failure("edited-meanwhile"))


def land_all(waiting: list[tuple[Fetch, Reading | Failure]]) -> None:
    """Land outcomes and take each off the list when it is in the database; those that change nothing go together.

    Raises `django.db.OperationalError` when the database is busy: try again with what is left.
    """
    readings = {fetch: outcome for fetch, outcome in waiting if isinstance(outcome, Reading)}
    if len(readings) > 1:
        try:
            confirmed = confirm(readings)
        except OperationalError:
            raise
        except Exception as error:  # noqa: BLE001
            # Whose fault it was shows when each is landed by itself.
            logger.error("Landing together crashed: %s", type(error).__name__)  # noqa: TRY400
        else:
            waiting[:] = [one for one in waiting if one[0] not in confirmed]
    while waiting:
        land(*waiting[0])
        del waiting[0]


def fail(fetch: Fetch, failure: Failure, *, state: Fetch.State = Fetch.State.FAILED) -> None:
    """Record an end without a result; the last good data stays, with its age and this reason."""
    now = timezone.now()
    with transaction.atomic():
        # The PBX first, as whoever stores an answer does: the other way round they would lock each other out.
        pbx = _locked(fetch)
        ended = Fetch.objects.filter(pk=fetch.pk, state=Fetch.State.RUNNING).update(
            state=state,
            reason=failure.reason,
            errno=failure.errno[:20],
            detail=failure.detail[:300],
            finished_at=now,
        )
        if pbx is None or not ended:
            return
        _note(pbx, fetch, failure, at=now)
    logger.warning(
        "Fetch of %s failed: %s %s", pbx.slug, failure.reason, failure.errno or failure.detail
    )


def _note(pbx: Pbx, fetch: Fetch, failure: Failure, *, at: datetime) -> None:
    """Remember at the PBX what went wrong: not that it was left alone, nor that one trunk is unknown to it."""
    if failure.reason in _NOT_CALLED or (failure.reason == "errno" and not fetch.covers_all):
        return
    pbx.last_fetch = fetch
    if failure.reason not in _OUR_OWN:
        note_failure(pbx, at=at)
    if failure.reason == "secret-unavailable" and pbx.is_reached_as(fetch.pbx):
        pbx.secret_lost_at = pbx.secret_lost_at or at
    noted = ("last_fetch", "failing_since", "failures_in_a_row", "resting_until", "secret_lost_at")
    pbx.save(update_fields=noted)


def _store(fetch: Fetch, reading: Reading) -> bool:
    """Store an answer, or hold it back; return False when the PBX was edited during the fetch."""
    with transaction.atomic():
        pbx = _locked(fetch)
        if pbx is None:
            return True  # Deleted meanwhile: there is nothing to answer any more.
        if not pbx.is_reached_as(fetch.pbx):
            return False
        fetch.pbx = pbx
        records, at, stored = reading.records, reading.observed_at, stored_trunks(pbx.pk)
        held = hold_back(fetch=fetch, records=records, stored=stored, observed_at=at)
        if held is None:
            difference = store(fetch=fetch, records=records, stored=stored, observed_at=at)
            if reading.supplements or not pbx.reads_extensions:
                supplements_store(pbx=pbx, answers=reading.supplements, at=at)
            fetch.added, fetch.changed, fetch.removed = difference.counts
            fetch.state = Fetch.State.SUCCEEDED
            fetch.detail = ",".join(_not_reported(fetch, reading))[:300]
        else:
            fetch.removed = held.lost
            fetch.state, fetch.reason = Fetch.State.HELD, "held-back"
            fetch.detail = f"{held.reported}/{held.known}"
        fetch.seen = len(reading.records)
        if not _end(fetch):
            transaction.set_rollback(True)  # Given up meanwhile, so nobody may see this answer.
            return True
        _note_success(pbx, fetch, reading)
    return True


def _locked(fetch: Fetch) -> Pbx | None:
    """Return the PBX of a fetch, held until the transaction ends; None when it was deleted."""
    return next(iter(ask(_pbx_to_lock, fetch.pbx_id)), None)


def _pbx_to_lock(pk: int) -> QuerySet[Pbx]:
    return Pbx.objects.select_for_update().filter(pk=pk)


def _end(fetch: Fetch) -> bool:
    """Write a result into the row of a fetch that still runs; tell whether it did."""
    if not ask_values(_running_to_lock, fetch.pk):
        return False
    result = ("state", "reason", "detail", "seen", "added", "changed", "removed")
    values: dict[str, Plain] = {name: getattr(fetch, name) for name in result}
    rows_set(Fetch, [fetch.pk], {"finished_at": timezone.now(), **values})
    return True


def _running_to_lock(pk: int) -> QuerySet[Fetch, Any]:
    running = Fetch.objects.select_for_update().filter(pk=pk, state=Fetch.State.RUNNING)
    return running.order_by().values_list("pk")


def _note_success(pbx: Pbx, fetch: Fetch, reading: Reading) -> None:
    note_answer(pbx)
    if fetch.state == Fetch.State.HELD:
        pbx.answer_held_at = pbx.answer_held_at or reading.observed_at
    elif fetch.covers_all:
        pbx.answer_held_at = None
        pbx.observed_at = reading.observed_at
    noted: dict[str, Plain] = {
        "last_fetch_id": fetch.pk,
        "failing_since": pbx.failing_since,
        "failures_in_a_row": pbx.failures_in_a_row,
        "resting_until": pbx.resting_until,
        "answer_held_at": pbx.answer_held_at,
        "observed_at": pbx.observed_at,
        "secret_lost_at": None,
    }
    rows_set(Pbx, [pbx.pk], noted)


def _not_reported(fetch: Fetch, reading: Reading) -> list[str]:
    """Return the ids that were asked for and not answered; whether a PBX does that is undocumented."""
    answered = {record.remote_id for record in reading.records}
    return [remote_id for remote_id in fetch.remote_ids if remote_id not in answered]
