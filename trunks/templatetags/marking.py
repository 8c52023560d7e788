"""Show in a value what the search found there."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from itertools import groupby

from django import template
from django.utils.html import format_html, format_html_join
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
    if not question:
        return format_html("{}", text)
    hits = _hits(text, question)
    pieces = (
        (is_hit, "".join(char for char, _ in run))
        for is_hit, run in groupby(zip(text, hits, strict=True), key=lambda pair: pair[1])
    )
    return format_html_join(
        "",
        "{}",
        ((format_html("<mark>{}</mark>", text) if is_hit else text,) for is_hit, text in pieces),
    )


def _hits(text: str, question: Question) -> list[bool]:
    """Tell for each character whether it belongs to a match."""
    folded = [normalise(char) for char in text]
    origin = [index for index, form in enumerate(folded) for _ in form]
    line = "".join(folded)
    hits = [False] * len(text)
    for wanted in _found(question):
        for match in re.finditer(_pattern(wanted, line), line):
            for place in range(match.start(), match.end()):
                hits[origin[place]] = True
    for index in range(1, len(text)):
        # An accent that stands by itself stays with its letter.
        hits[index] |= hits[index - 1] and bool(unicodedata.combining(text[index]))
    return hits


def _found(question: Question) -> Iterator[Wanted]:
    for term in question.terms:
        if not term.negated and term.field not in _NOT_IN_VALUES:
            yield from term.wanted


def _pattern(wanted: Wanted, line: str) -> str:
    if wanted.match is Match.GLOB:
        return "|".join(_parts(wanted.text)) or _NOTHING
    spelled = "|".join(re.escape(spelling) for spelling in wanted.spellings)
    if not wanted.digits or IPV4_ADDRESS.search(line):
        return spelled
    return f"{spelled}|{_BETWEEN_DIGITS.join(wanted.digits)}"


def _parts(text: str) -> list[str]:
    """Return what stands between the stars of a text, as patterns."""
    runs = re.split(r"[*?]+", text)
    return [re.escape("".join(map(literal, run))) for run in runs if run]
