"""How often something was tried, for everything that may only be tried so often."""

from __future__ import annotations

from typing import Self

from django.db import models


class ThrottleQuerySet(models.QuerySet["Throttle"]):
    """Named reads over throttles."""

    def rested(self, now: int) -> Self:
        """Those that say nothing any more: all that was used has come back."""
        return self.filter(free_at__lte=now)


class Throttle(models.Model):
    """One bucket that refills by itself, as the one moment when it is full again.

    Each use moves that moment on; one that would move it too far is refused. A single statement looks and moves,
    so processes that share the database can never use more than there is.
    """

    # A keyed digest: people type their passwords into the wrong field, and no name is kept here.
    key = models.CharField(max_length=64, primary_key=True)
    # Milliseconds, since databases differ in how they add to moments.
    free_at = models.BigIntegerField(db_index=True)

    objects = ThrottleQuerySet.as_manager()

    def __str__(self) -> str:
        return self.key
