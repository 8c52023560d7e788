"""Fetches: one row for every attempt to read one PBX, made before the call."""

from __future__ import annotations

from collections.abc import Collection

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from trunks.models.pbx import Pbx
from trunks.models.site_limit import Sight

SCOPE_ALL = "all"
# After how long a waiting fetch suggests that no worker is running.
PATIENCE_SECONDS = 10


class FetchQuerySet(models.QuerySet["Fetch"]):
    """Named reads over fetches."""

    def in_sight(self, sight: Sight) -> FetchQuerySet:
        """Those of PBXs that a person may see."""
        return self if sight.pbxs is None else self.filter(pbx__in=sight.pbxs)

    def open(self) -> FetchQuerySet:
        """Those that wait or run."""
        return self.filter(state__in=[Fetch.State.QUEUED, Fetch.State.RUNNING])

    def alone(self) -> FetchQuerySet:
        """Those that belong to no run; a run is shown as one."""
        return self.filter(runs=None)

    def whole(self) -> FetchQuerySet:
        """Those that ask for all trunks of their PBX."""
        return self.filter(scope=SCOPE_ALL)

    def landed_whole(self) -> FetchQuerySet:
        """Those after which all that their PBX reported was known."""
        return self.filter(state=Fetch.State.SUCCEEDED, scope=SCOPE_ALL)

    def ended(self) -> FetchQuerySet:
        """Those with a result."""
        return self.exclude(state__in=[Fetch.State.QUEUED, Fetch.State.RUNNING])

    def watched(self, ids: Collection[int]) -> list[Fetch]:
        """Return the fetches with these ids, ready to be shown, in the order they were asked for."""
        return list(self.filter(pk__in=ids).select_related("pbx").order_by("id"))

    def unwanted(self) -> FetchQuerySet:
        """Those that only cancelled runs wait for, and nobody else asked for."""
        runs = Fetch.runs.through.objects.filter(fetch=OuterRef("pk"))
        theirs = Q(fetchrun__requested_by=OuterRef("requested_by")) | Q(
            fetchrun__requested_by=None, fetch__requested_by=None
        )
        cancelled = runs.filter(theirs, fetchrun__cancelled_at__isnull=False)
        wanted = runs.filter(fetchrun__cancelled_at=None)
        return self.filter(Exists(cancelled), ~Exists(wanted))

    def only_of(self, run: int, requested_by: int | None) -> FetchQuerySet:
        """Those that only this run or cancelled ones wait for, and nobody else asked for."""
        runs = Fetch.runs.through.objects.filter(fetch=OuterRef("pk"), fetchrun__cancelled_at=None)
        return self.filter(~Exists(runs.exclude(fetchrun=run)), requested_by=requested_by)

    def abandoned(self) -> FetchQuerySet:
        """Running ones whose process has let its lease run out."""
        return self.filter(state=Fetch.State.RUNNING, lease_until__lt=timezone.now())


class Fetch(models.Model):
    """One attempt to read one PBX: all trunks, or those whose ids the scope lists."""

    class State(models.TextChoices):
        QUEUED = "queued", _("waiting")
        RUNNING = "running", _("running")
        SUCCEEDED = "succeeded", _("succeeded")
        FAILED = "failed", _("failed")
        INTERRUPTED = "interrupted", _("interrupted")
        HELD = "held", _("held back")
        CANCELLED = "cancelled", _("cancelled")

    FAILURES = (State.FAILED, State.INTERRUPTED)

    pbx = models.ForeignKey(Pbx, on_delete=models.CASCADE, related_name="fetches")
    # "all", or the ids asked for, comma separated, in the order of the question.
    scope = models.TextField(default=SCOPE_ALL)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    requested_at = models.DateTimeField(default=timezone.now)
    # Somebody wants this PBX now, also while it is left alone after failures.
    insists = models.BooleanField(default=False)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    lease_until = models.DateTimeField(null=True)
    state = models.CharField(max_length=11, choices=State, default=State.QUEUED)
    reason = models.CharField(max_length=40, blank=True)
    errno = models.CharField(max_length=20, blank=True)
    detail = models.CharField(max_length=300, blank=True)
    seen = models.PositiveIntegerField(default=0)
    added = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    removed = models.PositiveIntegerField(default=0)

    objects = FetchQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        verbose_name = _("fetch")
        verbose_name_plural = _("fetches")
        constraints = [
            models.UniqueConstraint(
                fields=["pbx"], condition=Q(state="running"), name="one_running_fetch_per_pbx"
            )
        ]
        indexes = [
            models.Index(fields=["pbx", "-id"], name="fetches_of_pbx"),
            models.Index(fields=["state", "id"], name="fetches_by_state"),
            # When a PBX was last seen whole before a moment, and first after it.
            models.Index(
                fields=["pbx", "finished_at"],
                name="whole_fetches_by_end",
                condition=Q(state="succeeded", scope=SCOPE_ALL),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pbx} {self.scope} ({self.state})"

    @property
    def is_over(self) -> bool:
        """Tell whether there is a result to show."""
        return self.state not in {self.State.QUEUED, self.State.RUNNING}

    @property
    def seconds(self) -> int:
        """How long it has taken so far, or took, the waiting included."""
        until = self.finished_at or timezone.now()
        return max(0, int((until - self.requested_at).total_seconds()))

    @property
    def waits_long(self) -> bool:
        """Tell whether no worker took it up for so long that none may be running."""
        return self.state == self.State.QUEUED and self.seconds >= PATIENCE_SECONDS

    @property
    def is_abandoned(self) -> bool:
        """Tell whether its process let the lease run out, though nobody has marked it yet."""
        return (
            self.state == self.State.RUNNING
            and self.lease_until is not None
            and self.lease_until < timezone.now()
        )

    @property
    def covers_all(self) -> bool:
        """Tell whether all trunks of the PBX were asked for."""
        return self.scope == SCOPE_ALL

    @property
    def remote_ids(self) -> list[str]:
        """The ids asked for; empty when all were."""
        return [] if self.covers_all else self.scope.split(",")
