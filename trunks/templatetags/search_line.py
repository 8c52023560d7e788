"""The search line of a list: its help, and what to search for instead of what could not be read."""

from __future__ import annotations

from typing import NamedTuple

from django import template

from trunks.forms.list_state import ListForm
from trunks.models import Pbx
from trunks.search.examples import Example, FieldHelp, examples, fields_help
from trunks.search.language import LONGEST_QUESTION
from trunks.shell import Shell

register = template.Library()


class Help(NamedTuple):
    """What the help panel of a list shows."""

    examples: list[Example]
    fields: list[FieldHelp]


@register.simple_tag
def search_help(form: ListForm, shell: Shell) -> Help:
    """Return examples and fields of a list; the PBX in them is the first in the side bar, which is read anyway."""
    fields = form.search_fields
    asks_for_pbxs = any(field.name == "site" for field in fields)
    pbx: Pbx | None = (
        next((line.pbx for line in shell.listed_pbxs), None) if asks_for_pbxs else None
    )
    return Help(examples(fields, pbx), fields_help(fields, pbx))


@register.simple_tag
def longest_question() -> int:
    """Return how many characters of a search are read."""
    return LONGEST_QUESTION


@register.simple_tag
def line_url(form: ListForm, line: str) -> str:
    """Return the address of a list that looks as it does, with another search line."""
    return form.url(q=line)
