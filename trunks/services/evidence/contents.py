"""Checking the files of a ZIP of evidence against what it says of them; needs neither database nor key.

Nothing is unpacked to disk, and nothing in it is believed: names are only compared, and no file is read further than
the manifest says it goes.
"""

from __future__ import annotations

import hashlib
import json
import unicodedata
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from trunks.services.evidence.archive import MANIFEST, SEAL, SUMS, Member, sums_of

FORMAT = "pbxdash-evidence/1"
_CHUNK = 1 << 20
# Of what is read into memory: many PBXs, and no bomb.
_LONGEST_MANIFEST = 64 << 20
_LONGEST_SEAL, _LONGEST_SUMS = 1 << 12, 1 << 16
_ENCRYPTED = 0x1
# Of these no more is unpacked than was asked for; the others unpack all of a piece at once, however much that is.
_METHODS = {ZIP_STORED, ZIP_DEFLATED}
# What reading a damaged or odd ZIP raises, as of names that are not in the letters that it says.
_UNREADABLE = (
    *(BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, RuntimeError),
    *(ValueError, OverflowError),
)


class NoEvidence(Exception):
    """The file is no ZIP of evidence; the text says why."""


class Wrong(Enum):
    """What can be wrong with a file in the ZIP."""

    CHANGED = "changed"
    MISSING = "missing"
    ADDED = "added"


@dataclass(frozen=True, slots=True)
class Fault:
    """A file that is not as it was written."""

    name: str
    wrong: Wrong

    def __str__(self) -> str:
        return f"{self.wrong.value}: {shown(self.name)}"


@dataclass(frozen=True, slots=True)
class Contents:
    """What a ZIP holds: its manifest with its digest, what its seal says, and the files that are wrong."""

    manifest: dict[str, Any]
    manifest_digest: str
    seal: dict[str, Any]
    files: int
    faults: tuple[Fault, ...]


def contents_check(path: Path) -> Contents:
    """Compare every file with the manifest; raise `NoEvidence`."""
    try:
        with ZipFile(path) as archive:
            return _check(archive)
    except _UNREADABLE as error:
        raise NoEvidence(f"it cannot be read as a ZIP ({type(error).__name__})") from None


def shown(text: str) -> str:
    """Return a text from a file as a terminal may show it."""
    plain = "".join("?" if unicodedata.category(one)[0] == "C" else one for one in text)
    return plain if len(plain) <= 200 else f"{plain[:199]}…"


def _check(archive: ZipFile) -> Contents:
    infos, faults = _by_name(archive)
    text = _read(archive, infos.pop(MANIFEST, None), _LONGEST_MANIFEST)
    manifest = _json(text)
    if manifest.get("format") != FORMAT or not isinstance(manifest.get("files"), list):
        raise NoEvidence(f"it has no {MANIFEST} that this version can read")
    try:
        listed = [_member(one) for one in manifest["files"]]
    except (KeyError, TypeError, ValueError):
        raise NoEvidence(f"its {MANIFEST} is malformed") from None
    seal_info, sums_info = infos.pop(SEAL, None), infos.pop(SUMS, None)
    for member in listed:
        info = infos.pop(member.name, None)
        if info is None:
            faults.append(Fault(member.name, Wrong.MISSING))
        elif not _is_as_listed(archive, info, member):
            faults.append(Fault(member.name, Wrong.CHANGED))
    seal_text = _read(archive, seal_info, _LONGEST_SEAL) if seal_info else b""
    own = [_of(MANIFEST, text), _of(SEAL, seal_text)]
    faults += [Fault(SEAL, Wrong.MISSING)] if seal_info is None else []
    faults += _faults_by_sums(archive, sums_info, [*listed, *own])
    faults += [Fault(name, Wrong.ADDED) for name in infos]
    found = tuple(dict.fromkeys(faults))
    return Contents(manifest, own[0].sha256, _json(seal_text), len(listed) + 3, found)


def _faults_by_sums(
    archive: ZipFile, info: ZipInfo | None, members: Sequence[Member]
) -> list[Fault]:
    """Hold the list of digests against the files that it is of; where it is another one, tell for which."""
    if info is None:
        return [Fault(SUMS, Wrong.MISSING)]
    text = _read(archive, info, _LONGEST_SUMS)
    if text == sums_of(members):
        return []
    lines = text.decode(errors="replace").splitlines()
    digests = {name: digest for digest, _, name in (line.partition("  ") for line in lines)}
    differing = [one.name for one in members if digests.get(one.name, one.sha256) != one.sha256]
    return [Fault(name, Wrong.CHANGED) for name in differing or [SUMS]]


def _by_name(archive: ZipFile) -> tuple[dict[str, ZipInfo], list[Fault]]:
    """Find the files of the one folder; whatever lies beside it, or is there twice, was added."""
    names = Counter(info.filename for info in archive.infolist())
    folders = {name.partition("/")[0] for name in names if name.endswith(f"/{MANIFEST}")}
    folder = min(folders, default="")
    if not folder:
        raise NoEvidence(f"it has no {MANIFEST}")
    infos: dict[str, ZipInfo] = {}
    faults: list[Fault] = []
    for info in archive.infolist():
        name = info.filename.removeprefix(f"{folder}/")
        if name == info.filename or names[info.filename] > 1:
            faults.append(Fault(info.filename, Wrong.ADDED))
        if name != info.filename and name and name not in infos:
            infos[name] = info
    return infos, list(dict.fromkeys(faults))


def _read(archive: ZipFile, info: ZipInfo | None, longest: int) -> bytes:
    if info is None:
        raise NoEvidence(f"it has no {MANIFEST}")
    text = b""
    for chunk in _chunks(archive, info):
        text += chunk
        if len(text) > longest:
            raise NoEvidence(f"its {shown(info.filename)} is too long")
    return text


def _is_as_listed(archive: ZipFile, info: ZipInfo, member: Member) -> bool:
    digest, size = hashlib.sha256(), 0
    try:
        for chunk in _chunks(archive, info):
            size += len(chunk)
            if size > member.size:
                return False
            digest.update(chunk)
    except _UNREADABLE:
        return False
    return (digest.hexdigest(), size) == (member.sha256, member.size)


def _chunks(archive: ZipFile, info: ZipInfo) -> Iterator[bytes]:
    if info.flag_bits & _ENCRYPTED or info.compress_type not in _METHODS:
        raise BadZipFile
    with archive.open(info) as file:
        while chunk := file.read(_CHUNK):
            yield chunk


def _member(said: dict[str, Any]) -> Member:
    name, digest, size = said["name"], said["sha256"], said["size"]
    if not (isinstance(name, str) and isinstance(digest, str) and isinstance(size, int)):
        raise TypeError
    # Half a character is in no list of digests.
    name.encode(), digest.encode()
    return Member(name, digest, size)


def _of(name: str, content: bytes) -> Member:
    return Member(name, hashlib.sha256(content).hexdigest(), len(content))


def _json(text: bytes) -> dict[str, Any]:
    try:
        said = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return said if isinstance(said, dict) else {}
