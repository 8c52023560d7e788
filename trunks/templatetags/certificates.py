"""Certificates for people who compare them."""

from __future__ import annotations

from datetime import datetime

from django import template
from django.utils.dateparse import parse_datetime
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

register = template.Library()


@register.filter
def grouped(fingerprint: str) -> SafeString:
    """Write a fingerprint in pairs, `AB:CD:…`, as browsers show it; a line may end after a colon."""
    pairs = [fingerprint[start : start + 2] for start in range(0, len(fingerprint), 2)]
    return format_html_join(SafeString(":<wbr>"), "{}", [[pair.upper()] for pair in pairs])


@register.filter
def as_moment(text: str) -> datetime | None:
    """Read a moment that was kept as text."""
    return parse_datetime(text)
