"""What an export holds: named values of a row, and words for why there is none.

Rule 1 of the design holds in files too. An empty cell was reported and empty; what was not reported, and what
a kind of trunk does not have, is said in words. Every field is named here: nothing is exported by accident.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any, Generic, TypeVar

from django.utils import timezone

from trunks.search.columns import Column

# A row of a list: a model, or plain values where there are many.
Row = TypeVar("Row")


class Gap(Enum):
    """Why a row has no value; the words stand in CSV and XLSX."""

    NOT_REPORTED = "not reported"
    NOT_APPLICABLE = "not applicable"
    NOT_READABLE = "not readable"
    NEVER_FETCHED = "never fetched"


# A number is something that we counted; whatever a PBX reports is text, digits included.
Value = str | int | Gap


@dataclass(frozen=True, slots=True)
class ExportField(Generic[Row]):
    """One value of each row, under a name that never changes and in no language but English."""

    header: str
    value: Callable[[Row], Value]
    # Of its column in a spreadsheet, in characters.
    width: int = 16


@dataclass(frozen=True, slots=True)
class ExportedList(Generic[Row]):
    """A list that can be exported: the fields behind each of its columns, and those that every file has."""

    name: str
    of_columns: Mapping[str, tuple[ExportField[Row], ...]]
    always: tuple[ExportField[Row], ...]
    pbx_id: Callable[[Row], int]

    def fields(self, columns: Iterable[Column]) -> tuple[ExportField[Row], ...]:
        """Return the fields of the columns in their order, each once, then those that were missing."""
        shown = [field for column in columns for field in self.of_columns[column.key]]
        return tuple(dict.fromkeys([*shown, *self.always]))


def cell(value: Value) -> str:
    """Return a value as the text of a cell."""
    return value.value if isinstance(value, Gap) else str(value)


def record(fields: Iterable[ExportField[Any]], row: object) -> dict[str, str | int | None]:
    """Return a row by the names of its fields.

    Null is what was not reported, not readable or never fetched; a field that does not apply is left out.
    """
    values = ((field.header, field.value(row)) for field in fields)
    return {
        header: None if isinstance(value, Gap) else value
        for header, value in values
        if value is not Gap.NOT_APPLICABLE
    }


def moment(when: datetime) -> str:
    """Return a moment as ISO 8601 has it, in the zone of the site and with its offset."""
    return timezone.localtime(when).isoformat(timespec="seconds")
