"""Where people are logged in."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Self

from django.conf import settings
from django.contrib.auth.models import User
from django.db import models
from django.utils.translation import gettext_lazy as _

from trunks.browsers import browser_name

LONGEST_BROWSER = 300


class PersonSessionQuerySet(models.QuerySet["PersonSession"]):
    """Named reads over sessions."""

    def open_of(self, user: User, now: datetime) -> Self:
        """Those in which a person is still logged in, the one used last first."""
        return self.filter(
            user=user,
            seen_at__gt=now - timedelta(seconds=settings.PBXDASH_SESSION_IDLE),
            started_at__gt=now - timedelta(seconds=settings.PBXDASH_SESSION_LONGEST),
        ).order_by("-seen_at", "-pk")

    def over(self, now: datetime) -> Self:
        """Those that have ended by themselves, and nobody came back to."""
        idle = models.Q(seen_at__lte=now - timedelta(seconds=settings.PBXDASH_SESSION_IDLE))
        longest = timedelta(seconds=settings.PBXDASH_SESSION_LONGEST)
        return self.filter(idle | models.Q(started_at__lte=now - longest))


class PersonSession(models.Model):
    """One browser in which a person is logged in. Who may still come in is decided by the session itself."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="person_sessions"
    )
    session_key = models.CharField(max_length=40, unique=True)
    started_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    address = models.GenericIPAddressField(null=True)
    browser = models.CharField(max_length=LONGEST_BROWSER, blank=True)

    objects = PersonSessionQuerySet.as_manager()

    class Meta:
        verbose_name = _("session")
        verbose_name_plural = _("sessions")
        indexes = [models.Index(fields=["user", "seen_at"], name="session_of_person")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.started_at:%Y-%m-%d %H:%M}"

    @property
    def browser_name(self) -> str:
        """What the browser calls itself, in short; empty when it does not say."""
        return browser_name(self.browser)
