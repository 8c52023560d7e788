"""The pieces of one, two and three characters that an index knows a text by.

A text that holds a word holds all pieces of the word, so they narrow a search to few rows; whether a row
really holds the word, its text tells.
"""

from __future__ import annotations

from functools import lru_cache
from operator import add

# Raise the rule of `trunks.search.sections` with any change here: a row can only be taken out of an index by
# the pieces it was put in by.
LONGEST = 3
# ASCII other than letters and digits would separate words for the index; it gets places of its own.
_AS_LETTERS = str.maketrans(
    {chr(code): chr(0xE000 + code) for code in range(128) if not chr(code).isalnum()}
)
_EDGE = chr(0xE000 + ord("\n"))
# What grams of ASCII are made of.
SIGNS = tuple(sorted(set("".join(map(chr, range(128))).lower().translate(_AS_LETTERS))))


# Names of trunks and PBXs come again in every binding, numbers do not.
@lru_cache(maxsize=4_096)
def grams_of_line(line: str) -> tuple[str, ...]:
    """Return all pieces of one line of a text of `trunks.search.sections`, some of them more than once.

    The marks of sections have none.
    """
    if line <= "\x1f":
        return ()
    letters = line.translate(_AS_LETTERS)
    pairs = list(map(add, letters, letters[1:]))
    # A value's beginning is a piece too: `10*` shall not look at every row that has a 10 somewhere.
    edges = [_EDGE + letters[:1], _EDGE + letters[:2]]
    if len(letters) < LONGEST:
        edges.append(_EDGE + letters + _EDGE)
    return (*letters, *pairs, *map(add, pairs, letters[2:]), *edges)


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


@lru_cache(maxsize=1024)
def label_gram(label: str) -> str:
    """Return the piece that a row with this label has: `group`, `ambiguous`, `44` for a number's beginning."""
    return _EDGE + _EDGE + label.lower().translate(_AS_LETTERS)
