"""Which clues the index is asked for, and which are left to be looked at in the rows that it finds.

Both take time: to go through the list of a gram, and to look at rows in vain.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from math import prod

from trunks.search.commonness import COMMON, Shares, narrows, share_of
from trunks.search.grams import LONGEST, is_label
from trunks.search.index import Clue

# In SQLite a row is looked at in the time that it takes to go past so many rows in the list of a gram.
_PASSED_FOR_A_ROW = 145
# Of a word whose grams are all common, these are looked up.
_KEPT_OF_COMMON = 3


def rarest(clues: Sequence[Clue], shares: Shares) -> list[Clue]:
    """Return clues without what tells nothing: grams beside rarer ones of their group, clues beside rarer ones."""
    told = _told(clues, shares)
    rare = [clue for clue in told if narrows(clue, shares)]
    return rare or told


def joining_first(clues: Sequence[Clue], rare: Sequence[Clue], shares: Shares) -> list[Clue]:
    """Return the common clues that are sooner looked up beside rare ones than looked at in the first thousand rows.

    Of a common gram the list is gone through from its beginning, up to where the last of these rows stands.
    """
    told = _told(clues, shares)
    return [clue for clue in told if clue not in rare and _spares_rows(clue, rare, shares)]


def without_idle_labels(rare: Sequence[Clue], shares: Shares) -> list[Clue]:
    """Return clues without labels that are sooner looked at in the rows of the others than looked up.

    One in seven bindings may be a group's, and no number has so many. A word stays: those of names stand in a few
    PBXs, so that most of their lists is passed over.
    """
    words = [clue for clue in rare if not is_label(clue[0][0])]
    if not words:
        return list(rare)
    return [clue for clue in rare if clue in words or _spares_rows(clue, words, shares)]


def without_twins(clues: Sequence[Clue], shares: Shares) -> list[Clue]:
    """Return clues without pieces of a word that are just as common as another one: both stand in the same rows.

    Two words can be equally common by chance, and digits often are. So this is for words beside others, which leave
    few rows to look at in vain.
    """
    return [tuple(_without_twins(group, shares) for group in clue) for clue in clues]


def one_of_each_word(clues: Sequence[Clue], shares: Shares) -> list[Clue]:
    """Return clues with the rarest gram of each group alone."""
    rarest_of = partial(min, key=lambda gram: share_of(gram, shares))
    return [tuple((rarest_of(group),) for group in clue) for clue in clues]


def _told(clues: Sequence[Clue], shares: Shares) -> list[Clue]:
    return [tuple(_telling(group, shares) for group in clue) for clue in clues]


def _telling(group: Sequence[str], shares: Shares) -> tuple[str, ...]:
    rare = tuple(gram for gram in group if share_of(gram, shares) < COMMON)
    if rare:
        return _spread(rare)
    return tuple(sorted(group, key=lambda gram: share_of(gram, shares))[:_KEPT_OF_COMMON])


def _spread(grams: Sequence[str]) -> tuple[str, ...]:
    """Return as many pieces from all over a word as it takes to hold nearly all its letters, and at least two.

    Each takes as long to look up as a hundred rows to look at; the text tells the rest.
    """
    last = len(grams) - 1
    steps = max(2, (last + LONGEST) // LONGEST) - 1
    return tuple(dict.fromkeys(grams[last * step // steps] for step in range(steps + 1)))


def _without_twins(group: Sequence[str], shares: Shares) -> tuple[str, ...]:
    first: dict[str | float, str] = {}
    for gram in group:
        first.setdefault(gram if gram.isdecimal() else shares.get(gram, gram), gram)
    return tuple(first.values())


def _spares_rows(clue: Clue, beside: Sequence[Clue], shares: Shares) -> bool:
    """Tell whether to go through the lists of a clue takes less than to look at the rows that it leaves out."""
    share = min((_share_of(one, shares) for one in beside), default=0.0)
    its_share, grams = _share_of(clue, shares), sum(map(len, clue))
    if not its_share:
        return True
    return bool(share) and (1 / its_share - 1) * _PASSED_FOR_A_ROW > grams / share


def _share_of(clue: Clue, shares: Shares) -> float:
    return min(1.0, sum(_share_of_word(group, shares) for group in clue))


def _share_of_word(grams: Sequence[str], shares: Shares) -> float:
    """Judge how common a word is: digits follow each other by chance, and letters do not.

    Neither do digits that are just as common: nearly all that have a part of `5060` have all of it.
    """
    each = {share_of(gram, shares) for gram in grams}
    return prod(each) if all(map(str.isdecimal, grams)) else min(each)
