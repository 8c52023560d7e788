"""CSV: RFC 4180, in UTF-8 with a byte order mark, without which Excel takes Chinese names for Latin letters."""

from __future__ import annotations

import csv
import io
from codecs import BOM_UTF8
from collections.abc import Iterable, Iterator, Sequence

from trunks.services.export.about import Export
from trunks.services.export.fields import ExportField, Row, cell
from trunks.services.export.formulas import without_formula


def csv_chunks(export: Export[Row]) -> Iterator[bytes]:
    """Write an export."""
    yield from csv_lines(export.fields, export.batches)


def csv_lines(
    fields: Sequence[ExportField[Row]], batches: Iterable[Sequence[Row]]
) -> Iterator[bytes]:
    """Write the headers and the rows, a batch at a time. No row means headers alone, as parsers expect."""
    text = io.StringIO(newline="")
    lines = csv.writer(text)
    lines.writerow(field.header for field in fields)
    begun = BOM_UTF8
    for rows in batches:
        lines.writerows(
            [without_formula(cell(field.value(row))) for field in fields] for row in rows
        )
        yield begun + _taken(text)
        begun = b""
    if rest := begun + _taken(text):
        yield rest


def csv_ending(sentence: str) -> bytes:
    """Return the end of a file that broke off: a line that people read, and a quote that strict parsers refuse."""
    return f'"{sentence}'.encode()


def _taken(text: io.StringIO) -> bytes:
    """Empty the buffer."""
    taken = text.getvalue().encode()
    text.seek(0)
    text.truncate()
    return taken
