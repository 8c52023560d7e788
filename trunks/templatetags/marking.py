"""Show in a value what the search found there."""

from __future__ import annotations

import re
import unicodedata
from itertools import groupby

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from trunks.search.text import IPV4_ADDRESS, NUMBER_PUNCTUATION, normalise
from trunks.search.words import Question, Word

register = template.Library()

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
    for word in question.words:
        for match in re.finditer(_pattern(word, line), line):
            for place in range(match.start(), match.end()):
                hits[origin[place]] = True
    for index in range(1, len(text)):
        # An accent that stands by itself stays with its letter.
        hits[index] |= hits[index - 1] and bool(unicodedata.combining(text[index]))
    return hits


def _pattern(word: Word, line: str) -> str:
    spelled = "|".join(re.escape(spelling) for spelling in word.spellings)
    if not word.number or IPV4_ADDRESS.search(line):
        return spelled
    return f"{spelled}|{_BETWEEN_DIGITS.join(word.number)}"
