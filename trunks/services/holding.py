"""Answers too small to believe: a restarting PBX answers with an empty or halved list.

Such an answer is kept beside the last good data. A person's word applies it, and so does a second equal answer.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterable, Sequence
from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction

from trunks.models import Action, Fetch, HeldAnswer, Pbx
from trunks.services.auditing import audit_record
from trunks.services.history import digest_of, version_fields
from trunks.services.roles import require
from trunks.services.storing import Difference, StoredTrunk, store
from trunks.yeastar import TrunkRecord

logger = logging.getLogger(__name__)

# Of fewer trunks, losing more than half is an ordinary edit.
ENOUGH_TO_HALVE = 4


class HeldAnswerGone(Exception):
    """The answer was applied, given up or followed by another one meanwhile."""


def is_suspicious(*, known: int, reported: int, lost: int) -> bool:
    """Tell whether an answer loses so much that a person should look: all, or over half of four and more."""
    return known > 0 and (reported == 0 or (known >= ENOUGH_TO_HALVE and lost * 2 > known))


def hold_back(
    *,
    fetch: Fetch,
    records: Sequence[TrunkRecord],
    stored: Iterable[StoredTrunk],
    observed_at: datetime,
) -> HeldAnswer | None:
    """Keep a suspicious answer aside; None when it is to be stored. The caller holds the transaction.

    An earlier held answer ends here in any case: it is replaced, or this one settles the matter.
    """
    if not fetch.covers_all:
        return None
    known = {trunk.remote_id for trunk in stored if not trunk.is_removed}
    lost = known - {record.remote_id for record in records}
    suspicious = is_suspicious(known=len(known), reported=len(records), lost=len(lost))
    if not suspicious and fetch.pbx.answer_held_at is None:
        return None
    digest = _digest_of(records)
    earlier = HeldAnswer.objects.filter(pbx=fetch.pbx_id)
    is_second = earlier.filter(digest=digest).exists()
    Fetch.objects.filter(pk__in=earlier.values("fetch")).update(reason="held-followed")
    earlier.delete()
    if not suspicious or is_second:
        return None
    return HeldAnswer.objects.create(
        pbx=fetch.pbx,
        fetch=fetch,
        observed_at=observed_at,
        known=len(known),
        reported=len(records),
        lost=len(lost),
        digest=digest,
        trunks=[version_fields(record) for record in records],
    )


def held_apply(*, held: HeldAnswer, applied_by: User) -> Difference:
    """Store a held answer as what the PBX has; raise `HeldAnswerGone`, or `NotAllowed` for who may not fetch."""
    require(applied_by, "trunks.add_fetch")
    with transaction.atomic():
        current = _current(held)
        fetch = current.fetch
        records = [TrunkRecord(**fields) for fields in current.trunks]
        difference = store(fetch=fetch, records=records, observed_at=current.observed_at)
        fetch.state = Fetch.State.SUCCEEDED
        fetch.reason = fetch.detail = ""
        fetch.added, fetch.changed, fetch.removed = difference.counts
        fetch.save()
        Pbx.objects.filter(pk=current.pbx_id).update(
            answer_held_at=None, observed_at=current.observed_at
        )
        current.delete()
        details = {"fetch": fetch.pk, "removed": difference.counts[2]}
        audit_record(Action.HELD_APPLIED, by=applied_by, pbx=fetch.pbx, details=details)
    logger.info("Held answer of %s applied by %s", fetch.pbx.slug, applied_by.pk)
    return difference


def held_discard(*, held: HeldAnswer, discarded_by: User) -> None:
    """Keep the last good data and forget a held answer; raises as `held_apply` does."""
    require(discarded_by, "trunks.add_fetch")
    with transaction.atomic():
        current = _current(held)
        Pbx.objects.filter(pk=current.pbx_id).update(answer_held_at=None)
        Fetch.objects.filter(pk=current.fetch_id).update(reason="held-given-up")
        current.delete()
        details = {"fetch": current.fetch_id}
        audit_record(Action.HELD_GIVEN_UP, by=discarded_by, pbx=current.fetch.pbx, details=details)
    logger.info("Held answer of %s given up by %s", current.fetch.pbx.slug, discarded_by.pk)


def _current(held: HeldAnswer) -> HeldAnswer:
    Pbx.objects.select_for_update().filter(pk=held.pbx_id).first()
    current = HeldAnswer.objects.filter(pk=held.pk).select_related("fetch__pbx").first()
    if current is None:
        raise HeldAnswerGone
    return current


def _digest_of(records: Sequence[TrunkRecord]) -> str:
    """Return a digest that is equal for answers that say the same, in whatever order."""
    trunks = sorted(digest_of(version_fields(record)) for record in records)
    return hashlib.sha256(",".join(trunks).encode()).hexdigest()
