"""XLSX: the rows, and a sheet that says what they are. What a PBX reported is text, whatever it looks like."""

from __future__ import annotations

import re
import tempfile
from collections import Counter
from collections.abc import Sequence
from typing import IO, Any

from django.utils.translation import gettext as _
from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from trunks.services.export.about import Export
from trunks.services.export.fields import ExportField, Row, Value, cell, moment

ROWS_OF_A_SHEET = 1_048_576
# Of the 32,767 that a cell takes, in UTF-16; the rest is for saying that it was cut.
LONGEST_TEXT = 32_000
_NEVER_IN_XML = re.compile("[\ufffe\uffff]")


def xlsx_file(export: Export[Row], *, rows_of_a_sheet: int = ROWS_OF_A_SHEET) -> IO[bytes]:
    """Write a whole workbook to a temporary file, in little memory, and return it at its beginning.

    More rows than a sheet holds go on in further sheets, each with the headers.
    """
    file = tempfile.TemporaryFile()  # noqa: SIM115 - whoever reads it closes it
    try:
        with (
            tempfile.TemporaryDirectory() as folder,
            Workbook(file, {"constant_memory": True, "tmpdir": folder}) as book,
        ):
            _write(book, export, rows_of_a_sheet)
        file.seek(0)
    except BaseException:
        file.close()
        raise
    return file


def _write(book: Workbook, export: Export[Row], rows_of_a_sheet: int) -> None:
    book.use_zip64()
    sheet = _Sheet(book, export.exported.name, export.fields)
    about = book.add_worksheet("About")
    rows_of: Counter[int] = Counter()
    sheets = 1
    for rows in export.batches:
        for row in rows:
            if sheet.next_row == rows_of_a_sheet:
                sheet.end()
                sheets += 1
                sheet = _Sheet(book, f"{export.exported.name} {sheets}", export.fields)
            sheet.write(row)
            rows_of[export.exported.pbx_id(row)] += 1
    sheet.end()
    _write_about(book, about, export, rows_of)


class _Sheet:
    """A sheet of rows, written downwards: what is below the last row is not in memory yet, what is above no more."""

    def __init__(self, book: Workbook, name: str, fields: Sequence[ExportField[Any]]) -> None:
        # As text also when somebody edits the cell; else Excel would drop leading zeros then.
        self._as_text = book.add_format({"num_format": "@"})
        self._sheet = book.add_worksheet(name)
        self._fields = fields
        self._sheet.freeze_panes(1, 0)
        self._sheet.ignore_errors({"number_stored_as_text": f"A1:XFD{ROWS_OF_A_SHEET}"})
        bold = book.add_format({"bold": True})
        for column, field in enumerate(fields):
            self._sheet.set_column(column, column, field.width)
            self._sheet.write_string(0, column, field.header, bold)
        self.next_row = 1

    def write(self, row: object) -> None:
        """Write a row below the others."""
        for column, field in enumerate(self._fields):
            _write_value(self._sheet, self.next_row, column, field.value(row), self._as_text)
        self.next_row += 1

    def end(self) -> None:
        """Let people filter what was written."""
        self._sheet.autofilter(0, 0, self.next_row - 1, len(self._fields) - 1)


def _write_value(sheet: Worksheet, row: int, column: int, value: Value, as_text: Format) -> None:
    """Write what we counted as a number and everything else as text, to the letter."""
    if isinstance(value, int):
        sheet.write_number(row, column, value)
        return
    text = _for_sheet(cell(value))
    if text.startswith("<r>") and text.endswith("</r>"):
        # xlsxwriter takes such a text for its own markup, and would let it write cells and formulas; in
        # pieces it is escaped.
        sheet.write_rich_string(row, column, text[0], text[1], text[2:], as_text)
    else:
        sheet.write_string(row, column, text, as_text)


def _for_sheet(text: str) -> str:
    """Return a text without the two characters that no XML may hold, and say so where a cell cannot hold it all."""
    text = _NEVER_IN_XML.sub("\ufffd", text)
    if len(text) <= LONGEST_TEXT // 2:
        return text
    encoded = text.encode("utf-16-le")
    if len(encoded) <= 2 * LONGEST_TEXT:
        return text
    kept = encoded[: 2 * LONGEST_TEXT].decode("utf-16-le", "ignore")
    cut = _("… cut here: a cell cannot hold all %(count)d characters, CSV and JSON have them.")
    return f"{kept} {cut % {'count': len(text)}}"


def _write_about(
    book: Workbook, sheet: Worksheet, export: Export[Row], rows_of: Counter[int]
) -> None:
    """Say who exported what, when and from which question, how many rows there are, and how old the data was."""
    bold, as_text = book.add_format({"bold": True}), book.add_format({"num_format": "@"})
    sheet.set_column(0, 0, 28)
    sheet.set_column(1, 4, 26)
    count = rows_of.total()
    nothing = _("0: nothing matched when this was exported")
    lines: list[tuple[str, Value]] = [
        (_("List"), export.exported.name),
        (_("Exported by"), export.by),
        (_("Exported at"), moment(export.at)),
        (_("Search"), export.asked.text or _("none: the whole list, or as its address filters it")),
        (_("Address of the list"), export.asked.address),
        *((_("Not followed"), note) for note in export.asked.notes),
        (_("Rows"), count or nothing),
    ]
    for row, (label, value) in enumerate(lines):
        sheet.write_string(row, 0, label, bold)
        _write_value(sheet, row, 1, value, as_text)
    top = len(lines) + 1
    heads = [_("PBX"), _("Name in addresses"), _("Data from"), _("State"), _("Rows in this file")]
    for column, head in enumerate(heads):
        sheet.write_string(top, column, head, bold)
    for row, pbx in enumerate(export.pbxs, start=top + 1):
        values = (pbx.name, pbx.slug, pbx.as_of, str(pbx.state.label), rows_of[pbx.pk])
        for column, value in enumerate(values):
            _write_value(sheet, row, column, value, as_text)
