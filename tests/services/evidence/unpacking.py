"""ZIPs of evidence as tests get, read and change them."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

from django.test import Client
from django.urls import reverse

from tests.services.export.making import csv_rows

Change = Callable[[dict[str, bytes]], None]


def evidence_of(client: Client, **query: str) -> bytes:
    """Download a ZIP as a browser does."""
    response = client.get(reverse("evidence"), query)
    assert response.status_code == 200
    content: bytes = response.getvalue()
    return content


def files_in(content: bytes) -> dict[str, bytes]:
    """Read the files by their names within the folder."""
    with ZipFile(io.BytesIO(content)) as archive:
        return {info.filename.partition("/")[2]: archive.read(info) for info in archive.infolist()}


def rows_in(content: bytes, name: str) -> list[dict[str, str]]:
    """Read one of the CSV files."""
    return csv_rows(files_in(content)[name])


def manifest_of(content: bytes) -> dict[str, Any]:
    """Read the manifest."""
    said: dict[str, Any] = json.loads(files_in(content)["manifest.json"])
    return said


def packed(files: dict[str, bytes], path: Path, *, folder: str = "evidence/") -> Path:
    """Write files as a ZIP again."""
    with ZipFile(path, "w", ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(f"{folder}{name}", content)
    return path
