"""The state of a list as its address holds it: question, order, place and columns. Nonsense in it is never an error."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Generic, Protocol, TypeVar, cast
from urllib.parse import quote

from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.functional import Promise, cached_property
from django.utils.translation import gettext

from trunks.freshness import Freshness
from trunks.models import Sight
from trunks.search.columns import Column
from trunks.search.fields import Field
from trunks.search.finding import Finding
from trunks.search.language import LONGEST_QUESTION, Question, Term, read_question
from trunks.search.paging import Order, Place, read_place, write_place
from trunks.search.rows import Rows
from trunks.search.sample import Count, Tally
from trunks.search.sql import ALWAYS, Sql

ROWS_A_PAGE = 50
ROWS_AT_ONCE = 2_000
COMPACT, COMFORTABLE = "compact", "comfortable"

_LONGEST_VIEW = 100


class HasKey(Protocol):
    """A row, as a model or as plain values."""

    @property
    def pk(self) -> Any: ...  # noqa: ANN401 - as models have it


Row = TypeVar("Row", bound=HasKey)
# Reads rows that were found by their ids, in any order.
ReadsRows = Callable[[Sequence[int]], Iterable[Row]]


@dataclass(frozen=True, slots=True)
class Heading:
    """A column's head: where it leads, and how the list is sorted by it now."""

    key: str
    label: str | Promise
    url: str
    sorted: str
    numeric: bool


@dataclass(frozen=True, slots=True)
class Chip:
    """A part of the question, and the list without it."""

    text: str
    url: str


@dataclass(frozen=True, slots=True)
class ListUrls:
    """The addresses of a list that looks as it does, for any question; `rest` is what they say beside it."""

    path: str
    rest: str

    def asking(self, question: str) -> str:
        """Return the address with a question; nothing in it is empty."""
        text = "&".join(filter(None, [f"q={_quoted(question)}" if question else "", self.rest]))
        return f"{self.path}?{text}" if text else self.path


@dataclass(frozen=True, slots=True)
class ListPage(Generic[Row]):
    """One page of rows, how many there are in all, and the addresses of this page and its neighbours.

    `start` is the number of the first row, 0 where only walking through all rows before it would tell.
    """

    rows: Sequence[Row]
    count: Count
    start: int
    url: str
    previous_url: str
    next_url: str

    @property
    def has_neighbours(self) -> bool:
        """Tell whether there are more rows than these."""
        return bool(self.previous_url or self.next_url)

    @property
    def end(self) -> int:
        """The number of the last row."""
        return self.start + len(self.rows) - 1


class ListForm(ABC):
    """A list that can be searched, sorted and paged; subclasses say of what.

    None of Django's forms: nothing that an address holds is wrong, and a form and its fields keep each other, so that
    the thousand rows that were found for it would lie about until Python looks for such circles.
    """

    list_name: ClassVar[str] = ""
    kind: ClassVar[Rows]
    columns: ClassVar[tuple[Column, ...]]
    # What the search line can name, and what of it is offered beside the list with counts.
    search_fields: ClassVar[tuple[Field, ...]]
    facet_fields: ClassVar[tuple[str, ...]] = ()
    # How many rows are looked up in one search when all are brought.
    places_at_once: ClassVar[int] = ROWS_AT_ONCE
    # States that are offered as switches.
    switches: ClassVar[tuple[str, ...]] = ()

    def __init__(
        self, data: QueryDict, *, path: str, sight: Sight, kept: tuple[str, str] = ("", "")
    ) -> None:
        """Read an address.

        `sight` is what the person may see, `kept` are the columns and the density to use where it names none.
        """
        self.path = path
        self.sight = sight
        self.query = data
        self._kept_cols, self._kept_density = kept

    @abstractmethod
    def all_rows(self) -> QuerySet[Any]:
        """All rows of the kind, with what they are sorted by; only those in sight are ever shown."""

    def scope(self) -> Sql:
        """The rows that the list is of, before anything is searched."""
        return ALWAYS

    def freshness(self) -> Freshness | None:
        """Sum up how far the rows of several PBXs can be trusted; None for a list of one."""
        return None

    @property
    def asked_of_pbxs(self) -> str | None:
        """What of the question decides which PBXs `freshness` sums up; None when anything may."""
        return None

    @cached_property
    def asked(self) -> Question:
        """The question in the address; no text is wrong."""
        return read_question(self.query.get("q", ""), self.search_fields)

    @property
    def question(self) -> Question:
        """What is searched for."""
        return self.asked

    @cached_property
    def finding(self) -> Finding:
        """The rows that answer the question; the facets that it chooses from are counted in others."""
        return self.finding_of(
            self.question, [name for name in self.facet_fields if not self.question.chosen(name)]
        )

    def finding_of(self, question: Question, facets: Collection[str] = ()) -> Finding:
        """Find the rows of this list that answer another question, to count these facets of them."""
        rows, scope = self.all_rows(), self.scope()
        return Finding(self.kind, question, rows, scope, sight=self.sight, facets=facets)

    def tally(self, facet: str, finding: Finding, *, counts_all: bool) -> Tally:
        """Count the values of a facet among the rows found."""
        return finding.tally(facet, counts_all=counts_all)

    @property
    def counts_all(self) -> bool:
        """Tell whether somebody asked to count all rows, however many."""
        return self.query.get("count") == "all"

    @cached_property
    def sorting(self) -> tuple[Column, bool]:
        """The column that the list is sorted by, and whether downwards."""
        asked = self.query.get("sort", "")
        by_key = {column.key: column for column in self.columns}
        column = by_key.get(asked.removeprefix("-"))
        return (column, asked.startswith("-")) if column else (self.columns[0], False)

    @property
    def order(self) -> Order:
        """The order of the rows."""
        column, descending = self.sorting
        return column.order(descending=descending)

    @cached_property
    def shown_columns(self) -> tuple[Column, ...]:
        """The columns that the address or the person chose; the first one always."""
        # One value with commas, or one for each box that was ticked.
        chosen = (",".join(self.query.getlist("cols")) or self._kept_cols).split(",")
        shown = [column for column in self.columns if column.key in chosen]
        if not shown:
            return tuple(column for column in self.columns if not column.is_extra)
        return tuple(dict.fromkeys([self.columns[0], *shown]))

    @cached_property
    def shows(self) -> dict[str, bool]:
        """The columns shown, as templates ask for them."""
        return {column.key: True for column in self.shown_columns}

    @property
    def view(self) -> str:
        """The saved view that the list was opened by, as its address names it."""
        return self.query.get("view", "").replace("\0", "")[:_LONGEST_VIEW]

    @property
    def density(self) -> str:
        """How close the rows stand: `compact` or `comfortable`."""
        chosen = self.query.get("density") or self._kept_density
        return COMPACT if chosen == COMPACT else COMFORTABLE

    @property
    def notes(self) -> list[str]:
        """What to tell people of the parts of the address that were not followed."""
        if not self.question.was_cut:
            return []
        sentence = gettext("The search is long: only its first %(count)d characters were used.")
        return [sentence % {"count": LONGEST_QUESTION}]

    @property
    def is_narrowed(self) -> bool:
        """Tell whether the search leaves rows out."""
        return bool(self.question)

    @property
    def chips(self) -> list[Chip]:
        """The parts of the question, each with the list without it."""
        terms: tuple[Term, ...] = self.question.terms
        return [
            Chip(term.typed, self.url(q=self.question.without_term(term).text)) for term in terms
        ]

    def url(self, *, q: str | None = None, **parts: str) -> str:
        """Return the address of this list, asked or sorted otherwise or turned to a place; nothing in it is empty."""
        asked = self.question.text if q is None else q
        return (self._with(parts) if parts else self.as_it_is).asking(asked)

    @cached_property
    def as_it_is(self) -> ListUrls:
        """The address of this list but for its question: a page has dozens that differ in that alone."""
        return self._with({})

    def _with(self, parts: Mapping[str, str]) -> ListUrls:
        said = {**self.layout, **parts, "view": self.view}
        given = ((name, v) for name, v in said.items() if v and v != self._defaults.get(name))
        return ListUrls(self.path, "&".join(f"{name}={_quoted(value)}" for name, value in given))

    @cached_property
    def layout(self) -> dict[str, str]:
        """How the rows are shown, whatever they are."""
        columns = ",".join(column.key for column in self.shown_columns)
        return {"sort": self.sort_value, "cols": columns, "density": self.density}

    @property
    def carried(self) -> dict[str, str]:
        """What the search line sends beside the question, so that it stays as it is."""
        parts = {**self.layout, "view": self.view}.items()
        return {name: value for name, value in parts if value != self._defaults.get(name, "")}

    @property
    def besides_layout(self) -> dict[str, str]:
        """What a form that sends other columns sends along, so that it stays as it is."""
        parts = {"q": self.question.text, **self.carried}.items()
        return {name: value for name, value in parts if value and name not in {"cols", "density"}}

    @property
    def url_of_usual_layout(self) -> str:
        """The address of this list with the usual columns and density."""
        return self.url(cols="", density="")

    @cached_property
    def url_of_all(self) -> str:
        """The address of this list with all rows counted, however many."""
        return self.url(count="all")

    @cached_property
    def _defaults(self) -> dict[str, str]:
        """What an address need not say; what a person keeps it says, for others keep something else."""
        columns = ",".join(column.key for column in self.columns if not column.is_extra)
        return {
            "sort": self.columns[0].key,
            "cols": "" if self._kept_cols else columns,
            "density": "" if self._kept_density == COMPACT else COMFORTABLE,
        }

    @property
    def sort_value(self) -> str:
        """The order as an address has it."""
        column, descending = self.sorting
        return f"-{column.key}" if descending else column.key

    @property
    def headings(self) -> list[Heading]:
        """The heads of the columns shown."""
        by, descending = self.sorting
        heads = []
        for column in self.shown_columns:
            now = ("descending" if descending else "ascending") if column == by else ""
            url = self.url(sort=f"-{column.key}" if now == "ascending" else column.key)
            heads.append(Heading(column.key, column.label, url, now, column.numeric))
        return heads

    def turn(self, rows: QuerySet[Any, Row] | ReadsRows[Row]) -> ListPage[Row]:
        """Cut out the page asked for; `rows` brings along what a row shows."""
        before, after = (
            read_place(self.query.get(name, ""), self.order) for name in ("before", "after")
        )
        places = self._turned_back(before) if before else None
        if places is None:
            before = None
            places = self.finding.page(self.order, after, ROWS_A_PAGE + 1)
            has_previous, has_next = after is not None, len(places) > ROWS_A_PAGE
            places = places[:ROWS_A_PAGE]
            if after and not places:
                # The rows there have gone meanwhile: what is left of the list ends before.
                places = self._back_from(None)
                has_previous = len(places) > ROWS_A_PAGE
                after, places = after if has_previous else None, places[-ROWS_A_PAGE:]
        else:
            after = None
            has_previous, has_next = len(places) > ROWS_A_PAGE, True
            places = places[-ROWS_A_PAGE:]
        is_inside = has_previous and bool(places)
        here = {
            "before": write_place(before) if before else "",
            "after": write_place(after) if after else "",
            "count": "all" if self.counts_all else "",
        }
        return ListPage(
            rows=_in_order(rows, places),
            count=self.count(),
            start=self.finding.number_of(self.order, places[0]) if is_inside else 1,
            url=self.url(**here),
            previous_url=self.url(before=write_place(places[0])) if is_inside else "",
            next_url=self.url(after=write_place(places[-1])) if places and has_next else "",
        )

    def count(self) -> Count:
        """Count the rows of the list, all of them only where somebody asked for it."""
        return self.finding.exact[0] if self.counts_all else self.finding.sample.count

    def _turned_back(self, before: Place) -> list[Place] | None:
        """Return the rows before a place, one more than are shown if there are; None where a page is not full.

        Rows have gone meanwhile then, and the first page is the one to show.
        """
        places = self._back_from(before)
        return places if len(places) >= ROWS_A_PAGE else None

    def _back_from(self, place: Place | None) -> list[Place]:
        """Return the rows before a place, or the last ones, with one more than are shown."""
        return self.finding.page(self.order.backwards, place, ROWS_A_PAGE + 1)[::-1]

    def first(self, rows: QuerySet[Any, Row], size: int) -> list[Row]:
        """Bring the first rows of the list in its order."""
        return _in_order(rows, self.finding.page(self.order, None, size))

    def batches(self, rows: QuerySet[Any, Row] | ReadsRows[Row]) -> Iterator[list[Row]]:
        """Bring all rows of the list in its order, some at a time, as pages bring them."""
        place: Place | None = None
        while places := self.finding.page(self.order, place, self.places_at_once):
            for begin in range(0, len(places), ROWS_AT_ONCE):
                yield _in_order(rows, places[begin : begin + ROWS_AT_ONCE])
            place = places[-1]


def _quoted(value: str) -> str:
    """Write a value as an address has it, with the signs of the search left readable."""
    return quote(value, safe=",:=*")


def _in_order(rows: QuerySet[Any, Row] | ReadsRows[Row], places: Sequence[Place]) -> list[Row]:
    """Return the rows at these places in this order; one that has gone meanwhile is left out."""
    ids = [cast("int", place[-1]) for place in places]
    found = rows(ids) if callable(rows) else rows.filter(pk__in=ids).order_by()
    by_id = {row.pk: row for row in found}
    return [by_id[pk] for pk in ids if pk in by_id]
