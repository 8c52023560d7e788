"""Forgetting audit entries that were kept long enough, so that the rest can still be proved."""

from __future__ import annotations

import logging
from datetime import timedelta

from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from trunks.models import Action, AuditCheckpoint, AuditEntry
from trunks.origin import WORKER, Origin
from trunks.services.audit_breaks import Break
from trunks.services.audit_chain import checkpoint_code
from trunks.services.audit_verifying import audit_break_through, audit_check, last_check
from trunks.services.auditing import audit_lock, audit_record

logger = logging.getLogger(__name__)


class TrimRefused(Exception):
    """The part to trim is not as it was written, and trimming it would hide that; `broken` says what."""

    def __init__(self, broken: Break) -> None:
        super().__init__(str(broken))
        self.broken = broken


def audit_keep_days() -> int:
    """Return how many days entries are kept; 0 for ever."""
    days: int = settings.PBXDASH_AUDIT_KEEP_DAYS
    return days


def audit_trim(*, days: int, by: User | None = None, origin: Origin | None = None) -> int:
    """Put a sealed stub in the place of all entries that are older; return how many there were.

    The stub has the code of the last of them, from which the chain goes on. The newest entry always stays.

    Raises:
        TrimRefused: the chain is broken among them.
    """
    with transaction.atomic():
        audit_lock()
        through = _last_before(days)
        if through is None:
            return 0
        if broken := audit_break_through(through):
            raise TrimRefused(broken)
        trimmed = AuditEntry.objects.filter(sequence__lte=through).order_by("sequence")
        first, last, count = trimmed[0], AuditEntry.objects.get(sequence=through), trimmed.count()
        checkpoint = AuditCheckpoint(
            sequence=through, mac=last.mac, entries=count, first_at=first.at, last_at=last.at
        )
        checkpoint.seal = checkpoint_code(checkpoint)
        # First, since the database lets go of no entry that nothing stands for.
        checkpoint.save(force_insert=True)
        AuditEntry.objects.forget_through(through)
        audit_record(
            Action.TRIMMED,
            by=by,
            origin=origin,
            details={"entries": count, "through": through, "keep_days": days},
        )
    return count


def audit_look_after(*, check_every: timedelta) -> None:
    """Trim and check when it is time; what a worker does by itself, so that nobody has to remember it."""
    last, now = last_check(), timezone.now()
    # Of a moment to come is what was kept while the clock was wrong.
    if last and now - check_every < last.at <= now:
        return
    if days := audit_keep_days():
        try:
            audit_trim(days=days, origin=WORKER)
        except TrimRefused as refused:
            logger.error("The audit log was not trimmed, since it is broken. %s", refused)  # noqa: TRY400
    if broken := audit_check().broken:
        logger.error("The audit log is broken. %s", broken)


def _last_before(days: int) -> int | None:
    """Return the last entry that is older, with none that is younger before it."""
    try:
        limit = timezone.now() - timedelta(days=days)
    except OverflowError:
        return None  # Longer ago than there are years.
    by_place = AuditEntry.objects.order_by("sequence").values_list("sequence", flat=True)
    oldest, newest = by_place.first(), by_place.last()
    if oldest is None or newest is None:
        return None
    first_kept = by_place.filter(at__gte=limit).first()
    through = min(newest, first_kept or newest) - 1
    return through if through >= oldest else None
