"""The pieces of one, two and three characters that an index knows a text by.

A text that holds a word holds all pieces of the word, so they narrow a search to few rows; whether a row
really holds the word, its text tells.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

# Raise the rule of `trunks.search.sections` with any change here: a row can only be taken out of an index by
# the pieces it was put in by.
LONGEST = 3
# ASCII other than letters and digits would separate words for the index; it gets places of its own.
_AS_LETTERS = str.maketrans(
    {chr(code): chr(0xE000 + code) for code in range(128) if not chr(code).isalnum()}
)
_EDGE = chr(0xE000 + ord("\n"))


def grams_of_row(text: str, labels: Iterable[str]) -> str:
    """Return all pieces of a text of `trunks.search.sections`, and the labels of its row, with spaces between."""
    pieces = {label_gram(label) for label in labels if label}
    for line in text.split("\n"):
        # Lines of less than a space are the marks of sections.
        if line > "\x1f":
            pieces |= _grams_of_line(line)
    return " ".join(sorted(pieces))


# Names of trunks and PBXs come again in every binding, numbers do not.
@lru_cache(maxsize=16_384)
def _grams_of_line(line: str) -> frozenset[str]:
    letters = line.translate(_AS_LETTERS)
    length = len(letters)
    pieces = {letters[at : at + size] for size in (1, 2, 3) for at in range(length - size + 1)}
    # A value's beginning is a piece too: `10*` shall not look at every row that has a 10 somewhere.
    pieces |= {_EDGE + letters[:1], _EDGE + letters[:2]}
    if length < LONGEST:
        pieces.add(_EDGE + letters + _EDGE)
    return frozenset(pieces)


def grams_of_word(word: str, *, at_start: bool = False, at_end: bool = False) -> tuple[str, ...]:
    """Return the pieces that every text with this word has; at the start or end of a value if so asked."""
    letters = word.translate(_AS_LETTERS)
    if at_start and at_end and len(letters) < LONGEST:
        return (_EDGE + letters + _EDGE,)
    if at_start:
        letters = _EDGE + letters
    if len(letters) <= LONGEST:
        return (letters,) if letters else ()
    starts = range(len(letters) - LONGEST + 1)
    return tuple(dict.fromkeys(letters[at : at + LONGEST] for at in starts))


def label_gram(label: str) -> str:
    """Return the piece that a row with this label has: `group`, `ambiguous`, `44` for a number's beginning."""
    return _EDGE + _EDGE + label.lower().translate(_AS_LETTERS)
