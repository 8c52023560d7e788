"""Show in a value what the search found there."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from html import escape
from itertools import groupby

from django import template
from django.utils.safestring import SafeString

from trunks.search.language import Match, Question, Wanted, literal
from trunks.search.text import IPV4_ADDRESS, NUMBER_PUNCTUATION, normalise

register = template.Library()

# Fields that are not shown as they are asked for.
_NOT_IN_VALUES = frozenset({"is", "kind", "issue", "target"})
_NOTHING = r"(?!)"

# Within a number, what stands between its digits belongs to the match.
_BETWEEN_DIGITS = NUMBER_PUNCTUATION.pattern.removesuffix("+") + "*"


@register.filter
def marked(value: str | None, question: Question | None) -> SafeString:
    """Escape a value and wrap what a question found in it in `<mark>`, in whatever form it is written."""
    text = value or ""
    if not question or not text:
        return SafeString(escape(text))
    spans = _plain_spans(text, question) if text.isascii() else _spans(_hits(text, question))
    if not spans:
        return SafeString(escape(text))
    pieces, end = [], 0
    for start, stop in spans:
        pieces += [escape(text[end:start]), "<mark>", escape(text[start:stop]), "</mark>"]
        end = stop
    # Every piece of the text was escaped above.
    return SafeString("".join([*pieces, escape(text[end:])]))


def _plain_spans(text: str, question: Question) -> list[tuple[int, int]]:
    """Return where an ASCII text, whose folded characters stand where they stood, belongs to a match."""
    line = text.lower()
    patterns = _patterns(question)[bool(IPV4_ADDRESS.search(line))]
    found = sorted(match.span() for pattern in patterns for match in pattern.finditer(line))
    spans: list[tuple[int, int]] = []
    for start, stop in found:
        if spans and start <= spans[-1][1]:
            spans[-1] = (spans[-1][0], max(stop, spans[-1][1]))
        elif stop > start:
            spans.append((start, stop))
    return spans


def _spans(hits: list[bool]) -> list[tuple[int, int]]:
    spans, place = [], 0
    for is_hit, run in groupby(hits):
        start, place = place, place + len(list(run))
        if is_hit:
            spans.append((start, place))
    return spans


def _hits(text: str, question: Question) -> list[bool]:
    """Tell for each character whether it belongs to a match."""
    folded = [normalise(char) for char in text]
    origin = [index for index, form in enumerate(folded) for _ in form]
    line = "".join(folded)
    hits = [False] * len(text)
    for pattern in _patterns(question)[bool(IPV4_ADDRESS.search(line))]:
        for match in pattern.finditer(line):
            for place in range(match.start(), match.end()):
                hits[origin[place]] = True
    for index in range(1, len(text)):
        # An accent that stands by itself stays with its letter.
        hits[index] |= hits[index - 1] and bool(unicodedata.combining(text[index]))
    return hits


# A page asks for the same question hundreds of times.
@lru_cache(maxsize=64)
def _patterns(question: Question) -> tuple[list[re.Pattern[str]], list[re.Pattern[str]]]:
    """Return what finds a question in a line, and in one with an IPv4 address, where digits are no number."""
    found = list(_found(question))
    plain = [re.compile(_pattern(wanted, is_address=False)) for wanted in found]
    return plain, [re.compile(_pattern(wanted, is_address=True)) for wanted in found]


def _found(question: Question) -> Iterator[Wanted]:
    for term in question.terms:
        if not term.negated and term.field not in _NOT_IN_VALUES:
            yield from term.wanted


def _pattern(wanted: Wanted, *, is_address: bool) -> str:
    if wanted.match is Match.GLOB:
        return "|".join(_parts(wanted.text)) or _NOTHING
    spelled = "|".join(re.escape(spelling) for spelling in wanted.spellings)
    if not wanted.digits or is_address:
        return spelled
    return f"{spelled}|{_BETWEEN_DIGITS.join(wanted.digits)}"


def _parts(text: str) -> list[str]:
    """Return what stands between the stars of a text, as patterns."""
    runs = re.split(r"[*?]+", text)
    return [re.escape("".join(map(literal, run))) for run in runs if run]
