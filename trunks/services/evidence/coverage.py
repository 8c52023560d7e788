"""How far a past moment is known: when each PBX was seen before it and after it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from trunks.models import Pbx
from trunks.models.pbx import PbxQuerySet


class Known(TextChoices):
    """What is known of a PBX at a moment, least first."""

    NOTHING = "nothing", _("Nothing is known: not read by then")
    SINGLE = "single-trunks", _("Only single trunks had been read by then")
    WHOLE = "whole", _("All trunks had been read")


@dataclass(frozen=True, slots=True)
class Coverage:
    """One PBX: what it was between these two is as it was at the first, or changed at a time nobody saw."""

    pbx: Pbx
    before: datetime | None
    after: datetime | None
    known: Known


def coverages(pbxs: PbxQuerySet, as_of: datetime) -> list[Coverage]:
    """Return all PBXs, those of which least is known first."""
    rows = pbxs.for_lists().defer("secret", "notes", "search_text").with_sightings(as_of)
    places = list(Known)
    return sorted((_coverage(pbx, as_of) for pbx in rows), key=lambda one: places.index(one.known))


def _coverage(pbx: Pbx, as_of: datetime) -> Coverage:
    before: datetime | None = pbx.seen_before  # type: ignore[attr-defined]  # annotations of with_sightings()
    after: datetime | None = pbx.seen_after  # type: ignore[attr-defined]
    # What the PBX itself says is as good, also where the row of the fetch is gone.
    if pbx.observed_at is not None and pbx.observed_at <= as_of:
        before = max(before or pbx.observed_at, pbx.observed_at)
    elif pbx.observed_at is not None:
        after = min(after or pbx.observed_at, pbx.observed_at)
    if before is not None:
        return Coverage(pbx, before, after, Known.WHOLE)
    some: bool = pbx.some_seen  # type: ignore[attr-defined]
    return Coverage(pbx, None, after, Known.SINGLE if some else Known.NOTHING)
