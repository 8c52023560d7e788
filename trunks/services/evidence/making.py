"""Making evidence: the page and the ZIP, each with its entry in the audit log."""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import IO, Any

from django.conf import settings
from django.contrib.auth.models import User
from django.db.models import Model
from django.utils import timezone

from trunks.models import Action, AuditEntry, Pbx, Trunk
from trunks.models.binding_row import binding_rows
from trunks.search.sample import Count
from trunks.services.audit_chain import evidence_code, evidence_key_name
from trunks.services.auditing import Details, audit_record
from trunks.services.evidence.archive import MANIFEST, SEAL, SUMS, Archive, sums_of
from trunks.services.evidence.columns import (
    AUDIT,
    BINDINGS,
    PBXS_NOW,
    PBXS_THEN,
    TRUNKS_NOW,
    TRUNKS_THEN,
)
from trunks.services.evidence.coverage import Coverage, coverages
from trunks.services.evidence.past import PastTrunk, past_batches
from trunks.services.evidence.product import code_digest, migrations
from trunks.services.evidence.report import Report, report_read
from trunks.services.evidence.source import Source
from trunks.services.export.csv_file import csv_lines
from trunks.services.export.fields import ExportField, moment

FORMAT = "pbxdash-evidence/1"
MAY_READ_LOG = "trunks.view_auditentry"
_AT_ONCE = 2_000
_STYLES = Path("static", "css", "report.css")


@dataclass(frozen=True, slots=True)
class EvidenceFile:
    """A ZIP, in a temporary file at its beginning; whoever reads it closes it."""

    name: str
    file: IO[bytes]


def report_make(*, source: Source, by: User) -> Report:
    """Read a report for its page, and record it; nothing is shown that is not in the log."""
    report = report_read(source=source, by=by)
    counts = {"trunks": _counted(report.trunks.count), "bindings": _counted(report.bindings.count)}
    return _recorded(report, by, {"format": "page", **counts})


def evidence_name(at: datetime) -> str:
    """Return what a ZIP and the folder in it are called."""
    return f"pbxdash-evidence-{timezone.localtime(at):%Y-%m-%d-%H%M%S}"


def evidence_make(*, source: Source, by: User, render: Callable[[Report], str]) -> EvidenceFile:
    """Write the ZIP of a report to a temporary file, in little memory; `render` makes its page.

    All rows are in it, read anew. The entry in the log names the digest of their files, and the manifest the entry.
    """
    begun = timezone.now()
    folder = evidence_name(begun)
    file = tempfile.TemporaryFile()  # noqa: SIM115 - whoever reads it closes it
    try:
        with Archive(file, folder, begun) as archive:
            _write(archive, source, by, render, begun)
        file.seek(0)
    except BaseException:
        file.close()
        raise
    return EvidenceFile(f"{folder}.zip", file)


def _write(
    archive: Archive,
    source: Source,
    by: User,
    render: Callable[[Report], str],
    begun: datetime,
) -> None:
    report = report_read(source=source, by=by)
    rows = _add_rows(archive, source, by)
    ended = timezone.now()
    counts = {"trunks": rows["trunks.csv"], "bindings": rows["bindings.csv"]}
    digest = hashlib.sha256(sums_of(archive.members)).hexdigest()
    report = replace(
        report,
        trunks=replace(report.trunks, count=Count(counts["trunks"], is_exact=True)),
        bindings=replace(report.bindings, count=Count(counts["bindings"], is_exact=True)),
    )
    report = _recorded(report, by, {"format": "zip", **counts, "files": digest})
    archive.add("report.html", [render(report).encode()])
    archive.add("report.css", [(settings.BASE_DIR / _STYLES).read_bytes()])
    about = _about(report) | {
        "rows_read": {"from": moment(begun), "until": moment(ended)},
        "files": [
            {"name": one.name, "sha256": one.sha256, "size": one.size}
            | ({"rows": rows[one.name]} if one.name in rows else {})
            for one in archive.members
        ],
    }
    manifest = archive.add(MANIFEST, [_json(about)])
    archive.add(SEAL, [_json(_seal(manifest.sha256))])
    archive.add(SUMS, [sums_of(archive.members)])


def _recorded(report: Report, by: User, more: Details) -> Report:
    source = report.source
    asked: dict[str, str] = {
        "query": source.asked.text,
        "pbx": source.pbx.slug if source.pbx else "",
        "site": source.site,
        "as_of": moment(source.as_of) if source.as_of else "",
    }
    details = {name: value for name, value in asked.items() if value} | dict(more)
    entry = audit_record(Action.REPORT_MADE, by=by, pbx=source.pbx, details=details)
    return replace(report, entry=entry if by.has_perm(MAY_READ_LOG) else None)


def _counted(count: Count) -> int | str:
    return count.number if count.is_exact else f"more than {count.number}"


def _add_rows(archive: Archive, source: Source, by: User) -> dict[str, int]:
    """Write the CSV files, and return how many rows each has."""
    rows: dict[str, int] = {}

    def add(
        name: str, fields: Sequence[ExportField[Any]], batches: Iterable[Sequence[Any]]
    ) -> None:
        rows[name] = 0

        def counted() -> Iterator[Sequence[Any]]:
            for batch in batches:
                rows[name] += len(batch)
                yield batch

        archive.add(name, csv_lines(fields, counted()))

    if source.as_of is None:
        add("trunks.csv", TRUNKS_NOW, source.trunks.batches(Trunk.objects.for_table()))
        add("removed-trunks.csv", TRUNKS_NOW, source.removed.batches(Trunk.objects.for_table()))
        add("bindings.csv", BINDINGS, source.bindings.batches(binding_rows))
        add("pbxs.csv", PBXS_NOW, _in_batches(source.pbxs.for_table().defer("search_text")))
    else:
        known = coverages(source.pbxs, source.as_of)
        trunks = ([one.trunk for one in batch] for batch in _past(source, known))
        add("trunks.csv", TRUNKS_THEN, trunks)
        bindings = (
            [binding.row for binding in one.bindings()]
            for batch in _past(source, known)
            for one in batch
        )
        add("bindings.csv", BINDINGS, bindings)
        add("pbxs.csv", PBXS_THEN, [[_with_coverage(one) for one in known]])
    if by.has_perm(MAY_READ_LOG):
        add("audit.csv", AUDIT, _entries(source))
    return rows


def _past(source: Source, known: Sequence[Coverage]) -> Iterator[list[PastTrunk]]:
    if source.as_of is None:
        return iter(())
    return past_batches(
        source.trunks.batches(Trunk.objects.for_table()),
        as_of=source.as_of,
        seen={one.pbx.pk: one.before for one in known},
    )


def _with_coverage(coverage: Coverage) -> Pbx:
    coverage.pbx.coverage = coverage  # type: ignore[attr-defined]  # what the columns ask for
    return coverage.pbx


def _in_batches(rows: Iterable[Model]) -> Iterator[list[Model]]:
    yield list(rows)


def _entries(source: Source) -> Iterator[list[AuditEntry]]:
    """Bring what the log has about these PBXs, in its order."""
    entries = AuditEntry.objects.of_pbxs(list(source.pbxs.order_by().values_list("pk", flat=True)))
    sequence = 0
    while batch := list(entries.after(sequence)[:_AT_ONCE]):
        yield batch
        sequence = batch[-1].sequence


def _about(report: Report) -> dict[str, object]:
    source, entry = report.source, report.entry
    return {
        "format": FORMAT,
        "made_by": report.by,
        "made_at": moment(report.at),
        "question": {
            "pbx": source.pbx.slug if source.pbx else None,
            "site": source.site or None,
            "query": source.asked.text or None,
            "as_of": moment(source.as_of) if source.as_of else None,
            "address": source.asked.address,
            "not_followed": list(source.asked.notes),
        },
        "code": code_digest(),
        "migrations": migrations(),
        # Null: who made it may not read the audit log.
        "audit_head": {"sequence": entry.sequence, "mac": entry.mac} if entry else None,
        "pbxs": _ages(source),
    }


def _ages(source: Source) -> list[dict[str, str | None]]:
    """Tell how old the data of each PBX is."""
    if source.as_of is not None:
        return [
            {
                "pbx": one.pbx.slug,
                "known": one.known.value,
                "last_read_before": moment(one.before) if one.before else None,
                "first_read_after": moment(one.after) if one.after else None,
            }
            for one in coverages(source.pbxs, source.as_of)
        ]
    return [
        {
            "pbx": pbx.slug,
            "read_at": moment(pbx.observed_at) if pbx.observed_at else None,
            "state": pbx.state.value,
        }
        for pbx in source.pbxs.for_lists()
    ]


def _seal(manifest_digest: str) -> dict[str, str]:
    return {"key": evidence_key_name(), "manifest": evidence_code(manifest_digest)}


def _json(value: object) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=1) + "\n").encode()
