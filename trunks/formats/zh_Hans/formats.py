"""Thousands with a comma, as Chinese business software writes them; Django's own format sets none."""

from __future__ import annotations

THOUSAND_SEPARATOR = ","
NUMBER_GROUPING = 3
