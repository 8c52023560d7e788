"""How many rows are few, made so small that every way to rows is gone with few of them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from unittest.mock import patch

from hypothesis import strategies as st

from trunks.forms import list_state
from trunks.search import finding
from trunks.search.finding import Finding


@dataclass(frozen=True)
class Limits:
    """Numbers to work under for a while; `are_many` is the judgement on many matches, None to have it made."""

    counted: int
    worth_sorting: int
    walks: tuple[int, ...]
    are_many: bool | None = None
    few_trunks: int = 1

    @contextmanager
    def __call__(self) -> Iterator[None]:
        """Let the numbers hold."""
        with ExitStack() as patches:
            patches.enter_context(patch.object(finding, "COUNTED", self.counted))
            patches.enter_context(patch.object(finding, "_WORTH_SORTING", self.worth_sorting))
            patches.enter_context(
                patch.object(finding, "_WORTH_SORTING_BY_TRUNK", self.worth_sorting)
            )
            patches.enter_context(patch.object(finding, "_FEW_TRUNKS", self.few_trunks))
            patches.enter_context(patch.object(finding, "_WALKS", self.walks))
            patches.enter_context(patch.object(finding, "_WALKS_BY_NUMBER", self.walks))
            patches.enter_context(patch.multiple(list_state, ROWS_A_PAGE=2, ROWS_AT_ONCE=3))
            if self.are_many is not None:
                patches.enter_context(
                    patch.object(Finding, "_are_many", lambda *_: bool(self.are_many))
                )
            yield


ALL_LIMITS = {
    "sampled": Limits(1_000, 5_000, (4_000, 20_000), few_trunks=200),
    "sorted": Limits(1, 1, (), are_many=False),
    "walked": Limits(1, 1, (1, 2), are_many=True),
    "walked in one stretch": Limits(2, 2, (3,), are_many=True),
    "judged": Limits(1, 2, (1, 1)),
}
some_limits = st.sampled_from(list(ALL_LIMITS.values()))
