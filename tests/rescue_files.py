"""Files as a phone saves them, made here so that every part of one can be wrong."""

from __future__ import annotations

import hashlib
import hmac
import io
import json
import zipfile
from typing import Any
from uuid import UUID

from tests.builders import encoded, sha256


def a_thing(kind: str, thing_id: UUID | str, body: dict[str, Any]) -> dict[str, Any]:
    """One message of a file."""
    text = encoded(body)
    return {
        "kind": kind,
        "id": str(thing_id),
        "rev": body["rev"],
        "sha256": sha256(text),
        "body": text.decode(),
    }


def a_manifest(walk_id: UUID | str, things: Any, **more: Any) -> bytes:
    head = {"format": "trygga-steg-walk", "version": 2, "client": "test", "saved_at": "2026-11-22T18:00:00Z"}
    walk = {"id": str(walk_id), "title": "Kajen i mörker"}
    return encoded(head | {"walk": walk, "things": things, "unreadable": []} | more)


def a_proof(capability: str, manifest: bytes) -> bytes:
    """What a phone that holds the capability writes beside its manifest."""
    key, digest = sha256(capability.encode()), sha256(manifest)
    mark = hmac.new(key.encode(), digest.encode(), hashlib.sha256).hexdigest()
    return json.dumps({"told": capability.rpartition(".")[0], "mark": mark}).encode()


def packed(members: dict[str, bytes], way: int = zipfile.ZIP_STORED) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", way) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return file.getvalue()


def a_file(manifest: bytes, photos: tuple[bytes, ...] = (), capability: str | None = None) -> bytes:
    """A whole file, as the phone writes it."""
    proof = {"proof.json": a_proof(capability, manifest)} if capability else {}
    pictures = {f"photos/{sha256(photo)}.jpg": photo for photo in photos}
    return packed({"walk.json": manifest} | proof | pictures)
