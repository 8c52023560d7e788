"""How a search line is written, by examples that can be tried in the list at hand, on PBXs that there are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from trunks.search.fields import Field
from trunks.search.language import read_question, write_term

Fields = Sequence[Field]


class ExamplePbx(NamedTuple):
    """A PBX that there is, for examples that find something."""

    slug: str
    name: str
    site: str


@dataclass(frozen=True, slots=True)
class Example:
    """A line, and what it does."""

    line: str
    label: str | Promise = ""


@dataclass(frozen=True, slots=True)
class FieldHelp:
    """A field of a list: all that it goes by, and lines that ask for it."""

    label: str | Promise
    names: tuple[str, ...]
    examples: tuple[Example, ...]


def examples(fields: Fields, pbx: ExamplePbx | None = None) -> list[Example]:
    """Return a line for each thing that the language can do in a list with these fields."""
    word = next(iter((pbx.site or pbx.name).split()), "") if pbx else ""
    pbx_line = write_term("pbx", pbx.slug, exactly=False) if pbx else "pbx:london"
    site_line = write_term("site", pbx.site) if pbx and pbx.site else "site:=london"
    lines = [
        (
            (word, "front"),
            _("Words, each found anywhere. Part of one is enough; case and accents do not matter."),
        ),
        (('"front desk"',), _("In quotation marks: this text with its spaces and signs.")),
        ((pbx_line, "name:front"), _("In one field only.")),
        (
            ("ext:=1000", site_line, "name:=london"),
            _("After an equals sign: the whole value, not a part of it."),
        ),
        (("-is:stale", "-is:ambiguous"), _("After a minus: what does not have it.")),
        (
            ("kind:register,peer", "is:stale,failing", "is:ambiguous,malformed"),
            _("Between commas: one of these."),
        ),
        (
            ("number:*00?8", "host:*10.?.*"),
            _(
                "A star stands for any characters, a question mark for one; what is around them is the whole value."
            ),
        ),
    ]
    if any(field.name == "number" for field in fields):
        lines.append(
            (
                ("+44 (20) 7946-0018",),
                _(
                    "A number in any form: 020 7946 0018, 00442079460018 or only its last digits. Forms with and"
                    " without the country code are equal where the settings of the PBX say which it is."
                ),
            )
        )
    return [Example(_first_known(choice, fields), label) for choice, label in lines]


def fields_help(fields: Fields, pbx: ExamplePbx | None = None) -> list[FieldHelp]:
    """Return what there is to say of each field."""
    return [FieldHelp(field.label, field.names, _examples_of(field, pbx)) for field in fields]


def _first_known(lines: Sequence[str], fields: Fields) -> str:
    """Return the first line that this list can read; names of PBXs and sites may be no word of a search."""
    readable = (line for line in lines if not read_question(line, fields).problems)
    return next(line for line in readable if line)


def _examples_of(field: Field, pbx: ExamplePbx | None) -> tuple[Example, ...]:
    if field.values:
        return tuple(
            Example(write_term(field.name, value, exactly=False), label)
            for value, label in field.values
        )
    known = {"pbx": pbx.slug, "site": pbx.site} if pbx else {}
    value = known.get(field.name)
    own = write_term(field.name, value) if value else ""
    return (Example(_first_known((own, field.example), [field])),)
