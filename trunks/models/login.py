"""Log-ins at PBXs that could count against us: written before the call, settled after it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Self

from django.conf import settings
from django.db import models

from trunks.models.pbx import Pbx

# How long a PBX keeps an address out after five bad log-ins, and how long we count one.
LOCK_OUT = timedelta(minutes=10)


class LoginPlace(models.Model):
    """One host and port, the unit that a PBX counts by: who holds this row may look and reserve."""

    authority = models.CharField(max_length=300, unique=True)

    def __str__(self) -> str:
        return self.authority


class LoginAttemptQuerySet(models.QuerySet["LoginAttempt"]):
    """Named reads over attempts."""

    def at(self, authority: str) -> Self:
        """Those at one host and port."""
        return self.filter(place__authority=authority)

    def recent(self, now: datetime) -> Self:
        """Those that are under way or ended in the last ten minutes, oldest first."""
        return self.filter(ends_at__gt=now - LOCK_OUT).order_by("ends_at", "pk")


class LoginAttempt(models.Model):
    """One log-in that is under way or may have been refused; a good one leaves no row.

    One whose process died stays under way, and counts as refused from `ends_at` on.
    """

    class Outcome(models.TextChoices):
        UNDER_WAY = "under-way"
        REFUSED = "refused"
        LOCKED_OUT = "locked-out"
        UNKNOWN = "unknown"

    place = models.ForeignKey(LoginPlace, on_delete=models.CASCADE, related_name="attempts")
    # A keyed fingerprint of username and password: equal ones are recognised, and not read.
    credentials = models.CharField(max_length=64)
    # Who called: a saved PBX, or a person's connection test.
    pbx = models.ForeignKey(Pbx, null=True, on_delete=models.SET_NULL, related_name="+")
    tested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    # When it ended; while it is under way, when it will have ended at the latest.
    ends_at = models.DateTimeField()
    outcome = models.CharField(max_length=10, choices=Outcome, default=Outcome.UNDER_WAY)

    objects = LoginAttemptQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["place", "ends_at"], name="login_attempts_of_place")]

    def __str__(self) -> str:
        return f"{self.place_id} {self.outcome}"

    def is_under_way(self, now: datetime) -> bool:
        """Tell whether its process may be calling at this moment; otherwise it counts as a bad one."""
        return self.outcome == self.Outcome.UNDER_WAY and self.ends_at > now
