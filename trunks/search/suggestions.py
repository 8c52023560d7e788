"""What the one search box offers: things found, the lists they are in, and what could not be read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.formats import number_format
from django.utils.functional import Promise

from trunks.search.language import Problem, Question
from trunks.search.sample import Count


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Something found, where it leads, and what tells it from others of the same name."""

    text: str
    url: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """The best few of one kind."""

    key: str
    label: str | Promise
    found: list[Suggestion]


@dataclass(frozen=True, slots=True)
class Complete:
    """The page of a number or an extension that was typed in full."""

    page: str
    number: str
    url: str


@dataclass(frozen=True, slots=True)
class FullList:
    """A list with all that matches."""

    page: str
    url: str
    count: Count

    @property
    def shown(self) -> str:
        """The count in words: "8", "1,000+"."""
        counted = number_format(self.count.number, force_grouping=True)
        return counted if self.count.is_exact else f"{counted}+"


@dataclass(frozen=True, slots=True)
class Suggestions:
    """All that is offered for a line; `question` is what to mark in it."""

    line: str
    question: Question
    complete: Sequence[Complete] = ()
    groups: Sequence[Group] = ()
    lists: Sequence[FullList] = ()
    problems: Sequence[Problem] = ()

    @property
    def count(self) -> int:
        """How many things were found, the full lists left out."""
        return len(self.complete) + sum(len(group.found) for group in self.groups)
