"""How numbers of rows are said."""

from __future__ import annotations

from django import template
from django.utils.formats import number_format

from trunks.search.finding import Count

register = template.Library()


@register.filter
def counted(count: Count) -> str:
    """Return how many there are: "1,234", or "1,000+" where there are more than were counted."""
    number = number_format(count.number, use_l10n=True, force_grouping=True)
    return number if count.is_exact else f"{number}+"
