"""What a database remembers of the keys it was used with: enough to know them again, and no key."""

from __future__ import annotations

from django.db import models


class KeyCheck(models.Model):
    """A value that one key alone makes, under what the settings call that key; see `keyring.key_checks`."""

    name = models.CharField(max_length=150, unique=True)
    value = models.CharField(max_length=64)
    noted_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return self.name
