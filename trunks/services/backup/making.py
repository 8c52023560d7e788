"""A backup and its manifest, for whichever database the site has."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import django
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from trunks.keyring import key_name_of
from trunks.services.audit_verifying import Head, audit_head
from trunks.services.backup.errors import BackupFailed
from trunks.services.backup.files import is_same_file, sha256_of, whole_file
from trunks.services.backup.left_out import LEFT_OUT, tables_left_out
from trunks.services.backup.postgresql import dump_postgresql
from trunks.services.backup.sqlite import copy_sqlite
from trunks.services.sealed_places import sealed_places

FORMAT = 1


def backup_make(
    *,
    target: Path,
    each: Callable[[int, int], None] = lambda done, of: None,
    pg_dump: str = "pg_dump",
) -> dict[str, Any]:
    """Write a backup of the running site, and its manifest beside it; return the manifest.

    Raises:
        BackupFailed: there is no new backup, and what was at the target before is still there.
    """
    if _is_live(target) or _is_live(manifest_of(target)):
        raise BackupFailed(f"{target} is the database itself, or a part of it: name another file.")
    begun, head = timezone.now(), audit_head()
    # Before and after, since keys may be rotated meanwhile: the copy needs no others.
    keys = _keys_in_use()
    try:
        with whole_file(target) as part:
            _copy(part, each=each, pg_dump=pg_dump)
            manifest = _manifest(target, part, begun=begun, keys=keys | _keys_in_use(), head=head)
            with whole_file(manifest_of(target)) as beside:
                beside.write_text(json.dumps(manifest, indent=2) + "\n", encoding="utf-8")
    except OSError as error:
        raise BackupFailed(f"{target} cannot be written: {error.strerror}.") from None
    return manifest


def _is_live(target: Path) -> bool:
    if connection.vendor != "sqlite":
        return False
    live = Path(str(connection.settings_dict["NAME"])).resolve()
    # What was written last is in the second file beside it, and the third says where (https://sqlite.org/wal.html).
    # They are there only while somebody has it open, so their names are kept free too.
    parts = [live.with_name(live.name + end) for end in ("", "-wal", "-shm", "-journal")]
    return target.resolve() in parts or any(is_same_file(target, part) for part in parts)


def manifest_of(target: Path) -> Path:
    """Return where the manifest of a backup is."""
    return target.with_name(target.name + ".json")


def _copy(part: Path, *, each: Callable[[int, int], None], pg_dump: str) -> None:
    if connection.vendor == "sqlite":
        source = str(connection.settings_dict["NAME"])
        copy_sqlite(source, part, empty=tables_left_out(), each=each)
    else:
        dump_postgresql(
            connection.settings_dict,
            part,
            server=_server_version() // 10_000,
            empty=tables_left_out(),
            program=pg_dump,
        )


def _manifest(
    target: Path, part: Path, *, begun: datetime, keys: set[str], head: Head | None
) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "file": target.name,
        "made_at": begun.isoformat(timespec="seconds"),
        "bytes": part.stat().st_size,
        "sha256": sha256_of(part),
        "database": _database(),
        "django": django.get_version(),
        "migrations": _newest_migrations(),
        # Their names only: the keys themselves are in the environment, and in no backup of the database.
        "keys": sorted(keys),
        "needs_fingerprint_key": True,
        "needs_audit_key": True,
        # As the log ended when the backup began: the copy has this entry, and maybe some more.
        "audit_head": str(head) if head else None,
        "left_out": tables_left_out(),
    }


def _keys_in_use() -> set[str]:
    """Return the names of the keys that open what goes into the backup."""
    kept = (place for place in sealed_places() if place.rows().model not in LEFT_OUT)
    texts = (sealed for place in kept for batch in place.batches() for sealed in batch)
    return {key_name_of(sealed.text) for sealed in texts}


def _database() -> str:
    version = _server_version()
    if connection.vendor == "sqlite":
        return f"sqlite {sqlite3.sqlite_version}"
    return f"postgresql {version // 10_000}.{version % 10_000}"


def _server_version() -> int:
    return int(getattr(connection, "pg_version", 0))


def _newest_migrations() -> dict[str, str]:
    """Return the newest migration of each application, which says what code a restored copy needs at least."""
    applied = sorted(MigrationRecorder(connection).applied_migrations())
    return dict(applied)
