"""Moments as statements of our own bring them, which no field of a model has gone over."""

from __future__ import annotations

from datetime import UTC, datetime


def read_moment(value: datetime) -> datetime:
    """Return a moment with its zone. SQLite knows no zones: Django writes moments there in UTC."""
    return value if value.tzinfo else value.replace(tzinfo=UTC)
