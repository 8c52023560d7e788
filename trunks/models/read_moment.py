"""Moments as statements of our own bring them, which no field of a model has gone over."""

from __future__ import annotations

from datetime import UTC, datetime


def read_moment(value: datetime | str) -> datetime:
    """Return a moment with its zone. SQLite knows no zones, and moments as texts: Django writes them in UTC."""
    moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
