"""What a report is made from: its question, and the rows that answer it, brought some at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from django.db.models import QuerySet

from trunks.models import Pbx
from trunks.models.pbx import PbxQuerySet
from trunks.search.sample import Count
from trunks.services.export.about import Asked


class Rows(Protocol):
    """A list in its order."""

    def count(self) -> Count:
        """Count the rows, or how many there are at least."""

    def first(self, rows: QuerySet[Any], size: int) -> list[Any]:
        """Bring the first rows; `rows` brings along what is wanted of each."""

    def batches(
        self, rows: QuerySet[Any] | Callable[[Sequence[int]], Iterable[Any]]
    ) -> Iterator[list[Any]]:
        """Bring all rows, some at a time; `rows` may also read them by their ids."""


@dataclass(frozen=True, slots=True)
class Source:
    """A question and where its rows come from; `as_of` is None for now.

    Of a past moment `trunks` are all that can have been there then, also those that are gone since.
    """

    asked: Asked
    pbx: Pbx | None
    site: str
    as_of: datetime | None
    pbxs: PbxQuerySet
    trunks: Rows
    removed: Rows
    bindings: Rows
    doubtful: Rows
    # The site's own address, for links from files.
    origin: str
