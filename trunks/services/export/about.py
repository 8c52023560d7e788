"""What an export says of itself: who asked for what and when, and how old each PBX's data was."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Generic

from trunks.models.pbx import PbxQuerySet
from trunks.models.pbx_state import PbxState
from trunks.services.export.fields import ExportedList, ExportField, Gap, Row, Value, moment


@dataclass(frozen=True, slots=True)
class Asked:
    """The question that the rows answer: its text, the address of its page, and what of it was not followed."""

    text: str
    address: str
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PbxAge:
    """How far the data of one PBX could be trusted when the export began."""

    pk: int
    slug: str
    name: str
    observed_at: datetime | None
    state: PbxState

    @property
    def as_of(self) -> Value:
        """When all trunks were last read."""
        return Gap.NEVER_FETCHED if self.observed_at is None else moment(self.observed_at)


@dataclass(frozen=True, slots=True)
class Export(Generic[Row]):
    """Rows on their way into a file, and what the file says of them."""

    exported: ExportedList[Row]
    fields: tuple[ExportField[Row], ...]
    batches: Iterator[Sequence[Row]]
    asked: Asked
    by: str
    at: datetime
    pbxs: tuple[PbxAge, ...]


def pbx_ages(pbxs: PbxQuerySet) -> tuple[PbxAge, ...]:
    """Return the PBXs that were asked, by name: one without a row may be the reason why rows are missing."""
    return tuple(
        PbxAge(pbx.pk, pbx.slug, pbx.name, pbx.observed_at, pbx.state)
        for pbx in pbxs.for_lists().defer("secret", "notes", "search_text")
    )
