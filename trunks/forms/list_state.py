"""The state of a list as its address holds it: question, filters, order and page. Nonsense in it is never an error."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Generic, TypeVar, cast

from django import forms
from django.core.paginator import Page, Paginator
from django.db.models import Model, QuerySet
from django.http import QueryDict
from django.utils.functional import Promise, cached_property
from django.utils.text import Truncator
from django.utils.translation import gettext

from trunks.search.columns import Column
from trunks.search.fields import Field
from trunks.search.language import LONGEST_QUESTION, Question, read_question

ROWS_A_PAGE = 50

Choices = Sequence[tuple[str, str | Promise]]
Row = TypeVar("Row", bound=Model)
Rows = TypeVar("Rows", bound=QuerySet[Any])


class QuestionField(forms.Field):
    """A line of text to search for."""

    widget = forms.TextInput
    fields: Sequence[Field] = ()

    def clean(self, value: object) -> Question:
        """Read the terms; no text is wrong."""
        return read_question(str(value or ""), self.fields)


class AnyOf(forms.MultipleChoiceField):
    """Some of the values on offer; others are left out here and explained by the form."""

    widget = forms.CheckboxSelectMultiple(attrs={"class": "choice"})

    def __init__(self, choices: Choices = ()) -> None:
        super().__init__(required=False, choices=choices)

    def clean(self, value: list[str]) -> list[str]:
        """Keep what is on offer, each once."""
        return [item for item in dict.fromkeys(value) if self.valid_value(item)]


@dataclass(frozen=True, slots=True)
class Heading:
    """A column's head: where it leads, and how the list is sorted by it now."""

    key: str
    label: str | Promise
    url: str
    sorted: str
    numeric: bool


@dataclass(frozen=True, slots=True)
class ListPage(Generic[Row]):
    """One page of rows, its own address and those of its neighbours; no neighbour, no address."""

    page: Page[Row]
    url: str
    previous_url: str
    next_url: str


class ListForm(forms.Form):
    """A list that can be searched, sorted and paged; subclasses add filters and apply them."""

    q = QuestionField(required=False)

    columns: ClassVar[tuple[Column, ...]]
    filters: ClassVar[tuple[str, ...]] = ()
    # What the search line can name.
    search_fields: ClassVar[tuple[Field, ...]]

    def __init__(self, data: QueryDict, *, path: str, **choices: Choices) -> None:
        super().__init__(data, auto_id="by_%s")
        self.path = path
        self.query = data
        cast("QuestionField", self.fields["q"]).fields = self.search_fields
        for name, offered in choices.items():
            cast("AnyOf", self.fields[name]).choices = offered
        self.full_clean()

    @cached_property
    def question(self) -> Question:
        """What is searched for."""
        return cast("Question", self.cleaned_data["q"])

    @cached_property
    def sorting(self) -> tuple[Column, bool]:
        """The column that the list is sorted by, and whether downwards."""
        asked = self.query.get("sort", "")
        by_key = {column.key: column for column in self.columns}
        column = by_key.get(asked.removeprefix("-"))
        return (column, asked.startswith("-")) if column else (self.columns[0], False)

    def chosen(self, name: str) -> list[str]:
        """Return the values of one filter, as they stand in an address."""
        value = self.cleaned_data.get(name)
        if isinstance(value, Model):
            return [str(value.pk)]
        return list(value or [])

    def unknown(self, name: str) -> list[str]:
        """Return the values of one filter that are not on offer, short enough to show."""
        known = self.chosen(name)
        values = (value for value in self.query.getlist(name) if value and value not in known)
        return [Truncator(value.replace("\0", "")).chars(60) for value in dict.fromkeys(values)]

    @property
    def notes(self) -> list[str]:
        """What to tell people of the parts of the address that were not followed."""
        unread = gettext("“%(typed)s” was not searched: %(why)s")
        notes = [
            unread % {"typed": problem.typed, "why": problem.explanation}
            for problem in self.question.problems
        ]
        if self.question.was_cut:
            sentence = gettext("The search is long: only its first %(count)d characters were used.")
            notes.append(sentence % {"count": LONGEST_QUESTION})
        return notes

    @property
    def is_narrowed(self) -> bool:
        """Tell whether search or filters leave rows out."""
        return bool(self.question) or any(self.chosen(name) for name in self.filters)

    def url(self, *, sort: str | None = None, page: int = 1) -> str:
        """Return the address of this list, sorted otherwise or turned to a page if asked; nothing in it is empty."""
        query = QueryDict(mutable=True)
        if self.question.text:
            query["q"] = self.question.text
        for name in self.filters:
            query.setlist(name, self.chosen(name))
        sort = self.sort_value if sort is None else sort
        if sort != self.columns[0].key:
            query["sort"] = sort
        if page > 1:
            query["page"] = str(page)
        text = query.urlencode()
        return f"{self.path}?{text}" if text else self.path

    @property
    def sort_value(self) -> str:
        """The order as an address has it."""
        column, descending = self.sorting
        return f"-{column.key}" if descending else column.key

    @property
    def headings(self) -> list[Heading]:
        """The heads of all columns."""
        by, descending = self.sorting
        heads = []
        for column in self.columns:
            now = ("descending" if descending else "ascending") if column == by else ""
            url = self.url(sort=f"-{column.key}" if now == "ascending" else column.key)
            heads.append(Heading(column.key, column.label, url, now, column.numeric))
        return heads

    def ordered(self, rows: Rows) -> Rows:
        """Sort rows by the column asked for; equal ones keep an order of their own."""
        column, descending = self.sorting
        return rows.order_by(*column.order(descending=descending))

    def turn(self, rows: QuerySet[Row]) -> ListPage[Row]:
        """Cut out the page asked for, or the last one when there are fewer."""
        page = Paginator(rows, ROWS_A_PAGE).get_page(self.query.get("page"))
        number = page.number
        return ListPage(
            page=page,
            url=self.url(page=number),
            previous_url=self.url(page=number - 1) if page.has_previous() else "",
            next_url=self.url(page=number + 1) if page.has_next() else "",
        )
