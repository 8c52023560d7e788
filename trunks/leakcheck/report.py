"""What was looked at, and what was found there."""

from __future__ import annotations

import base64
import binascii
import hashlib
import zlib
from collections import Counter
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from zipfile import BadZipFile, ZipFile

from trunks.leakcheck.markers import Kind, Markers

NOTHING: frozenset[Kind] = frozenset()


@dataclass(frozen=True, slots=True)
class Asked:
    """On what occasion: which route, as whom, in which format."""

    route: str = "-"
    role: str = "-"
    format: str = "-"


@dataclass(frozen=True, slots=True)
class Finding:
    """A secret that got out, without its value."""

    asked: Asked
    place: str
    what: str

    def __str__(self) -> str:
        asked = self.asked
        return f"{self.place}: {self.what} (route {asked.route}, role {asked.role}, {asked.format})"


class EnoughFound(BaseException):
    """The first finding is enough for whoever asked; no error of a page, so that none is made of it."""


class Report:
    """Searches whatever it is shown, and remembers how much that was."""

    def __init__(self, markers: Markers, *, first_only: bool = False) -> None:
        self.markers = markers
        self.asked = Asked()
        self.findings: dict[Finding, None] = {}
        self.looks: Counter[str] = Counter()
        self.size: Counter[str] = Counter()
        self._first_only = first_only
        self._clean: set[tuple[bytes, int]] = set()

    @contextmanager
    def about(self, asked: Asked) -> Iterator[None]:
        """Say on what occasion all that is shown meanwhile came up."""
        before, self.asked = self.asked, asked
        try:
            yield
        finally:
            self.asked = before

    def look(
        self,
        place: str,
        data: str | bytes,
        *,
        allowed: Collection[Kind] = NOTHING,
        asked: Asked | None = None,
    ) -> set[Kind]:
        """Search one thing; `allowed` may be there. Return all kinds that are."""
        raw = data.encode("utf-8", "surrogatepass") if isinstance(data, str) else data
        self.looks[place] += 1
        self.size[place] += len(raw)
        found: set[Kind] = set()
        for reading in readings(raw):
            found |= self._kinds_in(reading)
        for kind in sorted(found.difference(allowed)):
            self.find(place, kind, asked=asked)
        return found

    def find(self, place: str, what: str, *, asked: Asked | None = None) -> None:
        """Note a finding."""
        self.findings[Finding(asked or self.asked, place, what)] = None
        if self._first_only:
            raise EnoughFound

    def _kinds_in(self, data: bytes) -> set[Kind]:
        # Many answers are the same to the letter, such as that of a page that a role may not see.
        known = (hashlib.blake2b(data).digest(), self.markers.count)
        if known in self._clean:
            return set()
        kinds = self.markers.kinds_in(data)
        if not kinds:
            self._clean.add(known)
        return kinds


def readings(data: bytes) -> Iterator[bytes]:
    """Yield some bytes as they are, and what they are packed from: archives and compressed cookies."""
    yield data
    if data.startswith(b"PK"):
        try:
            with ZipFile(BytesIO(data)) as archive:
                yield "\n".join(archive.namelist()).encode()
                for name in archive.namelist():
                    yield from readings(archive.read(name))
        except BadZipFile:
            return
    elif data.startswith(b".") and b"\n" not in data:
        # As Django signs what it has compressed: a dot, base64, a colon and the signature.
        packed = data[1:].partition(b":")[0]
        try:
            yield zlib.decompress(base64.urlsafe_b64decode(packed + b"=" * (-len(packed) % 4)))
        except (binascii.Error, zlib.error):
            return
