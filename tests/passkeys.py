"""A device that holds passkeys, as far as a server can tell: keys, counters and signed answers.

Owns what a real one would say and every way in which a dishonest one could differ. Answers are the JSON
that the desk's script puts into the form.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
from dataclasses import dataclass, field
from typing import Any

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40


def text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


@dataclass
class Device:
    """One key in one device; `origin` and `host` are where its browser stands."""

    origin: str = "http://localhost"
    host: str = "localhost"
    flags: int = PRESENT | VERIFIED
    counter: int = 1
    owner: bytes = b""
    credential_id: bytes = field(default_factory=lambda: os.urandom(32))
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))

    def make(self, question: str) -> str:
        """The answer to `navigator.credentials.create`."""
        asked = json.loads(question)
        self.owner = base64.urlsafe_b64decode(asked["user"]["id"] + "==")
        point = self.key.public_key().public_numbers()
        public = {1: 2, 3: -7, -1: 1, -2: point.x.to_bytes(32, "big"), -3: point.y.to_bytes(32, "big")}
        held = bytes(16) + len(self.credential_id).to_bytes(2, "big") + self.credential_id
        data = self._data(self.flags | ATTESTED) + held + cbor2.dumps(public)
        attestation = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})
        client = self._client("webauthn.create", asked)
        self.counter += 1
        said = {"clientDataJSON": text(client), "attestationObject": text(attestation)}
        return self._answer(said | {"transports": ["internal"]})

    def use(self, question: str, **other: Any) -> str:
        """The answer to `navigator.credentials.get`; `other` parts replace the honest ones."""
        client = self._client("webauthn.get", json.loads(question))
        data = self._data(self.flags)
        signed = self.key.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        self.counter += 1
        parts = {
            "clientDataJSON": text(client),
            "authenticatorData": text(data),
            "signature": text(signed),
            "userHandle": text(self.owner),
        }
        return self._answer(parts | other)

    def _client(self, kind: str, asked: dict[str, Any]) -> bytes:
        told = {"type": kind, "challenge": asked["challenge"], "origin": self.origin, "crossOrigin": False}
        return json.dumps(told).encode()

    def _data(self, flags: int) -> bytes:
        return hashlib.sha256(self.host.encode()).digest() + bytes([flags]) + self.counter.to_bytes(4, "big")

    def _answer(self, response: dict[str, Any]) -> str:
        name = text(self.credential_id)
        body = {"id": name, "rawId": name, "type": "public-key", "clientExtensionResults": {}}
        return json.dumps(body | {"response": response})
