"""Runs: several fetches started together, watched and cancelled as one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.conf import settings
from django.db import models
from django.db.models import Count
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from trunks.models.fetch import Fetch
from trunks.models.site_limit import UNLIMITED, Sight


@dataclass(frozen=True, slots=True)
class RunProgress:
    """How many fetches of a run are in which state."""

    counts: Mapping[str, int]

    def _sum(self, *states: str) -> int:
        return sum(self.counts.get(state, 0) for state in states)

    @property
    def total(self) -> int:
        """All of them."""
        return sum(self.counts.values())

    @property
    def waiting(self) -> int:
        """Those that no worker has taken up yet."""
        return self._sum(Fetch.State.QUEUED)

    @property
    def running(self) -> int:
        """Those that are being read."""
        return self._sum(Fetch.State.RUNNING)

    @property
    def succeeded(self) -> int:
        """Those that brought a whole answer."""
        return self._sum(Fetch.State.SUCCEEDED)

    @property
    def failed(self) -> int:
        """Those that brought none."""
        return self._sum(*Fetch.FAILURES)

    @property
    def held(self) -> int:
        """Those whose answer waits for a person's word."""
        return self._sum(Fetch.State.HELD)

    @property
    def cancelled(self) -> int:
        """Those given up before they began."""
        return self._sum(Fetch.State.CANCELLED)

    @property
    def over(self) -> int:
        """Those with an end, whichever."""
        return self.total - self.waiting - self.running

    @property
    def is_over(self) -> bool:
        """Tell whether nothing will change any more."""
        return self.over == self.total


class FetchRunQuerySet(models.QuerySet["FetchRun"]):
    """Named reads over runs."""

    def in_sight(self, sight: Sight) -> FetchRunQuerySet:
        """Those with a fetch that a person may see."""
        if not sight.is_limited:
            return self
        return self.filter(pk__in=Fetch.objects.in_sight(sight).order_by().values("runs"))


class FetchRun(models.Model):
    """Fetches of several PBXs that somebody asked for at once.

    A fetch that was under way already is joined, so one fetch may belong to several runs.
    """

    class Scope(models.TextChoices):
        ALL = "all", _("All PBXs")
        SITE = "site", _("One site")
        CHOSEN = "chosen", _("Chosen PBXs")
        AGAIN = "again", _("The failed ones of a run, again")
        DUE = "due", _("PBXs that were due")

    scope = models.CharField(max_length=6, choices=Scope)
    site = models.CharField(max_length=100, blank=True)
    again_of = models.ForeignKey("self", null=True, on_delete=models.SET_NULL, related_name="+")
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    requested_at = models.DateTimeField(default=timezone.now)
    cancelled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    cancelled_at = models.DateTimeField(null=True)
    fetches = models.ManyToManyField(Fetch, related_name="runs")

    objects = FetchRunQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        verbose_name = _("run")
        verbose_name_plural = _("runs")

    def __str__(self) -> str:
        return f"{self.get_scope_display()} {self.requested_at:%Y-%m-%d %H:%M}"

    def get_absolute_url(self) -> str:
        return reverse("run", args=[self.pk])

    def progress(self, sight: Sight = UNLIMITED) -> RunProgress:
        """Count its fetches, or those in sight, by state, in one query."""
        states = self.fetches.in_sight(sight).order_by().values_list("state").annotate(Count("id"))
        return RunProgress(dict(states))
