"""How numbers of rows are said, where the files of a list are, and the heads of its columns."""

from __future__ import annotations

from html import escape
from urllib.parse import urlsplit

from django import template
from django.utils.formats import number_format
from django.utils.safestring import SafeString

from trunks.forms.list_state import Heading, ListForm
from trunks.search.sample import Count

register = template.Library()

_ARROWS = {"ascending": "↑", "descending": "↓"}


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


@register.simple_tag
def heading_cells(form: ListForm, table_id: str, form_id: str) -> SafeString:
    """Render the cells of a head row, each a link that sorts the table; `form_id` is that of the search line."""
    swap = f'hx-target="#{table_id}" hx-swap="outerHTML" hx-sync="#{form_id}:replace"'
    # Every cell escapes what it shows.
    return SafeString("\n".join(_heading_cell(head, table_id, swap) for head in form.headings))


def _heading_cell(head: Heading, table_id: str, swap: str) -> str:
    numeric = ' class="num"' if head.numeric else ""
    order = f' aria-sort="{head.sorted}"' if head.sorted else ""
    arrow = f' <span aria-hidden="true">{_ARROWS[head.sorted]}</span>' if head.sorted else ""
    url, label = escape(head.url), escape(str(head.label))
    link = f'<a id="{table_id}-by-{head.key}" href="{url}" hx-get="{url}" {swap}>{label}{arrow}</a>'
    return f'<th scope="col"{numeric}{order}>{link}</th>'
