"""By which rule the texts were written that rows are found by."""

from __future__ import annotations

from django.db import models


class SearchIndex(models.Model):
    """The one row that tells how rows are found now; without it nothing has been written yet."""

    rule = models.PositiveIntegerField()
    built_at = models.DateTimeField()

    class Meta:
        verbose_name = "search index"

    def __str__(self) -> str:
        return f"rule {self.rule}"
