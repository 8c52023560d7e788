"""What a list can be narrowed by with a click: values with their counts, each a link that writes the question anew."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.functional import Promise

from trunks.forms.list_state import ListForm
from trunks.models import Sight
from trunks.search.fields import Field
from trunks.search.rows import Rows, in_sight
from trunks.search.sample import Tally
from trunks.search.sql import Sql, any_of, every, one_of, read
from trunks.search.text import as_value

# More values than these are for the search line, which names any.
VALUES_SHOWN = 8


@dataclass(frozen=True, slots=True)
class FacetValue:
    """A value, how many rows have it, and the list with it or, when it is chosen, without it."""

    value: str
    label: str | Promise
    count: int
    is_chosen: bool
    url: str


@dataclass(frozen=True, slots=True)
class Facet:
    """A field with the most frequent of its values; when not exact, the counts are of the first rows only."""

    field: Field
    values: list[FacetValue]
    is_exact: bool
    # How many more values there are.
    unlisted: int


@dataclass(frozen=True, slots=True)
class Switch:
    """A state that rows may be in, and the list of those that are or, when it is on, of all."""

    value: str
    label: str | Promise
    is_on: bool
    url: str


@dataclass(frozen=True, slots=True)
class _Value:
    """A value as a question names it and as people do, with its number of rows."""

    value: str
    label: str
    count: int

    def chosen_as(self, chosen: Sequence[str]) -> str:
        """Return the name by which a question chose it; empty when it did not."""
        if not chosen:
            return ""
        return next((name for name in (self.value, self.label) if as_value(name) in chosen), "")


@dataclass(frozen=True, slots=True)
class Counted:
    """How many rows have each value of a field."""

    field: Field
    tally: Tally
    is_exact: bool


def count_facets(form: ListForm) -> list[Counted]:
    """Count the values of every facet of a list; each under all of the question but its own choice."""
    fields = {field.name: field for field in form.search_fields}
    counted = []
    for name in form.facet_fields:
        if form.question.chosen(name):
            finding = form.finding_of(form.question.without_choice(name), [name])
        else:
            finding = form.finding
        counts_all = form.counts_all and not finding.sample.is_all
        tally = form.tally(name, finding, counts_all=counts_all)
        counted.append(Counted(fields[name], tally, counts_all or finding.sample.is_all))
    return counted


def facets_of(form: ListForm) -> list[Facet]:
    """Return what a list offers to be narrowed by."""
    return [_facet(form, counted) for counted in count_facets(form)]


def switches_of(form: ListForm) -> list[Switch]:
    """Return the states that a list offers as switches."""
    field = next((field for field in form.search_fields if field.name == "is"), None)
    if field is None:
        return []
    on = form.question.chosen("is")
    return [
        Switch(value, label, value in on, form.url(q=form.question.toggled(field, value)))
        for value, label in field.values
        if value in form.switches
    ]


def _facet(form: ListForm, counted: Counted) -> Facet:
    field = counted.field
    chosen = form.question.chosen(field.name)
    values = _of_pbxs(counted.tally, chosen, form.sight) if field.name == "pbx" else _of(counted)
    if chosen:
        known = {as_value(name) for one in values for name in (one.value, one.label)}
        labels = {value: str(label) for value, label in field.values}
        values += [_Value(name, labels.get(name, name), 0) for name in chosen if name not in known]
    values.sort(key=lambda one: (not one.chosen_as(chosen), -one.count, one.label))
    shown = values[: max(VALUES_SHOWN, len(chosen))]
    # Of PBXs only those that may be shown were named.
    unnamed = len(counted.tally) - len(values) if field.name == "pbx" else 0
    return Facet(
        field=field,
        values=[_shown(form, field, one, chosen) for one in shown],
        is_exact=counted.is_exact,
        unlisted=len(values) + max(unnamed, 0) - len(shown),
    )


def _shown(form: ListForm, field: Field, one: _Value, chosen: Sequence[str]) -> FacetValue:
    name = one.chosen_as(chosen)
    url = form.url(q=form.question.toggled(field, name or one.value))
    return FacetValue(one.value, one.label, one.count, bool(name), url)


def _of_pbxs(tally: Tally, chosen: Sequence[str], sight: Sight) -> list[_Value]:
    """Name the PBXs with the most rows, and those that were chosen; there may be a thousand others."""
    most = [pk for pk, _ in tally.most_common(VALUES_SHOWN)]
    if not most and not chosen:
        return []
    wanted = any_of([one_of("id", most), one_of("slug", chosen), one_of("search_name", chosen)])
    said = every([in_sight(Rows.PBXS, sight), wanted])
    found = read(Sql(f"SELECT id, slug, name FROM trunks_pbx WHERE {said.text}", said.params))  # noqa: S608
    return [_Value(slug, name, tally[pk]) for pk, slug, name in found]


def _of(counted: Counted) -> list[_Value]:
    field = counted.field
    labels = {value: str(label) for value, label in field.values}
    values = ((str(value or ""), count) for value, count in counted.tally.items())
    return [
        _Value(text, labels.get(text, text), count)
        for text, count in values
        if text in labels or (text and (field.is_open or not labels))
    ]
