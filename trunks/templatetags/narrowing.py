"""What a list can be narrowed by, as links that write its search line; made at once, since a page has dozens."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from urllib.parse import quote

from django import template
from django.utils.formats import localize
from django.utils.safestring import SafeString

from trunks.forms.facets import Facet, FacetValue, Switch
from trunks.templatetags.icons import heroicon_mini

register = template.Library()


@register.simple_tag
def facet_items(facet: Facet, table_id: str) -> SafeString:
    """Render the values of a facet with their counts; `table_id` is that of the list."""
    begin = f"{table_id}-{facet.field.name}"
    return _joined(
        _item(
            begin, one, is_on=one.is_chosen, rest=f'<span class="count">{_said(one.count)}</span>'
        )
        for one in facet.values
    )


@register.simple_tag
def switch_items(switches: Iterable[Switch], table_id: str) -> SafeString:
    """Render the states that rows may be in; `table_id` is that of the list."""
    return _joined(_item(f"{table_id}-is", one, is_on=one.is_on) for one in switches)


def _item(begin: str, one: FacetValue | Switch, *, is_on: bool, rest: str = "") -> str:
    url, label = escape(one.url), escape(str(one.label))
    chosen = ' class="on" aria-current="true"' if is_on else ""
    check = heroicon_mini("check", size=16) if is_on else ""
    return (
        f'<li><a id="{begin}-{quote(one.value, safe="")}" href="{url}" hx-get="{url}"{chosen}>'
        f'<span class="name">{label}</span>{check}{rest}</a></li>'
    )


def _said(count: int) -> str:
    # Only a number that is grouped differs between languages.
    return str(count) if count < 1000 else str(localize(count))


def _joined(items: Iterable[str]) -> SafeString:
    # Every item escapes what it shows.
    return SafeString("".join(items))
