"""The search line of a list: its help, and what to search for instead of what could not be read."""

from __future__ import annotations

from functools import lru_cache

from django import template
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from trunks.forms.list_state import ListForm, ListUrls
from trunks.search.examples import ExamplePbx, examples, fields_help
from trunks.search.language import LONGEST_QUESTION
from trunks.shell import Shell

register = template.Library()


@register.simple_tag
def search_help(form: ListForm, shell: Shell, line_id: str) -> SafeString:
    """Render the help panel of a list; the PBX in it is the first in the side bar, which is read anyway."""
    pbx: ExamplePbx | None = None
    if any(field.name == "site" for field in form.search_fields):
        first = next((line.pbx for line in shell.listed_pbxs), None)
        pbx = ExamplePbx(first.slug, first.name, first.site) if first else None
    return _panel(type(form), form.as_it_is, line_id, pbx, get_language())


# It has sixty links and is the same on nearly every page of a list.
@lru_cache(maxsize=64)
def _panel(
    list_class: type[ListForm],
    urls: ListUrls,
    line_id: str,
    pbx: ExamplePbx | None,
    language: str | None,
) -> SafeString:
    fields = list_class.search_fields
    context = {
        "urls": urls,
        "line_id": line_id,
        "examples": examples(fields, pbx),
        "fields": fields_help(fields, pbx),
    }
    return SafeString(render_to_string("trunks/_search_help.html", context))


@register.simple_tag
def longest_question() -> int:
    """Return how many characters of a search are read."""
    return LONGEST_QUESTION


@register.simple_tag
def line_url(urls: ListUrls, line: str) -> str:
    """Return the address of a list that looks as it does, with another search line."""
    return urls.asking(line)
