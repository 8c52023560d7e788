"""Exports of rows that a test made up, and how programs read them."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import openpyxl
from django.contrib.auth.models import User

from trunks.models import DodBinding, Pbx
from trunks.models.binding_row import BindingRow, binding_rows
from trunks.search.columns import DOD_COLUMNS, PBX_COLUMNS, TRUNK_COLUMNS
from trunks.services.export.about import Asked
from trunks.services.export.exporting import ExportFile, export_make
from trunks.services.export.fields import ExportedList
from trunks.services.export.formulas import LATER_PIECE, is_formula
from trunks.services.export.lists import DODS, PBXS, TRUNKS

COLUMNS = {"trunks": TRUNK_COLUMNS, "dods": DOD_COLUMNS, "pbxs": PBX_COLUMNS}
LISTS: dict[str, ExportedList[Any]] = {"trunks": TRUNKS, "dods": DODS, "pbxs": PBXS}


def export_of(
    rows: Iterable[object] | Iterator[Sequence[object]],
    extension: str,
    *,
    name: str = "dods",
    keys: Sequence[str] = (),
    question: str = "",
    notes: tuple[str, ...] = (),
) -> ExportFile:
    """Export rows, or batches of rows when that is an iterator, with all columns or those that are named."""
    shown = [column for column in COLUMNS[name] if not keys or column.key in keys]
    batches: Iterator[Any] = rows if isinstance(rows, Iterator) else iter([list(rows)])
    return export_make(
        exported=LISTS[name],
        extension=extension,
        columns=shown,
        batches=batches,
        asked=Asked(question, f"https://pbx.example/{name}/", notes),
        pbxs=Pbx.objects.all(),
        by=User(username="vic"),
    )


def bindings() -> list[BindingRow]:
    """Read all bindings as the list does."""
    ids = DodBinding.objects.order_by("id").values_list("pk", flat=True)
    return sorted(binding_rows(list(ids)))


def content_of(file: ExportFile) -> bytes:
    """Read a whole file."""
    content = b"".join(file.chunks)
    file.chunks.close()  # type: ignore[attr-defined]  # both kinds have it, and the server calls it
    return content


def csv_rows(content: bytes) -> list[dict[str, str]]:
    """Read a CSV file as the csv module does, strictly."""
    text = io.StringIO(content.decode("utf-8-sig"), newline="")
    return list(csv.DictReader(text, strict=True))


def read_back(text: str) -> str:
    """Return a text of a CSV file as it was before formulas were made harmless."""
    return LATER_PIECE.sub(lambda piece: _bare(piece[0]), _bare(text))


def _bare(text: str) -> str:
    return text[1:] if text.startswith("'") and is_formula(text.lstrip("'")) else text


def json_rows(content: bytes) -> list[dict[str, Any]]:
    """Read the rows of a JSON file."""
    rows: list[dict[str, Any]] = json.loads(content)["rows"]
    return rows


def workbook(content: bytes) -> openpyxl.Workbook:
    """Open an XLSX file."""
    return openpyxl.load_workbook(io.BytesIO(content))


def xlsx_rows(content: bytes, sheet: str = "dods") -> list[dict[str, Any]]:
    """Read a sheet by its headers; a cell of no text is an empty one."""
    head, *rows = workbook(content)[sheet].iter_rows(values_only=True)
    names = [str(name) for name in head]
    return [
        dict(zip(names, ["" if value is None else value for value in row], strict=True))
        for row in rows
    ]


def about_of(content: bytes) -> list[list[object]]:
    """Read the lines of the sheet "About", without the empty cells."""
    lines = workbook(content)["About"].iter_rows(values_only=True)
    return [[value for value in line if value is not None] for line in lines]
