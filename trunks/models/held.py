"""Answers that are held back: so much smaller than what is known that a person should look first."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from trunks.models.fetch import Fetch
from trunks.models.pbx import Pbx
from trunks.models.trunk import Trunk, TrunkQuerySet


class HeldAnswerQuerySet(models.QuerySet["HeldAnswer"]):
    """Named reads over answers held back."""

    def of(self, pbx: Pbx) -> HeldAnswer | None:
        """The one that waits for a person's word on this PBX."""
        return self.filter(pbx=pbx).select_related("fetch").first()


class HeldAnswer(models.Model):
    """A whole answer of one PBX, waiting for a person's word or for a second equal one.

    `trunks` holds what was reported of each trunk, with a fingerprint for each SIP password, as versions do.
    """

    pbx = models.OneToOneField(Pbx, on_delete=models.CASCADE, related_name="held_answer")
    fetch = models.OneToOneField(Fetch, on_delete=models.CASCADE, related_name="held_answer")
    observed_at = models.DateTimeField()
    known = models.PositiveIntegerField()
    reported = models.PositiveIntegerField()
    lost = models.PositiveIntegerField()
    digest = models.CharField(max_length=64)
    trunks = models.JSONField()

    objects = HeldAnswerQuerySet.as_manager()

    class Meta:
        verbose_name = _("answer held back")
        verbose_name_plural = _("answers held back")

    def __str__(self) -> str:
        return f"{self.reported} of {self.known}"

    @property
    def lost_trunks(self) -> TrunkQuerySet:
        """The trunks that would be marked as removed, by name."""
        reported = [trunk["remote_id"] for trunk in self.trunks]
        known = Trunk.objects.filter(pbx=self.pbx_id).present()
        return known.exclude(remote_id__in=reported).order_by("search_name", "id")

    @property
    def is_plain_loss(self) -> bool:
        """Tell whether the rest of what is known was all reported, and nothing new."""
        return self.lost == self.known - self.reported
