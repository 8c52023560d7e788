"""The fault table as a report: one line a fault, what the person sees, rows before and after."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import astuple, dataclass

PROPERTY = "fault"
Rows = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Line:
    """What came of one fault; travels from the workers of a parallel run as plain text."""

    fault: str
    outcome: str
    sees: str
    rows: str

    def as_property(self) -> tuple[str, list[str]]:
        """Return what pytest carries along with a test's result."""
        return PROPERTY, list(astuple(self))


def rows_text(before: Rows, after: Rows) -> str:
    """Write trunks and bindings before and after, such as `8+39 → 8+39`."""
    return " → ".join(f"{trunks}+{bindings}" for trunks, bindings in (before, after))


def lines_of(properties: Iterable[tuple[str, object]]) -> list[Line]:
    """Find the lines among the properties of a test's result."""
    return [
        Line(*map(str, value))
        for name, value in properties
        if name == PROPERTY and isinstance(value, list)
    ]


def as_table(lines: list[Line]) -> list[str]:
    """Set the lines in columns under a head."""
    table = [Line("fault", "outcome", "what the person sees", "trunks+bindings before → after")]
    table += lines
    widths = [max(len(astuple(line)[column]) for line in table) for column in range(2)]
    return [
        f"{line.fault:<{widths[0]}}  {line.outcome:<{widths[1]}}  {line.rows:<30}  {line.sees}"
        for line in table
    ]
