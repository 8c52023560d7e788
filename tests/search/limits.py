"""How many rows are few, made so small that every way to rows is gone with few of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any
from unittest.mock import patch

from hypothesis import strategies as st

from trunks.forms import list_state
from trunks.search import beginnings, finding, stretches, trunk_choice, trunk_walk, ways
from trunks.search.commonness import measured
from trunks.search.ways import Ways


@dataclass(frozen=True)
class Limits:
    """Numbers to work under for a while; `are_many` is the judgement on many matches, None to have it made."""

    counted: int
    worth_sorting: int
    walks: tuple[int, ...]
    are_many: bool | None = None
    few_trunks: int = 0
    more_of_rare: int = 0
    landmarks: tuple[str, ...] = ()
    by_beginning: int = 0
    # How many beginnings are sorted at once; with 0, each by itself.
    at_once: float = 2
    # What share of all rows is still looked up by its beginnings; with more than 1, any.
    worth_naming: float = 2.0

    @contextmanager
    def __call__(self) -> Iterator[None]:
        """Let the numbers hold."""
        numbers: dict[str, Any] = {
            "_WORTH_SORTING": self.worth_sorting,
            "_WORTH_SORTING_BY_TRUNK": self.worth_sorting,
            "_WORTH_SORTING_BY_BEGINNING": defaultdict(lambda: range(self.by_beginning)),
            "_TRUNKS_WALKED": max(self.walks, default=0),
        }
        with ExitStack() as patches:
            patches.enter_context(patch.object(finding, "COUNTED", self.counted))
            patches.enter_context(patch.multiple(ways, **numbers))
            patches.enter_context(
                patch.multiple(
                    stretches,
                    _WALKS=self.walks,
                    _WALKS_BY_NUMBER=self.walks,
                )
            )
            patches.enter_context(
                patch.multiple(beginnings, _AT_ONCE=self.at_once, _WORTH_NAMING=self.worth_naming)
            )
            more_of_rare = defaultdict[str, int](lambda: self.more_of_rare)
            patches.enter_context(
                patch.multiple(
                    trunk_choice,
                    _FEW_TRUNKS=self.few_trunks,
                    # Any are rare.
                    _RARE=2,
                    _MORE_OF_RARE=more_of_rare,
                )
            )
            patches.enter_context(patch.multiple(trunk_walk, _FIRST=1, _MOST=2))
            patches.enter_context(patch.multiple(list_state, ROWS_A_PAGE=2, ROWS_AT_ONCE=3))
            patches.enter_context(patch.object(measured, "landmarks", lambda: self.landmarks))
            if self.are_many is not None:
                patches.enter_context(
                    patch.object(Ways, "_are_many", lambda *_: bool(self.are_many))
                )
            yield


ALL_LIMITS = {
    "sampled": Limits(1_000, 5_000, (4_000, 20_000), few_trunks=200),
    "sorted": Limits(1, 1, (), are_many=False),
    "walked": Limits(1, 1, (1, 2), are_many=True),
    "walked in one stretch": Limits(2, 2, (3,), are_many=True, few_trunks=1, more_of_rare=2),
    "walked by landmarks": Limits(1, 1, (1, 1), are_many=True, landmarks=("", "1", "44", "5")),
    "by beginnings": Limits(1, 1, (1, 1), are_many=True, by_beginning=99),
    "by each beginning": Limits(
        1, 1, (1, 1), are_many=True, landmarks=("1", "44", "4420"), by_beginning=99, at_once=0
    ),
    "by one beginning": Limits(
        1,
        1,
        (1, 1),
        are_many=True,
        landmarks=("1", "44", "4420", "55"),
        by_beginning=99,
        at_once=0,
        worth_naming=0.3,
    ),
    "judged": Limits(1, 2, (1, 1)),
}
some_limits = st.sampled_from(list(ALL_LIMITS.values()))
