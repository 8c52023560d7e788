"""Why there is no backup."""

from __future__ import annotations


class BackupFailed(Exception):
    """Nothing was written at the target; the text says why and what to do, without any secret."""
