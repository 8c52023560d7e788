"""The way from rows to a file: what a view calls."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import IO, Any, NamedTuple

from django.contrib.auth.models import User
from django.utils import timezone
from django.utils.translation import gettext as _

from trunks.models.pbx import PbxQuerySet
from trunks.search.columns import Column
from trunks.services.export.about import Asked, Export, pbx_ages
from trunks.services.export.audit import ExportAudit
from trunks.services.export.csv_file import csv_chunks, csv_ending
from trunks.services.export.fields import ExportedList, Row
from trunks.services.export.json_file import json_chunks, json_ending
from trunks.services.export.xlsx_file import xlsx_file

CHUNK = 1 << 16


@dataclass(frozen=True, slots=True)
class ExportFile:
    """A file to hand over piece by piece; its size when that is known before."""

    name: str
    content_type: str
    chunks: Iterator[bytes]
    size: int | None = None


class ExportHeaders(NamedTuple):
    """What is told of a file before it is one."""

    name: str
    content_type: str


@dataclass(frozen=True, slots=True)
class _Stream:
    """A kind of file that is sent while it is written, and what to end it with when that fails."""

    content_type: str
    chunks: Callable[[Export[Any]], Iterator[bytes]]
    ending: Callable[[str], bytes]


_STREAMS = {
    "csv": _Stream("text/csv; charset=utf-8; header=present", csv_chunks, csv_ending),
    "json": _Stream("application/json", json_chunks, json_ending),
}
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def export_headers(
    *, exported: ExportedList[Row], extension: str, batches: Iterator[Sequence[Row]]
) -> ExportHeaders:
    """Look whether there are rows, and hand over none: so nothing is recorded."""
    return _headers(exported, extension, is_empty=not next(batches, ()))


def export_make(
    *,
    exported: ExportedList[Row],
    extension: str,
    columns: Iterable[Column],
    batches: Iterator[Sequence[Row]],
    asked: Asked,
    pbxs: PbxQuerySet,
    by: User,
) -> ExportFile:
    """Return the rows as a file: "csv" and "json" are written while they are read, "xlsx" is written here.

    The first batch is read here too: a database that is busy is an error page and not the half of a file, and
    the name of an empty file says that it is empty. The audit log says that it began before anything is handed
    over, and how many rows it had when it ends, at its end or before.
    """
    audit = ExportAudit.begin(
        by=by, details={"list": exported.name, "format": extension, "query": asked.text}
    )
    batches = audit.counted(batches)
    first = next(batches, ())
    export = Export(
        exported=exported,
        fields=exported.fields(columns),
        batches=chain([first], batches) if first else iter(()),
        asked=asked,
        by=by.get_username(),
        at=timezone.now(),
        pbxs=pbx_ages(pbxs),
    )
    name, content_type = _headers(exported, extension, is_empty=not first)
    if extension == "xlsx":
        file = xlsx_file(export)
        size = file.seek(0, os.SEEK_END)
        file.seek(0)
        return ExportFile(name, content_type, audit.ended_by(_Pieces(file)), size)
    stream = _STREAMS[extension]
    chunks = _or_says_so(stream.chunks(export), stream.ending)
    return ExportFile(name, content_type, audit.ended_by(chunks))


def _headers(exported: ExportedList[Row], extension: str, *, is_empty: bool) -> ExportHeaders:
    minute = timezone.localtime().strftime("%Y-%m-%d-%H%M")
    name = f"pbxdash-{exported.name}-{minute}{'-empty' if is_empty else ''}.{extension}"
    return ExportHeaders(name, XLSX if extension == "xlsx" else _STREAMS[extension].content_type)


def _or_says_so(chunks: Iterator[bytes], ending: Callable[[str], bytes]) -> Iterator[bytes]:
    """Pass a file on; where it breaks off, end it so that neither people nor parsers take it for a whole one.

    The error goes on to the server as well, but granian ends the answer as if nothing had happened.
    """
    # Translated now: by the end the thread may speak the language of another person.
    sentence = _("THIS FILE IS NOT COMPLETE: the export broke off here. Export again.")

    def passed_on() -> Iterator[bytes]:
        try:
            yield from chunks
        except Exception:
            yield ending(sentence)
            raise

    return passed_on()


class _Pieces:
    """A file piece by piece; closing it closes the file, also when nobody read a piece."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        if piece := self._file.read(CHUNK):
            return piece
        raise StopIteration

    def close(self) -> None:
        """Let go of the file, which is temporary."""
        self._file.close()
