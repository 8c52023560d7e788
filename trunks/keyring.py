"""Secrets at rest: AES-256-GCM under named keys, each ciphertext bound to the place it belongs to.

A sealed text reads `v1:<key name>:<base64 of nonce and ciphertext>`. The context (table, column and row) is
authenticated with it, so that a ciphertext moved to another row is refused instead of decrypted there.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import os
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

VERSION = "v1"
NONCE_BYTES = 12
KEY_BYTES = 32


class SecretUnavailable(Exception):
    """A secret cannot be read: its key is missing or wrong, or it was sealed for another place."""


class KeysUnusable(SecretUnavailable):
    """A key of the settings is missing or malformed; the text says which."""


@dataclass(frozen=True, slots=True)
class Keyring:
    """The keys by name; the first one seals, every one opens."""

    keys: dict[str, bytes] = field(repr=False)

    @property
    def first(self) -> str:
        """The name of the key that seals."""
        return next(iter(self.keys))

    @classmethod
    def read(cls, text: str) -> Keyring:
        """Read `name:base64` pairs, comma separated; raise `KeysUnusable` with a safe sentence."""
        keys: dict[str, bytes] = {}
        for pair in filter(None, (piece.strip() for piece in text.split(","))):
            name, colon, encoded = pair.partition(":")
            key = _decode(encoded) if colon and name else None
            if key is None or len(key) != KEY_BYTES:
                raise KeysUnusable(
                    "PBXDASH_KEYS is malformed: write name:key pairs, each key 32 bytes in base64."
                )
            if name in keys:
                raise KeysUnusable(
                    f"PBXDASH_KEYS has two keys named {name!r}: give the new one a name of its own."
                )
            keys[name] = key
        if not keys:
            raise KeysUnusable("PBXDASH_KEYS is not set: API passwords cannot be kept or used.")
        return cls(keys)

    def seal(self, plaintext: str, *, context: str) -> str:
        """Encrypt under the first key, for this context alone."""
        name, key = self.first, self.keys[self.first]
        nonce = os.urandom(NONCE_BYTES)
        ciphertext = AESGCM(key).encrypt(nonce, plaintext.encode(), context.encode())
        return f"{VERSION}:{name}:{base64.b64encode(nonce + ciphertext).decode()}"

    def unseal(self, sealed: str, *, context: str) -> str:
        """Decrypt what `seal` made for the same context; raise `SecretUnavailable`, never guess."""
        version, _, rest = sealed.partition(":")
        name, _, encoded = rest.partition(":")
        key, blob = self.keys.get(name), _decode(encoded)
        if version != VERSION or key is None or blob is None:
            raise SecretUnavailable("the key that it was sealed with is missing")
        try:
            return (
                AESGCM(key)
                .decrypt(blob[:NONCE_BYTES], blob[NONCE_BYTES:], context.encode())
                .decode()
            )
        except (InvalidTag, ValueError):
            raise SecretUnavailable("the key is wrong, or the secret was moved") from None


def key_name_of(sealed: str) -> str:
    """Return the name of the key that a text was sealed with; "" for a text that is not sealed."""
    version, _, rest = sealed.partition(":")
    name, colon, _ = rest.partition(":")
    return name if version == VERSION and colon else ""


def keyring() -> Keyring:
    """Return the keyring of the settings; raise `KeysUnusable`."""
    return Keyring.read(settings.PBXDASH_KEYS)


def password_fingerprint(password: str) -> str:
    """Return a keyed fingerprint (64 hex digits) that tells equal SIP passwords from different ones.

    The key is its own, apart from the data keys, and stays when those are rotated.
    """
    return hmac.new(
        _fingerprint_key(), password.encode("utf-8", "surrogatepass"), hashlib.sha256
    ).hexdigest()


def key_checks() -> dict[str, str]:
    """Return a check value for each key of the settings, by what it is: it knows a key again, and tells nothing of it.

    Raises `KeysUnusable`.
    """
    named = {f"data:{name}": key for name, key in keyring().keys.items()}
    named["fingerprint"] = _fingerprint_key()
    named["audit"] = _audit_key()
    return {name: _check_value(name, key) for name, key in named.items()}


def _check_value(name: str, key: bytes) -> str:
    return hmac.new(key, f"pbxdash key check 1:{name}".encode(), hashlib.sha256).hexdigest()


def _fingerprint_key() -> bytes:
    key = _decode(settings.PBXDASH_FINGERPRINT_KEY)
    if key is None or len(key) != KEY_BYTES:
        raise KeysUnusable("PBXDASH_FINGERPRINT_KEY is missing or is not 32 bytes in base64.")
    return key


def audit_code(text: str) -> str:
    """Return a keyed hash (64 hex digits) that nobody can make who has the database alone.

    The key is its own, and stays: with another one the whole audit log would look forged.
    """
    return hmac.digest(_audit_key(), text.encode(), "sha256").hex()


def _audit_key() -> bytes:
    key = _decode(settings.PBXDASH_AUDIT_KEY)
    if key is None or len(key) != KEY_BYTES:
        raise KeysUnusable("PBXDASH_AUDIT_KEY is missing or is not 32 bytes in base64.")
    return key


def _decode(encoded: str) -> bytes | None:
    try:
        return base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        return None
