"""A passkey made of software, with or without a PIN."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from fido2 import cbor
from fido2.cose import ES256
from fido2.utils import websafe_encode

SITE = "testserver"
PRESENT, VERIFIED, NEW = 0x01, 0x04, 0x40


class Passkey:
    """One that answers challenges of the test server."""

    def __init__(self) -> None:
        self.id = os.urandom(16)
        self.owner = ""
        self._key = ec.generate_private_key(ec.SECP256R1())

    def make(self, options: Mapping[str, Any]) -> dict[str, Any]:
        """Answer `creation_options`."""
        self.owner = options["publicKey"]["user"]["id"]
        public = cbor.encode(ES256.from_cryptography_key(self._key.public_key()))
        known = bytes(16) + len(self.id).to_bytes(2, "big") + self.id + public
        data = self._data(PRESENT | VERIFIED | NEW) + known
        attestation = cbor.encode({"fmt": "none", "attStmt": {}, "authData": data})
        return self._credential(
            clientDataJSON=websafe_encode(self._told("webauthn.create", options)),
            attestationObject=websafe_encode(attestation),
        )

    def use(self, options: Mapping[str, Any], *, verified: bool = True) -> dict[str, Any]:
        """Answer `request_options`, with or without having asked for a PIN."""
        data = self._data(PRESENT | (VERIFIED if verified else 0))
        told = self._told("webauthn.get", options)
        signed = self._key.sign(data + hashlib.sha256(told).digest(), ec.ECDSA(SHA256()))
        return self._credential(
            clientDataJSON=websafe_encode(told),
            authenticatorData=websafe_encode(data),
            signature=websafe_encode(signed),
            userHandle=self.owner,
        )

    def _credential(self, **response: str) -> dict[str, Any]:
        name = websafe_encode(self.id)
        return {
            "id": name,
            "rawId": name,
            "type": "public-key",
            "response": response,
            "clientExtensionResults": {"credProps": {"rk": True}},
        }

    def _told(self, kind: str, options: Mapping[str, Any]) -> bytes:
        challenge = options["publicKey"]["challenge"]
        told = {"type": kind, "challenge": challenge, "origin": f"http://{SITE}"}
        return json.dumps(told).encode()

    def _data(self, flags: int) -> bytes:
        return hashlib.sha256(SITE.encode()).digest() + bytes([flags]) + bytes(4)
