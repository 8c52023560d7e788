"""How the filters of a list look, and where its files are."""

from __future__ import annotations

from urllib.parse import urlsplit

from django import template
from django.forms import BoundField
from django.utils.translation import pgettext

from trunks.forms.list_state import ListForm

register = template.Library()


@register.filter
def chosen(field: BoundField) -> str:
    """Return in words what a filter is set to; empty when it leaves nothing out."""
    labels = [str(choice.choice_label) for choice in field.subwidgets if choice.data["selected"]]
    return pgettext("between names", ", ").join(labels)


@register.simple_tag
def export_url(form: ListForm, extension: str) -> str:
    """Return the address of a list as a file, which is that of its page with another path."""
    page = urlsplit(form.url())
    return page._replace(path=f"{page.path}export.{extension}").geturl()
