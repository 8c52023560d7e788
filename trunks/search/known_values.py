"""Values that the rows of a list have, for completing a search line.

Only so many rows are looked at, whatever is typed: what many of them share, or what the index cannot tell apart,
leaves fewer values to choose from until more is typed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from django.db.models import QuerySet
from django.db.models.expressions import RawSQL

from trunks.models import DodBinding, Pbx, Sight, Trunk
from trunks.search.clues import clue_of
from trunks.search.completing import Known, is_too_short
from trunks.search.conditions import as_expression, bound_to
from trunks.search.fields import (
    BINDING_FIELDS,
    DOD_FIELDS,
    PBX_FIELDS,
    TARGET_KINDS,
    TRUNK_FIELDS,
    Field,
)
from trunks.search.finding import Finding
from trunks.search.index import index
from trunks.search.language import Question, Term, Wanted
from trunks.search.rows import PRESENT, Rows
from trunks.search.sections import BINDING_SECTIONS, PBX_SECTIONS, TRUNK_SECTIONS, section_of
from trunks.search.text import as_number, as_value

FIELDS_OF_LISTS: dict[str, tuple[Field, ...]] = {
    "trunks": TRUNK_FIELDS,
    "dods": DOD_FIELDS,
    "bindings": BINDING_FIELDS,
    "pbxs": PBX_FIELDS,
}
ROWS = 1_000

_OF_PBXS = {
    "pbx": ("slug", "name"),
    "name": ("name",),
    "site": ("site",),
    "host": ("base_url",),
    "user": ("username",),
}
_OF_TRUNKS = {
    "trunk": ("name",),
    "name": ("name",),
    "host": ("host", "domain"),
    "user": ("username", "authname", "fromuser"),
}
_OF_BINDINGS = {"number": "number", "name": "name", "ext": "target", "group": "target"}


def known_values(
    list_name: str, field: str, typed: str, sight: Sight, *, trunk_id: int = 0
) -> list[Known]:
    """Return values in sight in which a text is found, each once; `trunk_id` is the trunk whose bindings are listed."""
    text = as_value(typed)
    wanted = Wanted(text, as_number(text))
    if field in {"pbx", "site"} or list_name == "pbxs":
        return _of_pbxs(field, wanted, sight)
    if text and is_too_short(text):
        return []
    if field in _OF_TRUNKS and (field != "name" or list_name == "trunks"):
        return _of_trunks(field, wanted, sight)
    if list_name == "bindings":
        of_trunk = DodBinding.objects.in_sight(sight).filter(trunk=trunk_id)
        return _of_bindings(of_trunk, field, wanted)
    rows = DodBinding.objects.in_sight(sight).present()
    return _of_bindings(_that_can_fit(rows, Rows.BINDINGS, field, wanted, sight), field, wanted)


def _of_pbxs(field: str, wanted: Wanted, sight: Sight) -> list[Known]:
    columns = _OF_PBXS[field]
    section = "name" if field == "pbx" else field
    rows = Pbx.objects.in_sight(sight).order_by("search_name")
    found = _found(rows, columns, PBX_SECTIONS, section, wanted)
    if field == "pbx":
        return [Known(slug, name) for slug, name in found]
    return _distinct(value for values in found for value in values)


def _of_trunks(field: str, wanted: Wanted, sight: Sight) -> list[Known]:
    section = "name" if field == "trunk" else field
    seen = Trunk.objects.in_sight(sight).present()
    rows = _that_can_fit(seen, Rows.TRUNKS, section, wanted, sight)
    found = _found(rows.order_by(), _OF_TRUNKS[field], TRUNK_SECTIONS, section, wanted)
    # A trunk that was found by one of its names has others.
    return _distinct(value for values in found for value in values if _has(value, wanted))


def _of_bindings(rows: QuerySet[DodBinding], field: str, wanted: Wanted) -> list[Known]:
    section = "target" if field in TARGET_KINDS else field
    if field in TARGET_KINDS:
        rows = rows.filter(as_expression(bound_to(TARGET_KINDS[field].value)))
    found = _found(rows.order_by(), [_OF_BINDINGS[field]], BINDING_SECTIONS, section, wanted)
    return _distinct(value for (value,) in found)


def _that_can_fit(
    rows: QuerySet[Any], kind: Rows, field: str, wanted: Wanted, sight: Sight
) -> QuerySet[Any]:
    """Keep some of the rows of which the index says that they can have the text, not all."""
    terms = [Term(field, (wanted,))] if wanted.text else []
    if field in TARGET_KINDS:
        terms.append(Term("target", (Wanted(TARGET_KINDS[field].value),)))
    if sight.is_limited:
        # The first rows that fit may all be out of sight; those in sight that have it in this field are too dear.
        anywhere = [replace(term, field="") if term.field == field else term for term in terms]
        found = Finding(kind, Question("", tuple(anywhere)), rows, PRESENT, sight=sight)
        # By their ids alone, since databases would rather read all that is in sight.
        return kind.value.model._default_manager.filter(pk__in=found.sample.ids[:ROWS])  # noqa: SLF001  documented
    clues = [clue for term in terms if (clue := clue_of(term))]
    if not clues:
        return rows
    hits = index().narrow(kind.value.grams, clues)
    # The values are apart from the text, which is made of our own words only.
    return rows.filter(pk__in=RawSQL(f"{hits.text} LIMIT {ROWS}", hits.params))  # noqa: S611


def _found(
    rows: QuerySet[Any],
    columns: Sequence[str],
    sections: Sequence[str],
    name: str,
    wanted: Wanted,
) -> list[tuple[Any, ...]]:
    """Return the columns of rows that have the text in a section."""
    section = section_of(sections, name)
    found = []
    for text, *values in rows.values_list("search_text", *columns)[:ROWS]:
        part = text[text.find(section.begin) : text.find(section.end)]
        if not wanted.text or any(spelling in part for spelling in wanted.spellings):
            found.append(tuple(values))
    return found


def _has(value: str | None, wanted: Wanted) -> bool:
    text = as_value(value or "")
    return wanted.text in text or bool(wanted.digits and wanted.digits in as_number(text))


def _distinct(values: Iterable[str | None]) -> list[Known]:
    """Return values by name, and of those that a search does not tell apart the first."""
    by_text: dict[str, str] = {}
    for value in values:
        text = as_value(value or "")
        if value and text:
            by_text.setdefault(text, value)
    return [Known(by_text[text]) for text in sorted(by_text)]
