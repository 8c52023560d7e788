"""Secrets that are known beforehand, and the forms in which one could turn up."""

from __future__ import annotations

import base64
import hashlib
import html
import json
import secrets
from collections.abc import Iterator
from enum import StrEnum
from urllib.parse import quote, quote_plus

# Shorter pieces turn up by chance.
SHORTEST = 8
# So many letters of a secret that was made up are written the same everywhere.
CORE = 16


class Kind(StrEnum):
    """What a secret is; only this is ever told of one that got out."""

    SIP_PASSWORD = "SIP password"  # noqa: S105 - the name of a kind
    SIP_FINGERPRINT = "fingerprint of a SIP password"
    API_PASSWORD = "API password"  # noqa: S105
    API_DIGEST = "MD5 of an API password"
    SEALED_SECRET = "sealed API password"  # noqa: S105
    PBX_TOKEN = "token of a PBX"  # noqa: S105
    LOG_IN_PASSWORD = "log-in password"  # noqa: S105
    SESSION_KEY = "session key"
    SHARE_TOKEN = "token of a shared link"  # noqa: S105
    PASSPHRASE = "passphrase of a shared link"  # noqa: S105
    SECOND_FACTOR = "secret of a second factor"
    SETTINGS_KEY = "key of the settings"
    DATABASE_PASSWORD = "password of the database"  # noqa: S105


# Of these nobody may keep a plain digest either: who has a list of words can read it.
GUESSABLE = frozenset({Kind.SIP_PASSWORD, Kind.API_PASSWORD, Kind.LOG_IN_PASSWORD, Kind.PASSPHRASE})


class Markers:
    """Every secret of the world by all of its forms."""

    def __init__(self) -> None:
        self._forms: dict[bytes, Kind] = {}

    @property
    def count(self) -> int:
        """How many forms are looked for by now."""
        return len(self._forms)

    def add(self, kind: Kind, secret: str | bytes) -> None:
        """Look for this one from now on."""
        value = secret.encode() if isinstance(secret, str) else secret
        self._add(kind, value)
        if kind in GUESSABLE:
            for name in ("md5", "sha1", "sha256", "sha512"):
                digest = hashlib.new(name, value, usedforsecurity=False)
                self._add(kind, digest.hexdigest().encode())

    def add_made_up(self, kind: Kind) -> str:
        """Make one up, look for it, and return it."""
        secret = made_up()
        self.add(kind, secret)
        # In whatever it is wrapped, and also cut off, these letters stay as they are.
        self._add(kind, secret[:CORE].encode())
        return secret

    def add_stand_in(self, kind: Kind, text: str) -> None:
        """Look for what stands for a secret in the database, unless it tells the secret: then it is none."""
        if text and not self.kinds_in(text.encode()) - {kind}:
            self.add(kind, text)

    def _add(self, kind: Kind, value: bytes) -> None:
        for form in forms_of(value):
            self._forms[form] = kind

    def kinds_in(self, data: bytes) -> set[Kind]:
        """Return what kinds of secrets some bytes hold."""
        return {kind for form, kind in self._forms.items() if form in data}


def made_up() -> str:
    """Make a secret up that each way of writing writes differently, but for its first letters."""
    return f"{secrets.token_hex(CORE // 2)}+Ä/'<&\">~"


def forms_of(value: bytes) -> set[bytes]:
    """Return how a secret is written in addresses, pages, answers, logs and columns."""
    forms = {value, value.hex().encode(), value.hex().upper().encode(), *_base64_of(value)}
    forms.add(repr(value)[2:-1].encode())
    if value.isascii():
        text = value.decode()
        forms |= {
            quote(text, safe="").encode(),
            quote(text).encode(),
            quote_plus(text).encode(),
            html.escape(text).encode(),
            json.dumps(text)[1:-1].encode(),
            repr(text)[1:-1].encode(),
        }
    return {form for form in forms if len(form) >= SHORTEST}


def _base64_of(value: bytes) -> Iterator[bytes]:
    """Return what base64 makes of a secret wherever it stands in what was encoded."""
    for before, start in ((0, 0), (1, 2), (2, 3)):
        encoded = base64.b64encode(b"\0" * before + value)
        piece = encoded[start : (before + len(value)) * 8 // 6]
        yield from {piece, piece.translate(bytes.maketrans(b"+/", b"-_"))}
