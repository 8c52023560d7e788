"""Whether a ZIP of evidence came from this installation, and whether the audit log still has its entry."""

from __future__ import annotations

from enum import Enum

from django.db import DatabaseError

from trunks.keyring import KeysUnusable
from trunks.models import AuditCheckpoint, AuditEntry
from trunks.services.audit_chain import entry_code, evidence_code, evidence_key_name, is_code
from trunks.services.evidence.contents import Contents


class Seal(Enum):
    """What the seal tells."""

    OURS = "it was made by this installation and not changed since"
    FALSE = (
        "it is FALSE: whoever made or changed this file did not have the key of this installation"
    )
    OF_OTHERS = "it is of another installation, which alone can check it"
    NO_KEY = "it was not checked, for there is no audit key here"


class Logged(Enum):
    """What the audit log says of the entry that the manifest names."""

    THERE = "the entry is in the log, with this code"
    TRIMMED = "the entry is trimmed: the log was kept only as long as the settings say"
    MISSING = "the entry is MISSING from the log"
    DIFFERENT = "the log has a DIFFERENT entry in its place"
    NOT_NAMED = "none is named: who made the file may not read the log"
    NO_DATABASE = "it was not looked for, for there is no database here"


def seal_check(contents: Contents) -> Seal:
    """Hold the seal against the manifest as it is."""
    try:
        key, code = evidence_key_name(), evidence_code(contents.manifest_digest)
    except KeysUnusable:
        return Seal.NO_KEY
    if not is_code(contents.seal.get("key"), key):
        return Seal.OF_OTHERS
    return Seal.OURS if is_code(contents.seal.get("manifest"), code) else Seal.FALSE


def entry_find(contents: Contents) -> Logged:
    """Look for the entry that was made with the ZIP; only of a sealed one does its number mean anything."""
    head = contents.manifest.get("audit_head")
    if not isinstance(head, dict) or not isinstance(head.get("sequence"), int):
        return Logged.NOT_NAMED
    try:
        entry = AuditEntry.objects.filter(sequence=head["sequence"]).first()
        is_trimmed = AuditCheckpoint.objects.filter(sequence__gte=head["sequence"]).exists()
    except DatabaseError:
        return Logged.NO_DATABASE
    if entry is None:
        return Logged.TRIMMED if is_trimmed else Logged.MISSING
    is_whole = is_code(entry.mac, entry_code(entry)) and is_code(head.get("mac"), entry.mac)
    return Logged.THERE if is_whole else Logged.DIFFERENT
