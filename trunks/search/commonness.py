"""How common grams are: those that many rows have tell little of a word, and cost the most to look up.

This is measured on a sample now and then and kept with the index. It decides how rows are looked for, never
which are found, so that an old measure only makes a search slower.
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

# Rarer grams tell of a word by themselves.
COMMON = 0.1
# Still rarer ones need no mention.
MENTIONED = 0.005
# With a gram that more rows have, it is quicker to look at rows as they come.
TOO_COMMON = 0.25
SAMPLED = 2_000
# In a smaller table nothing is slow.
LEAST_SAMPLED = 500
SECONDS_KEPT = 60.0

Shares = Mapping[str, float]


class Measured:
    """What is measured now and then, as this process last read it."""

    def __init__(self) -> None:
        self._shares: Mapping[str, Shares] = {}
        self._landmarks: Sequence[str] = ()
        self.fresh_until = 0.0

    def shares(self, table: str) -> Shares:
        """Return the shares of rows that have a gram in a table; what is not there is rarer than `MENTIONED`."""
        self._read()
        return self._shares.get(table, {})

    def landmarks(self) -> Sequence[str]:
        """Return digits of numbers from all over the list of bindings, sorted; none of a small list."""
        self._read()
        return self._landmarks

    def _read(self) -> None:
        if time.monotonic() >= self.fresh_until:
            self.fresh_until = time.monotonic() + SECONDS_KEPT
            kept = SearchIndex.objects.filter(pk=1).values_list("common", "landmarks").first()
            self._shares, self._landmarks = kept or ({}, ())


measured = Measured()


def share_of(gram: str, shares: Shares) -> float:
    """Return the share of rows that have a gram."""
    # What was not measured is rare, but for a single letter or digit, which nearly every row has.
    return shares.get(gram, 0.0 if len(gram) > 1 or not gram.isascii() else 1.0)


def narrows(clue: Clue, shares: Shares, *, below: float = TOO_COMMON) -> bool:
    """Tell whether a clue leaves fewer rows than such a share of them."""
    return all(min(share_of(gram, shares) for gram in group) < below for group in clue)


def measure_shares() -> dict[str, dict[str, float]]:
    """Return, for each table of grams, the share of rows that have a gram, as far as it is worth a mention."""
    return {table: _common(entries) for table, entries in sampled_entries(SAMPLED).items()}


def measure_landmarks() -> list[str]:
    """Return the digits of numbers from all over the list of bindings, sorted."""
    rows = DodBinding.objects.filter(pk__in=some_ids(DodBinding.objects.all(), SAMPLED))
    found = sorted(rows.order_by().values_list("digits", flat=True))
    return found if len(found) >= LEAST_SAMPLED else []


def sampled_entries(count: int) -> dict[str, list[Entry]]:
    """Return at most so many rows of each table of grams as the index knows them, from all over the tables."""
    bindings = DodBinding.objects.only("target_kind", "target", "issue", "digits", "search_text")
    trunks = Trunk.objects.only("search_text")
    return {
        BINDING_GRAMS: binding_entries(bindings.filter(pk__in=some_ids(bindings, count))),
        TRUNK_GRAMS: trunk_entries(trunks.filter(pk__in=some_ids(trunks, count))),
    }


def _common(entries: Sequence[Entry]) -> dict[str, float]:
    if len(entries) < LEAST_SAMPLED:
        return {}
    rows = Counter(gram for entry in entries for gram in entry.grams)
    return {gram: n / len(entries) for gram, n in rows.items() if n >= MENTIONED * len(entries)}


def some_ids(rows: QuerySet[Any], count: int) -> list[int]:
    """Return ids from all over the table; of deleted rows there are some among them."""
    newest = rows.aggregate(newest=Max("pk"))["newest"] or 0
    ids = range(1, newest + 1)
    return random.Random(newest).sample(ids, min(count, len(ids)))  # noqa: S311  no secret
