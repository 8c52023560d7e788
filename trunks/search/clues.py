"""What the index can tell of a term: the grams that every row has in which it is found."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from trunks.search.fields import ISSUE, TARGET_KINDS
from trunks.search.grams import LONGEST, grams_of_word, label_gram
from trunks.search.index import Clue, target_label
from trunks.search.language import Match, Term, Wanted, literal

_LABELS = frozenset({"issue", "target"})
_ISSUES = frozenset(value for value, _label in ISSUE.values)


# Of each term it is asked several times in one search.
@lru_cache(maxsize=256)
def clue_of(term: Term) -> Clue:
    """Return the groups of grams of which every row that a term finds has one; empty if it tells nothing."""
    groups = [group for wanted in term.wanted for group in _groups(term.field, wanted)]
    return tuple(groups) if all(groups) else ()


def tells_all(term: Term) -> bool:
    """Tell whether every row with one of the grams of a term holds its text, which then need not be looked at.

    So it is with words of a gram's length, wherever they are found, and with a whole extension or group. Signs
    are left out, since the index has others in their places.
    """
    if term.field in TARGET_KINDS:
        return all(wanted.match is Match.EXACT for wanted in term.wanted)
    return not term.field and all(map(_is_gram, term.wanted))


def _is_gram(wanted: Wanted) -> bool:
    if wanted.match is not Match.CONTAINS:
        return False
    return all(one.isalnum() and len(one) <= LONGEST for one in wanted.spellings)


def _groups(field: str, wanted: Wanted) -> Iterator[tuple[str, ...]]:
    if field in _LABELS or (field == "is" and wanted.text in _ISSUES):
        yield (label_gram(wanted.text),)
    elif field == "is":
        yield ()
    elif field in TARGET_KINDS and wanted.match is Match.EXACT:
        for spelling in wanted.spellings:
            yield (label_gram(target_label(spelling)),)
    else:
        for spelling in wanted.spellings:
            yield tuple(_grams(spelling, wanted.match))


def _grams(spelling: str, match: Match) -> Iterator[str]:
    if match is not Match.GLOB:
        whole = match is Match.EXACT
        yield from grams_of_word(spelling, at_start=whole, at_end=whole)
        return
    runs = re.split(r"[*?]+", spelling)
    for place, run in enumerate(runs):
        word = "".join(map(literal, run))
        if word:
            at_end = place == len(runs) - 1
            yield from grams_of_word(word, at_start=place == 0, at_end=at_end)
