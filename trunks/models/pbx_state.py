"""What to think of a PBX's data now, as the database works it out; `Pbx.state` says the same in Python."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.db.models import Case, CharField, Q, Value, When
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class PbxState(models.TextChoices):
    """What the dot beside a PBX says, worst first."""

    DISABLED = "disabled", _("Disabled")
    BLOCKED = "blocked", _("Log-in stopped")
    FAILING = "failing", _("Not answering")
    HELD = "held", _("Answer held back")
    NEVER = "never", _("Never fetched")
    STALE = "stale", _("Stale")
    FRESH = "fresh", _("Up to date")


def stale_before() -> datetime:
    """Return the moment from which on data counts as fresh."""
    return timezone.now() - timedelta(seconds=settings.PBXDASH_STALE_AFTER)


def troubles(prefix: str = "") -> list[tuple[Q, PbxState]]:
    """Return the states that a PBX's own row settles, worst first; `prefix` leads to that row."""

    def row(**lookups: object) -> Q:
        return Q(**{prefix + name: value for name, value in lookups.items()})

    stopped = (
        row(credentials_rejected_at__isnull=False)
        | row(secret_lost_at__isnull=False)
        | row(login_blocked_until__gt=timezone.now())
    )
    return [
        (row(enabled=False), PbxState.DISABLED),
        (stopped, PbxState.BLOCKED),
        (row(failing_since__isnull=False), PbxState.FAILING),
        (row(answer_held_at__isnull=False), PbxState.HELD),
    ]


def state_in_sql() -> Case:
    """Return `Pbx.state` as an expression over PBXs."""
    ages = [
        (Q(observed_at__isnull=True), PbxState.NEVER),
        (Q(observed_at__lt=stale_before()), PbxState.STALE),
    ]
    whens = [When(condition, then=Value(state.value)) for condition, state in troubles() + ages]
    return Case(*whens, default=Value(PbxState.FRESH.value), output_field=CharField())


def severity_in_sql() -> Case:
    """Return the place of `Pbx.state` among the states as an expression over PBXs, 0 for the worst."""
    whens = [When(state_now=state.value, then=Value(n)) for n, state in enumerate(PbxState)]
    return Case(*whens)
