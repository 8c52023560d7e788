"""How numbers of rows are said, and where the files of a list are."""

from __future__ import annotations

from urllib.parse import urlsplit

from django import template
from django.utils.formats import number_format

from trunks.forms.list_state import ListForm
from trunks.search.sample import Count

register = template.Library()


@register.filter
def counted(count: Count) -> str:
    """Return how many there are: "1,234", or "1,000+" where there are more than were counted."""
    number = number_format(count.number, use_l10n=True, force_grouping=True)
    return number if count.is_exact else f"{number}+"


@register.simple_tag
def export_url(form: ListForm, extension: str) -> str:
    """Return the address of a list as a file, which is that of its page with another path."""
    page = urlsplit(form.url())
    return page._replace(path=f"{page.path}export.{extension}").geturl()
