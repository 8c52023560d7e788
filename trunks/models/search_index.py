"""By which rule the texts were written that rows are found by."""

from __future__ import annotations

from datetime import timedelta

from django.db import models
from django.db.models import Q
from django.utils import timezone


class SearchIndexQuerySet(models.QuerySet["SearchIndex"]):
    """What is done for the index now and then."""

    def due(self, field: str, *, if_older_than: timedelta) -> SearchIndexQuerySet:
        """The one row, if what a field tells the moment of was done so long ago or never.

        Of a moment to come is what was kept while the clock was wrong.
        """
        now = timezone.now()
        never, long_ago = Q(**{field: None}), Q(**{f"{field}__lte": now - if_older_than})
        return self.filter(never | long_ago | Q(**{f"{field}__gt": now}))


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

    objects = SearchIndexQuerySet.as_manager()

    class Meta:
        verbose_name = "search index"

    def __str__(self) -> str:
        return f"rule {self.rule}"
