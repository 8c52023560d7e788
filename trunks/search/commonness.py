"""How common grams are: those that many rows have tell little of a word, and cost the most to look up.

Shares are measured on a sample now and then and kept with the index. They decide how rows are looked for, never
which are found, so that old ones only make a search slower.
"""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import Max, QuerySet

from trunks.models import DodBinding, SearchIndex, Trunk
from trunks.search.index import (
    BINDING_GRAMS,
    TRUNK_GRAMS,
    Clue,
    Entry,
    binding_entries,
    trunk_entries,
)

# Rarer grams need no mention.
COMMON = 0.1
# With a gram that more rows have, it is quicker to look at rows as they come.
TOO_COMMON = 0.2
# Of a word whose grams are all common, these are looked up.
KEPT_OF_COMMON = 3
SAMPLED = 2_000
# In a smaller table nothing is slow.
LEAST_SAMPLED = 500
SECONDS_KEPT = 60.0

Shares = Mapping[str, float]


class CommonGrams:
    """The shares of common grams by table, as this process last read them."""

    def __init__(self) -> None:
        self._shares: Mapping[str, Shares] = {}
        self.fresh_until = 0.0

    def of(self, table: str) -> Shares:
        """Return the shares of common grams in a table; reads the database once a minute."""
        if time.monotonic() >= self.fresh_until:
            self.fresh_until = time.monotonic() + SECONDS_KEPT
            kept = SearchIndex.objects.filter(pk=1).values_list("common", flat=True).first()
            self._shares = kept or {}
        return self._shares.get(table, {})


common_grams = CommonGrams()


def telling(clue: Clue, shares: Shares) -> Clue:
    """Return a clue without grams that tell nothing beside the others of their group."""
    return [_telling(group, shares) for group in clue]


def narrows(clue: Clue, shares: Shares) -> bool:
    """Tell whether rows are far fewer by a clue."""
    return all(min(_share(gram, shares) for gram in group) < TOO_COMMON for group in clue)


def measure_common_grams() -> dict[str, dict[str, float]]:
    """Return, for each table of grams, the share of rows that have a gram, as far as it is common."""
    return {table: _common(entries) for table, entries in sampled_entries(SAMPLED).items()}


def sampled_entries(count: int) -> dict[str, list[Entry]]:
    """Return at most so many rows of each table of grams as the index knows them, from all over the tables."""
    bindings = DodBinding.objects.only("target_kind", "issue", "digits", "search_text")
    trunks = Trunk.objects.only("search_text")
    return {
        BINDING_GRAMS: binding_entries(bindings.filter(pk__in=_some_ids(bindings, count))),
        TRUNK_GRAMS: trunk_entries(trunks.filter(pk__in=_some_ids(trunks, count))),
    }


def _common(entries: Sequence[Entry]) -> dict[str, float]:
    if len(entries) < LEAST_SAMPLED:
        return {}
    rows = Counter(gram for entry in entries for gram in entry.grams.split())
    return {gram: n / len(entries) for gram, n in rows.items() if n >= COMMON * len(entries)}


def _some_ids(rows: QuerySet[Any], count: int) -> list[int]:
    """Return ids from all over the table; of deleted rows there are some among them."""
    newest = rows.aggregate(newest=Max("pk"))["newest"] or 0
    ids = range(1, newest + 1)
    return random.Random(newest).sample(ids, min(count, len(ids)))  # noqa: S311  no secret


def _telling(group: Sequence[str], shares: Shares) -> tuple[str, ...]:
    rare = tuple(gram for gram in group if gram not in shares)
    if rare:
        return rare
    return tuple(sorted(group, key=lambda gram: _share(gram, shares))[:KEPT_OF_COMMON])


def _share(gram: str, shares: Shares) -> float:
    # What was not measured is rare, but for a single letter or digit, which nearly every row has.
    return shares.get(gram, 0.0 if len(gram) > 1 or not gram.isascii() else 1.0)
