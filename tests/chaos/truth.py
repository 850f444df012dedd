"""What the server has in the end, read past all of its own views.

Owns the reading of rows and of photo files. Promises plain values that outlive the database. Judges
nothing.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from app.adapters.photo_store import NotFound
from app.db import Base, db
from app.models import Change, Participant, Photo, PhotoEncoding, Pin, PinPhoto, PinRevision, Rating, Walk
from app.operations.photos import photo_store

Row = dict[str, Any]


@dataclass
class Truth:
    """Rows as they are, ids as text; `damaged` are photos, as (walk, sent hash), whose bytes are not
    what their row says."""

    pins: dict[str, Row] = field(default_factory=dict)
    revisions: list[Row] = field(default_factory=list)
    photos: list[Row] = field(default_factory=list)
    places: list[Row] = field(default_factory=list)
    ratings: dict[str, Row] = field(default_factory=dict)
    changes: list[Row] = field(default_factory=list)
    walks: dict[str, Row] = field(default_factory=dict)
    participants: dict[str, Row] = field(default_factory=dict)
    damaged: list[tuple[str, str]] = field(default_factory=list)


def read() -> Truth:
    """Everything, within an app's context."""
    encodings = _rows(PhotoEncoding)
    photos = _rows(Photo)
    return Truth(
        pins=_by_id(Pin),
        revisions=_rows(PinRevision),
        photos=photos,
        places=_rows(PinPhoto),
        ratings=_by_id(Rating),
        changes=_rows(Change),
        walks=_by_id(Walk),
        participants=_by_id(Participant),
        damaged=[
            (photo["walk_id"], photo["sent_sha256"]) for photo in photos if not _is_whole(photo, encodings)
        ],
    )


def unfinished() -> int:
    """How many photos no worker has finished, within an app's context."""
    return db.session.scalar(sa.select(sa.func.count()).where(Photo.state == "received")) or 0


def _rows(model: type[Base]) -> list[Row]:
    found = db.session.execute(sa.select(model.__table__)).mappings()
    plain = (int, float, bool, str, dict, list, type(None))
    return [{name: one if isinstance(one, plain) else str(one) for name, one in row.items()} for row in found]


def _by_id(model: type[Base]) -> dict[str, Row]:
    return {row["id"]: row for row in _rows(model)}


def _is_whole(photo: Row, encodings: list[Row]) -> bool:
    """Whether the upload, or else every encoding made of it, lies in the store as it should."""
    if photo["state"] == "ready":
        wanted = [(one["key"], one["stored_sha256"]) for one in encodings if one["photo_id"] == photo["id"]]
        return len(wanted) >= 2 and all(_is_there(*one) for one in wanted)
    return bool(photo["upload_key"]) and _is_there(photo["upload_key"], photo["sent_sha256"])


def _is_there(key: str, sha256: str) -> bool:
    try:
        return hashlib.sha256(photo_store().read(key)).hexdigest() == sha256
    except NotFound:
        return False
