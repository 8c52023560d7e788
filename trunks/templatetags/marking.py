"""Show in a value what the search found there."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import lru_cache
from html import escape
from itertools import groupby
from typing import NamedTuple

from django import template
from django.utils.safestring import SafeString

from trunks.search.language import Match, Question, Wanted, literal
from trunks.search.text import IPV4_ADDRESS, NUMBER_PUNCTUATION, normalise

register = template.Library()

# How the part of a value begins that was found.
MARK = "<mark>"
# Fields that are not shown as they are asked for.
_NOT_IN_VALUES = frozenset({"is", "kind", "issue", "target"})
_NOTHING = r"(?!)"

# Within a number, what stands between its digits belongs to the match.
_BETWEEN_DIGITS = NUMBER_PUNCTUATION.pattern.removesuffix("+") + "*"


@register.filter
def marked(value: str | None, question: Question | None) -> SafeString:
    """Escape a value and wrap what a question found in it in `<mark>`, in whatever form it is written."""
    return marker(question)(value or "")


# A page asks for the same question hundreds of times.
@lru_cache(maxsize=64)
def marker(question: Question | None) -> Marker:
    """Return what marks the finds of one question, for those who have many values of it."""
    found = list(_found(question)) if question else []
    return Marker(
        [re.compile(_pattern(wanted, is_address=False)) for wanted in found],
        [re.compile(_pattern(wanted, is_address=True)) for wanted in found],
        has_digits=any(char.isdigit() for wanted in found for char in wanted.text),
    )


class Marker(NamedTuple):
    """Marks what these patterns find in a line, and those in one with an IPv4 address, where digits are no number."""

    in_line: Sequence[re.Pattern[str]]
    in_address: Sequence[re.Pattern[str]]
    has_digits: bool

    def __call__(self, text: str) -> SafeString:
        """Escape a text, with its finds marked."""
        is_plain = text.isascii()
        line = text.lower() if is_plain else "".join(map(_folded, text))
        patterns = self._patterns(line)
        found = [match.span() for pattern in patterns for match in pattern.finditer(line)]
        # Most texts hold nothing of it.
        if not found:
            return SafeString(escape(text))
        pieces, end = [], 0
        for start, stop in _plain_spans(found) if is_plain else _folded_spans(text, found):
            pieces += [escape(text[end:start]), MARK, escape(text[start:stop]), "</mark>"]
            end = stop
        # Every piece of the text was escaped above.
        return SafeString("".join([*pieces, escape(text[end:])]))

    def finds(self, line: str) -> bool:
        """Tell whether there is anything to mark in a line in normal form."""
        return any(pattern.search(line) for pattern in self._patterns(line))

    def _patterns(self, line: str) -> Sequence[re.Pattern[str]]:
        is_address = "." in line and IPV4_ADDRESS.search(line)
        return self.in_address if is_address else self.in_line


def _plain_spans(found: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return where an ASCII text, whose folded characters stand where they stood, belongs to a match."""
    spans: list[tuple[int, int]] = []
    for start, stop in sorted(found):
        if spans and start <= spans[-1][1]:
            spans[-1] = (spans[-1][0], max(stop, spans[-1][1]))
        elif stop > start:
            spans.append((start, stop))
    return spans


def _folded_spans(text: str, found: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return where any text belongs to a match, which is looked for without case and accents."""
    origin = [index for index, char in enumerate(text) for _ in _folded(char)]
    hits = [False] * len(text)
    for start, stop in found:
        for place in range(start, stop):
            hits[origin[place]] = True
    for index in range(1, len(text)):
        # An accent that stands by itself stays with its letter.
        hits[index] |= hits[index - 1] and bool(unicodedata.combining(text[index]))
    return _spans(hits)


def _spans(hits: list[bool]) -> list[tuple[int, int]]:
    spans, place = [], 0
    for is_hit, run in groupby(hits):
        start, place = place, place + len(list(run))
        if is_hit:
            spans.append((start, place))
    return spans


# Scripts have thousands of characters, a page a few dozen.
@lru_cache(maxsize=4096)
def _folded(char: str) -> str:
    return normalise(char)


def _found(question: Question) -> Iterator[Wanted]:
    for term in question.terms:
        if not term.negated and term.field not in _NOT_IN_VALUES:
            yield from term.wanted


def _pattern(wanted: Wanted, *, is_address: bool) -> str:
    if wanted.match is Match.GLOB:
        return "|".join(_parts(wanted.text)) or _NOTHING
    pattern = "|".join(re.escape(spelling) for spelling in wanted.spellings)
    if wanted.digits and not is_address:
        pattern = f"{pattern}|{_BETWEEN_DIGITS.join(wanted.digits)}"
    if wanted.match is Match.EXACT:
        # A plus or brackets around a number belong to it.
        return rf"\A{_BETWEEN_DIGITS}(?:{pattern}){_BETWEEN_DIGITS}\Z"
    return pattern


def _parts(text: str) -> Iterator[str]:
    """Yield what stands between the wildcards of a text, as patterns: the first and the last only at its edges."""
    *runs, last = re.split(r"[*?]+", text)
    at_start = rf"\A{_BETWEEN_DIGITS}"
    for run in runs:
        if run:
            yield at_start + _as_meant(run)
        at_start = ""
    if last:
        yield rf"{_as_meant(last)}{_BETWEEN_DIGITS}\Z"


def _as_meant(run: str) -> str:
    return re.escape("".join(map(literal, run)))
