"""What made a ZIP: the code and the state of the database, for who asks years later."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

_PLACES = ("pbxdash", "trunks", "templates")
_KINDS = {".py", ".html"}


@cache
def code_digest() -> str:
    """Return a digest over all code and templates; it stands for a version and cannot be forgotten to be raised."""
    root, digest = Path(settings.BASE_DIR), hashlib.sha256()
    files = (path for place in _PLACES for path in (root / place).rglob("*"))
    for path in sorted(path for path in files if path.suffix in _KINDS):
        content = hashlib.sha256(path.read_bytes()).hexdigest()
        digest.update(f"{content}  {path.relative_to(root).as_posix()}\n".encode())
    return digest.hexdigest()


def migrations() -> dict[str, str]:
    """Return the last migration of each part."""
    applied = MigrationRecorder(connection).applied_migrations()
    # Of each the one that comes last in their order.
    return dict(sorted(applied))
