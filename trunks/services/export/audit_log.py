"""The audit log as a file: with the codes of its entries, so that a copy elsewhere can be held against it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import UTC

from django.contrib.auth.models import User
from django.utils import timezone

from trunks.models import AuditEntry
from trunks.services.audit_verifying import audit_head
from trunks.services.export.audit import ExportAudit
from trunks.services.export.csv_file import csv_lines
from trunks.services.export.exporting import ExportFile, ExportHeaders
from trunks.services.export.fields import ExportField, record
from trunks.sight import sight_of

_TYPES = {"csv": "text/csv; charset=utf-8; header=present", "json": "application/json"}
FIELDS: tuple[ExportField[AuditEntry], ...] = (
    ExportField("sequence", lambda entry: entry.sequence),
    ExportField("at", lambda entry: entry.at.astimezone(UTC).isoformat(timespec="microseconds")),
    ExportField("action", lambda entry: entry.action),
    ExportField("actor", lambda entry: entry.actor_name),
    ExportField("place", lambda entry: entry.place),
    ExportField("address", lambda entry: entry.address),
    ExportField("session", lambda entry: entry.session),
    ExportField("pbx", lambda entry: entry.pbx_slug),
    ExportField("subject", lambda entry: entry.subject),
    ExportField("details", lambda entry: entry.details),
    ExportField("previous", lambda entry: entry.previous),
    ExportField("mac", lambda entry: entry.mac),
)


def audit_headers(extension: str) -> ExportHeaders:
    """Return what is told of such a file before it is made."""
    name = f"pbxdash-audit-{timezone.localtime():%Y-%m-%d-%H%M}.{extension}"
    return ExportHeaders(name, _TYPES[extension])


def audit_export(
    *, batches: Iterator[list[AuditEntry]], extension: str, query: str, by: User
) -> ExportFile:
    """Return entries as "csv" or "json"; the entry about the export is made before the first is handed over."""
    # The end of the chain tells how much is out of sight.
    head = None if sight_of(by).is_limited else audit_head()
    audit = ExportAudit.begin(by=by, details={"list": "audit", "format": extension, "query": query})
    rows = audit.counted(batches)
    about = {
        "list": "audit",
        "exported_by": by.get_username(),
        "exported_at": timezone.localtime().isoformat(timespec="seconds"),
        "query": query,
        "head": str(head or ""),
    }
    chunks = csv_lines(FIELDS, rows) if extension == "csv" else _json(rows, about)
    headers = audit_headers(extension)
    return ExportFile(headers.name, headers.content_type, audit.ended_by(chunks))


def _json(batches: Iterable[Iterable[AuditEntry]], about: dict[str, str]) -> Iterator[bytes]:
    yield f'{{"about": {json.dumps(about, ensure_ascii=False)},\n"entries": ['.encode()
    count = 0
    for rows in batches:
        text = ""
        for entry in rows:
            told = record(FIELDS, entry) | {"details": entry.facts}
            text += f"{',' if count else ''}\n{json.dumps(told, ensure_ascii=False)}"
            count += 1
        yield text.encode()
    yield f'\n],\n"entry_count": {count}}}\n'.encode()
