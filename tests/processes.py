"""The product's own commands as processes of their own, over a fresh SQLite file and keys of one's choice."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.keys import OF_SETTINGS, key

ROOT = Path(__file__).resolve().parents[1]


@dataclass
class Place:
    """A database file and the settings beside it."""

    database: Path
    keys: str = OF_SETTINGS
    # Another database than the file.
    database_url: str = ""
    loopback: str = "false"
    fingerprint_key: str = key("f")

    @property
    def environment(self) -> dict[str, str]:
        """All settings that a process needs, and none of this one's."""
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("PBXDASH_", "TEST_"))}
        return {
            **kept,
            "DJANGO_SETTINGS_MODULE": "pbxdash.settings",
            "PBXDASH_SECRET_KEY": "tests-only-" + "x" * 50,
            "PBXDASH_KEYS": self.keys,
            "PBXDASH_FINGERPRINT_KEY": self.fingerprint_key,
            "PBXDASH_AUDIT_KEY": key("a"),
            "PBXDASH_INSECURE_HTTP": "true",
            "PBXDASH_ALLOW_LOOPBACK_PBXS": self.loopback,
            "PBXDASH_DATABASE_URL": self.database_url or f"sqlite:///{self.database}",
        }

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """Start Python with these arguments."""
        return subprocess.Popen(
            [sys.executable, *arguments],
            cwd=ROOT,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *arguments: str) -> tuple[int, str]:
        """Run `manage.py` to its end; return how it ended and all that it said."""
        with self.start("manage.py", *arguments) as process:
            said = "".join(process.communicate(timeout=120))
        return process.returncode, said

    def script(self, text: str) -> str:
        """Run lines of Python within the site; return what they print."""
        with self.start("-c", f"import django\ndjango.setup()\n{text}") as process:
            said, wrong = process.communicate(timeout=120)
        assert process.returncode == 0, wrong
        return said

    def ask(self, sql: str) -> Any:
        """Return the first value that the database answers, past Django."""
        with closing(sqlite3.connect(self.database, timeout=10)) as database:
            return database.execute(sql).fetchone()[0]
