"""The pieces of one, two and three characters that an index knows a text by.

A text that holds a word holds all pieces of the word, so they narrow a search to few rows; whether a row
really holds the word, its text tells.
"""

from __future__ import annotations

import re
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
_PLACES = re.compile(f"[{chr(0xE000)}-{chr(0xE000 + 127)}]")
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


def grams_of_text(text: str) -> set[str]:
    """Return all pieces of a text of `trunks.search.sections`."""
    return set().union(*map(grams_of_line, text.split("\n")))


def is_plain(text: str) -> bool:
    """Tell whether a text has none of the letters that stand for others in pieces."""
    return text.isascii() or not _PLACES.search(text)


def grams_missing(text: str, other: str) -> set[str]:
    """Return the pieces that a plain text has and another has not.

    Most of two texts of one row is the same, so lines are halved until a part stands there or is a piece itself.
    A line feed before a part is the edge of its line.
    """
    edged = f"\n{other}\n"
    lines = [line for line in text.split("\n") if line > "\x1f" and f"\n{line}\n" not in edged]
    missing = {f"\n{line}\n" for line in lines if len(line) < LONGEST}
    parts = [f"\n{line}" for line in lines]
    while parts:
        part = parts.pop()
        if part in edged:
            continue
        length = len(part)
        if length > LONGEST:
            middle = length // 2
            # Both have the two letters that a piece across the middle begins or ends with.
            parts += part[: middle + 1], part[middle - 1 :]
        elif part not in missing:
            missing.add(part)
            parts += part[:-1], part[1:]
    return {piece if piece.isalnum() else piece.translate(_AS_LETTERS) for piece in missing}


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


def is_label(gram: str) -> bool:
    """Tell whether a piece stands for a label."""
    return gram.startswith(_EDGE + _EDGE)
