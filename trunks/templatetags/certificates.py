"""Certificates for people who compare them."""

from __future__ import annotations

from datetime import datetime

from django import template
from django.utils.dateparse import parse_datetime

register = template.Library()


@register.filter
def grouped(fingerprint: str) -> str:
    """Write a fingerprint in pairs, `AB:CD:…`, as browsers show it."""
    pairs = (fingerprint[start : start + 2] for start in range(0, len(fingerprint), 2))
    return ":".join(pairs).upper()


@register.filter
def as_moment(text: str) -> datetime | None:
    """Read a moment that was kept as text."""
    return parse_datetime(text)
