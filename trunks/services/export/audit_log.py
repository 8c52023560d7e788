"""The audit log as a file: with the codes of its entries, so that a copy elsewhere can be held against it."""

from __future__ import annotations

import csv
import io
import json
from codecs import BOM_UTF8
from collections.abc import Iterable, Iterator
from datetime import UTC

from django.contrib.auth.models import User
from django.utils import timezone

from trunks.models import AuditEntry
from trunks.services.audit_verifying import audit_head
from trunks.services.export.audit import ExportAudit
from trunks.services.export.exporting import ExportFile
from trunks.services.export.formulas import without_formula

_TYPES = {"csv": "text/csv; charset=utf-8; header=present", "json": "application/json"}
_FIELDS = (
    "sequence",
    "at",
    "action",
    "actor",
    "place",
    "address",
    "session",
    "pbx",
    "subject",
    "details",
    "previous",
    "mac",
)


def audit_export(
    *, batches: Iterator[list[AuditEntry]], extension: str, query: str, by: User
) -> ExportFile:
    """Return entries as "csv" or "json"; the entry about the export is made before the first is handed over."""
    head = audit_head()
    audit = ExportAudit.begin(by=by, details={"list": "audit", "format": extension, "query": query})
    rows = audit.counted(batches)
    now = timezone.now()
    about = {
        "list": "audit",
        "exported_by": by.get_username(),
        "exported_at": timezone.localtime(now).isoformat(timespec="seconds"),
        "query": query,
        "head": str(head or ""),
    }
    chunks = _csv(rows) if extension == "csv" else _json(rows, about)
    name = f"pbxdash-audit-{timezone.localtime(now):%Y-%m-%d-%H%M}.{extension}"
    return ExportFile(name, _TYPES[extension], audit.ended_by(chunks))


def _csv(batches: Iterable[Iterable[AuditEntry]]) -> Iterator[bytes]:
    text = io.StringIO(newline="")
    lines = csv.writer(text)
    lines.writerow(_FIELDS)
    yield BOM_UTF8 + text.getvalue().encode()
    for rows in batches:
        text.seek(0)
        text.truncate()
        for entry in rows:
            values = {**_record(entry), "details": entry.details}
            lines.writerow(without_formula(str(values[name])) for name in _FIELDS)
        yield text.getvalue().encode()


def _json(batches: Iterable[Iterable[AuditEntry]], about: dict[str, str]) -> Iterator[bytes]:
    yield f'{{"about": {json.dumps(about, ensure_ascii=False)},\n"entries": ['.encode()
    count = 0
    for rows in batches:
        text = ""
        for entry in rows:
            text += f"{',' if count else ''}\n{json.dumps(_record(entry), ensure_ascii=False)}"
            count += 1
        yield text.encode()
    yield f'\n],\n"entry_count": {count}}}\n'.encode()


def _record(entry: AuditEntry) -> dict[str, object]:
    return {
        "sequence": entry.sequence,
        "at": entry.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "action": entry.action,
        "actor": entry.actor_name,
        "place": entry.place,
        "address": entry.address,
        "session": entry.session,
        "pbx": entry.pbx_slug,
        "subject": entry.subject,
        "details": entry.facts,
        "previous": entry.previous,
        "mac": entry.mac,
    }
