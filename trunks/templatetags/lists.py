"""How the filters of a list look."""

from __future__ import annotations

from django import template
from django.forms import BoundField
from django.utils.translation import pgettext

register = template.Library()


@register.filter
def chosen(field: BoundField) -> str:
    """Return in words what a filter is set to; empty when it leaves nothing out."""
    labels = [str(choice.choice_label) for choice in field.subwidgets if choice.data["selected"]]
    return pgettext("between names", ", ").join(labels)
