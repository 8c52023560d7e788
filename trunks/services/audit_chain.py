"""The codes that hold the audit log together, made with a key that the database does not have.

An entry's code covers all that it says, its place in the chain and the code of the one before. So whoever has the
database alone can neither change an entry nor add one, nor put another in its place.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from hmac import compare_digest

from trunks.keyring import audit_code
from trunks.models import AuditCheck, AuditCheckpoint, AuditEntry, AuditHead

# Everything but the code itself, which covers them.
_COVERED = tuple(field.attname for field in AuditEntry._meta.concrete_fields if field.name != "mac")  # noqa: SLF001  documented


def entry_code(entry: AuditEntry, *, at_place: int | None = None) -> str:
    """Return the code that an entry has to have, here or at another place of the chain."""
    said = {name: getattr(entry, name) for name in _COVERED}
    if at_place is not None:
        said["sequence"] = at_place
    return _code("entry", said)


def head_code(head: AuditHead) -> str:
    """Return the seal of the end of the chain."""
    return _code("head", {"sequence": head.sequence, "mac": head.mac})


def checkpoint_code(checkpoint: AuditCheckpoint) -> str:
    """Return the seal of what stands for trimmed entries."""
    names = ("sequence", "mac", "entries", "first_at", "last_at", "made_at")
    return _code("checkpoint", {name: getattr(checkpoint, name) for name in names})


def check_code(check: AuditCheck) -> str:
    """Return the seal of the result of a walk."""
    names = ("at", "sequence", "mac", "entries", "broken", "broken_at")
    return _code("check", {name: getattr(check, name) for name in names})


def evidence_code(manifest_digest: str) -> str:
    """Return the seal of a ZIP of evidence: nobody else can make one for another manifest."""
    return _code("evidence", {"manifest": manifest_digest})


def evidence_key_name() -> str:
    """Return what tells by which installation a ZIP was sealed, and nothing of its key."""
    return _code("evidence key", {})[:16]


def session_code(session_key: str) -> str:
    """Return what tells sessions apart in the log and opens none."""
    return _code("session", {"key": session_key})[:16]


def is_code(kept: object, code: str) -> bool:
    """Tell whether what a row has is the code that it has to have; somebody may have written anything there."""
    return isinstance(kept, str) and compare_digest(kept.encode("utf-8", "replace"), code.encode())


def _code(kind: str, said: dict[str, object]) -> str:
    # The kind is in it, so that the code of one thing never passes for that of another.
    return audit_code(f"pbxdash {kind} 1 {_CANONICAL.encode(said)}")


def _moment(value: object) -> str:
    if not isinstance(value, datetime):
        raise TypeError(type(value).__name__)
    return value.astimezone(UTC).isoformat(timespec="microseconds")


# One text for what says the same, whichever database it was read from.
_CANONICAL = json.JSONEncoder(sort_keys=True, separators=(",", ":"), default=_moment)
