"""By which rule the texts were written that rows are found by."""

from __future__ import annotations

from django.db import models


class SearchIndex(models.Model):
    """The one row that tells how rows are found now; without it nothing has been written yet."""

    rule = models.PositiveIntegerField()
    built_at = models.DateTimeField()
    # The share of rows that have a gram, by table and gram, where it is common; null: not measured yet.
    common = models.JSONField(default=dict)
    # Digits of numbers from all over the list, sorted: how far it is from one number to another.
    landmarks = models.JSONField(default=list)
    measured_at = models.DateTimeField(null=True)
    # When the pieces that landings add to the index were merged last.
    merged_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "search index"

    def __str__(self) -> str:
        return f"rule {self.rule}"
