"""What the audit log says of an export: that it began, and how it ended."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Self

from django.contrib.auth.models import User

from trunks.models import Action, AuditEntry
from trunks.origin import Origin, current_origin
from trunks.services.auditing import Details, audit_record
from trunks.services.export.fields import Row


class ExportAudit:
    """One export on its way: the rows are counted as they pass."""

    def __init__(self, begun: AuditEntry, by: User, origin: Origin) -> None:
        self._begun = begun
        self._by = by
        # The end comes when the request is over.
        self._origin = origin
        self._rows = 0

    @classmethod
    def begin(cls, *, by: User, details: Details) -> Self:
        """Record that an export begins: nothing is handed over that is not in the log."""
        origin = current_origin()
        begun = audit_record(Action.EXPORT, by=by, origin=origin, details=details)
        return cls(begun, by, origin)

    def counted(self, batches: Iterator[Sequence[Row]]) -> Iterator[Sequence[Row]]:
        """Pass rows on and count them."""
        for rows in batches:
            self._rows += len(rows)
            yield rows

    def ended_by(self, chunks: Iterator[bytes]) -> RecordedFile:
        """Pass a file on; record its end, also when the browser goes away before it."""
        return RecordedFile(chunks, self._end)

    def _end(self, how: str) -> None:
        audit_record(
            Action.EXPORT_ENDED,
            by=self._by,
            origin=self._origin,
            details={"begun": self._begun.sequence, "rows": self._rows, "ended": how},
        )


class RecordedFile:
    """A file piece by piece whose end is told once; closing it closes the file, also when nobody read a piece."""

    def __init__(self, chunks: Iterator[bytes], tell: Callable[[str], None]) -> None:
        self._chunks = chunks
        self._tell = tell
        self._is_over = False

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        try:
            return next(self._chunks)
        except StopIteration:
            self._end("whole")
            raise
        except Exception:
            self._end("broken off")
            raise

    def close(self) -> None:
        """Let go of the file, wherever it is."""
        if close := getattr(self._chunks, "close", None):
            close()
        self._end("broken off")

    def _end(self, how: str) -> None:
        if not self._is_over:
            self._is_over = True
            self._tell(how)
