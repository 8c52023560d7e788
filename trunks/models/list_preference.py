"""How a person likes a list: which columns, and how close the rows stand."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.models import User
from django.db import models
from django.utils.translation import gettext_lazy as _

from trunks.models.list_name import ListName


class Density(models.TextChoices):
    """How close the rows of a list stand."""

    COMFORTABLE = "comfortable", _("Comfortable")
    COMPACT = "compact", _("Compact")


class ListPreferenceQuerySet(models.QuerySet["ListPreference"]):
    """Named reads over preferences."""

    def of(self, user: User, list_name: str) -> tuple[str, str] | None:
        """The columns and the density that a person chose for a list; None for no choice."""
        # Each letter typed asks this, and to compile a query takes ten times as long as it runs.
        found = ListPreference.objects.raw(
            "SELECT id, cols, density FROM trunks_listpreference WHERE user_id = %s AND list_name = %s",
            [user.pk, list_name],
        )
        return next(((chosen.cols, chosen.density) for chosen in found), None)


class ListPreference(models.Model):
    """What one person chose for one list; an address that names columns or density goes before it."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="list_preferences"
    )
    list_name = models.CharField(max_length=6, choices=ListName)
    # Keys with commas between, as an address has them; empty for the usual ones.
    cols = models.TextField(blank=True)
    density = models.CharField(max_length=11, choices=Density, default=Density.COMFORTABLE)

    objects = ListPreferenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("list preference")
        verbose_name_plural = _("list preferences")
        constraints = [
            models.UniqueConstraint(
                fields=["user", "list_name"], name="list_preference_once_a_person_and_list"
            )
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.list_name}"
