"""The settings file of a first start, with fresh keys: `python -m pbxdash.first_start var/env`.

Plain Python, since the settings cannot be read before the file is there.
"""

from __future__ import annotations

import base64
import os
import secrets
import sys
from pathlib import Path

EXPLANATION = """\
# Written by the first start of pbxdash. Keep it secret, and back it up apart from the database:
# without PBXDASH_KEYS the saved API passwords cannot be read, and without PBXDASH_AUDIT_KEY nobody can
# prove the audit log. docs/settings.md has all settings.
"""


def fresh_settings(*, database: Path, demo: bool) -> str:
    """Return the text of a settings file for this computer alone, over plain HTTP."""
    key, fingerprint_key, audit_key = (
        base64.b64encode(secrets.token_bytes(32)).decode() for _ in range(3)
    )
    lines = {
        "PBXDASH_SECRET_KEY": secrets.token_urlsafe(48),
        "PBXDASH_KEYS": f"first:{key}",
        "PBXDASH_FINGERPRINT_KEY": fingerprint_key,
        "PBXDASH_AUDIT_KEY": audit_key,
        "PBXDASH_DATABASE_URL": f"sqlite:///{database}",
        "PBXDASH_INSECURE_HTTP": "true",
    }
    if demo:
        lines |= {"PBXDASH_DEMO": "true", "PBXDASH_ALLOW_LOOPBACK_PBXS": "true"}
    return EXPLANATION + "".join(f"{name}={value}\n" for name, value in lines.items())


def write_settings(path: Path, *, demo: bool = False) -> bool:
    """Write the file, readable by its owner only; tell whether it was missing."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return False
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(fresh_settings(database=path.parent / "pbxdash.sqlite3", demo=demo))
    return True


def main(arguments: list[str]) -> None:
    """Write the file that the command line names, if it is missing, and say so."""
    demo = "--demo" in arguments
    path = Path(next(text for text in arguments if not text.startswith("--")))
    if write_settings(path, demo=demo):
        sys.stdout.write(f"Wrote {path} with fresh keys. Keep it secret and back it up.\n")


if __name__ == "__main__":
    main(sys.argv[1:])
