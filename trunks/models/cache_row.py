"""The table of Django's cache, for what the cache itself cannot do: change a value only where it is still the same."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class CacheRow(models.Model):
    """A value in the cache, pickled and in base64; Django makes the table and writes it."""

    cache_key = models.CharField(max_length=255, primary_key=True)
    value = models.TextField()
    expires = models.DateTimeField()

    class Meta:
        managed = False
        db_table = str(settings.CACHES["default"]["LOCATION"])

    def __str__(self) -> str:
        return self.cache_key
