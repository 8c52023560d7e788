"""Writing a ZIP in little memory, with the digest and the size of each file in it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import IO, Self
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from django.utils import timezone

SUMS, MANIFEST, SEAL = "SHA256SUMS", "manifest.json", "seal.json"
# Read by everybody, as tools unpack it.
_PERMISSIONS = 0o644 << 16


@dataclass(frozen=True, slots=True)
class Member:
    """A file in the ZIP."""

    name: str
    sha256: str
    size: int


class Archive:
    """A ZIP being written, all of it within one folder so that it unpacks tidily."""

    def __init__(self, file: IO[bytes], folder: str, at: datetime) -> None:
        self._zip = ZipFile(file, "w", ZIP_DEFLATED)
        self._folder = folder
        self._at = timezone.localtime(at).timetuple()[:6]
        self.members: list[Member] = []

    def add(self, name: str, chunks: Iterable[bytes]) -> Member:
        """Write a file as it comes."""
        info = ZipInfo(f"{self._folder}/{name}", self._at)
        info.compress_type, info.external_attr = ZIP_DEFLATED, _PERMISSIONS
        digest, size = hashlib.sha256(), 0
        # How long it becomes is not known before, and it may be more than 4 GB.
        with self._zip.open(info, "w", force_zip64=True) as out:
            for chunk in chunks:
                out.write(chunk)
                digest.update(chunk)
                size += len(chunk)
        member = Member(name, digest.hexdigest(), size)
        self.members.append(member)
        return member

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        """Write the end of the ZIP."""
        self._zip.close()


def sums_of(members: Iterable[Member]) -> bytes:
    """Return the digests as `sha256sum` writes them."""
    return "".join(f"{one.sha256}  {one.name}\n" for one in members).encode()
