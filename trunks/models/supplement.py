"""Supplements: what a PBX tells beside its trunks. None of them ever fails a fetch."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from trunks.models.pbx import Pbx


class Supplement(models.Model):
    """The last good answer of one further endpoint, with what became of the last attempt.

    `data` is null until the first answer: registration `{trunk id: word}`, device the fields of a
    `DeviceRecord`, extensions `{number: name}`, groups a list of names.
    """

    class Kind(models.TextChoices):
        REGISTRATION = "registration", _("Registration states")
        DEVICE = "device", _("Device")
        EXTENSIONS = "extensions", _("Extensions")
        GROUPS = "groups", _("Extension groups")

    pbx = models.ForeignKey(Pbx, on_delete=models.CASCADE, related_name="supplements")
    kind = models.CharField(max_length=12, choices=Kind)
    data = models.JSONField(null=True)
    digest = models.CharField(max_length=64, blank=True)
    observed_at = models.DateTimeField(null=True)
    attempted_at = models.DateTimeField()
    # Why the last attempt brought nothing; empty when it did.
    reason = models.CharField(max_length=40, blank=True)
    errno = models.CharField(max_length=20, blank=True)

    class Meta:
        verbose_name = _("supplement")
        constraints = [
            models.UniqueConstraint(fields=["pbx", "kind"], name="one_supplement_of_a_kind")
        ]

    def __str__(self) -> str:
        return f"{self.pbx_id} {self.kind}"

    @property
    def is_not_offered(self) -> bool:
        """Tell whether the last attempt showed that the PBX does not have the endpoint.

        It says "unsupported request" (errno 10003), or its web server has nothing there.
        """
        return self.reason == "not-an-api" or (self.reason == "errno" and self.errno == "10003")
