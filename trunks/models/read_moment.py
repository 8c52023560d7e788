"""Moments as statements of our own bring them, which no field of a model has gone over."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache


def read_moment(value: datetime | str) -> datetime:
    """Return a moment with its zone. SQLite knows no zones, and moments as texts: Django writes them in UTC."""
    return _written(value) if isinstance(value, str) else _with_zone(value)


# The rows of a page are of a few fetches.
@lru_cache(maxsize=1_024)
def _written(text: str) -> datetime:
    return _with_zone(datetime.fromisoformat(text))


def _with_zone(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
