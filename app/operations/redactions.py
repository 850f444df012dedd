"""Redaction: boxes burnt into new encodings of a photo, and the original kept apart for a while.

Owns a photo's boxes and proposals, and its original. Promises that from the commit on only the redacted
encodings are shown, that whatever lies in the store is named by a row (an encoding's or a leftover's),
and that opening an original leaves a line in the log. The pictures are made between transactions, so
the acts here hold their own.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.adapters.children import Lost
from app.adapters.ids import new_id
from app.adapters.images import Encoded, encode
from app.adapters.photo_store import NotFound
from app.db import AnyRow, db, table, transaction
from app.models import Leftover, Organisation, Photo, PhotoEncoding
from app.operations import audit, feed, rights, who
from app.operations.leftovers import leave
from app.operations.photos import encoding_rows, photo_store, sealed
from app.operations.review import locked_walk, move_pin, pins_with, views_of
from app.problems import Problem
from app.rules.access import Actor
from app.rules.redactions import Box, clipped, kept_until

PHOTO = table(Photo)
ENCODING = table(PhotoEncoding)
LEFTOVER = table(Leftover)
SPARED = timedelta(hours=1)
"""Bytes that are being stored have this long to be named by an encoding."""
BATCH = 50


@dataclass(frozen=True)
class Wanted:
    """How a photo's black-outs shall be: burnt boxes, and proposals that still wait for a human."""

    boxes: list[Box]
    proposals: list[Box]


def redact(
    actor: Actor, walk_id: UUID, photo_id: UUID, wanted: Wanted, seen: int, now: datetime
) -> dict[str, Any]:
    """Burn `wanted.boxes` into the photo, and no others; fewer than before bring pixels back.

    Raises Problem(not_found | forbidden | stale | busy), StoreFull, StoreUnavailable.
    """
    photo, encodings = _seen_photo(actor, walk_id, photo_id, seen)
    full = encodings["full"]
    boxes, proposals = (clipped(some, full.width, full.height) for some in (wanted.boxes, wanted.proposals))
    made = None
    if boxes != (photo.boxes or []):
        made = _store_new(photo, encodings, boxes, now)
    with transaction():
        walk = locked_walk(actor, walk_id)
        photo = _photo(walk_id, photo_id, seen)
        values: dict[str, Any] = {"boxes": boxes or None, "proposals": proposals}
        if made:
            values |= {"shown_id": new_id(), "redacted_at": now if boxes else None}
            _swap(photo, encodings, made, boxes, now)
        return _tell(actor, walk, photo, values, now)


def open_original(actor: Actor, walk_id: UUID, photo_id: UUID, now: datetime) -> bytes:
    """The picture before its redaction, with a line in the log.

    Raises Problem(not_found | forbidden), StoreUnavailable.
    """
    with transaction():
        walk = locked_walk(actor, walk_id)
        _photo(walk_id, photo_id)
        original = _encodings(photo_id).get("original")
        if original is None:
            raise Problem("not_found")
        thing = ("photo", photo_id)
        audit.note(actor, walk.organisation_id, "open_original", now, walk_id=walk_id, thing=thing)
        key = original.key
    try:
        return photo_store().read(key)
    except NotFound as gone:
        raise Problem("not_found") from gone


def purge_originals(now: datetime) -> int:
    """Let go of originals whose organisation keeps them no longer; their black-outs are for ever.

    Returns how many. The bytes go with the next `delete_leftovers`.
    """
    days = sa.select(PHOTO.c.id, PHOTO.c.walk_id, PHOTO.c.redacted_at, Organisation.original_days)
    kept = days.join(Organisation, Organisation.id == PHOTO.c.organisation_id)
    rows = db.session.execute(kept.where(PHOTO.c.redacted_at.is_not(None)).order_by(PHOTO.c.redacted_at))
    over = [row for row in rows if kept_until(row.redacted_at, row.original_days) <= now][:BATCH]
    return sum(_purge(row.id, row.walk_id, row.redacted_at, now) for row in over)


def _seen_photo(actor: Actor, walk_id: UUID, photo_id: UUID, seen: int) -> tuple[AnyRow, dict[str, AnyRow]]:
    """The photo and its encodings, before any picture is touched; the connection is given back."""
    rights.require(actor, feed.feed_head(walk_id).organisation_id, "run")
    photo, encodings = _photo(walk_id, photo_id, seen), _encodings(photo_id)
    db.session.rollback()
    if "full" not in encodings:
        raise Problem("not_found")
    return photo, encodings


def _photo(walk_id: UUID, photo_id: UUID, seen: int | None = None) -> AnyRow:
    known = sa.and_(PHOTO.c.id == photo_id, PHOTO.c.walk_id == walk_id)
    photo = db.session.execute(sa.select(PHOTO).where(known)).first()
    if photo is None:
        raise Problem("not_found")
    if seen is not None and photo.seq != seen:
        pins = pins_with(walk_id, photo.sent_sha256)
        current = {"seq": photo.seq, "review": photo.review, "pins": views_of(walk_id, pins)}
        by = who.changed_pins(feed.feed_head(walk_id), [pin.id for pin in pins], photo.seq)
        raise Problem("stale", current=current, by=by)
    return photo


def _encodings(photo_id: UUID) -> dict[str, AnyRow]:
    rows = db.session.execute(sa.select(ENCODING).where(ENCODING.c.photo_id == photo_id))
    return {row.size: row for row in rows}


def _store_new(
    photo: AnyRow, encodings: dict[str, AnyRow], boxes: list[Box], now: datetime
) -> list[dict[str, Any]]:
    """Make and store the encodings that shall be shown, and the original beside them."""
    source = encodings.get("original") or encodings["full"]
    try:
        whole = photo_store().read(source.key)
    except NotFound as gone:
        raise Problem("not_found") from gone
    try:
        burnt = encode(whole, boxes)
    except Lost as lost:  # our own picture is sound: the machine was short of something
        raise Problem("busy") from lost
    if not boxes:  # back to the very bytes, not to a copy of a copy
        size = source.width, source.height
        burnt = Encoded(whole, size, burnt.thumb, burnt.thumb_size, burnt.look)
    rows = encoding_rows(photo.walk_id, photo.id, burnt, f"-{new_id()}")
    pieces = list(zip(rows, (burnt.full, burnt.thumb), strict=True))
    if boxes and "original" not in encodings:
        pieces.append((_original_row(photo, source), whole))
    with transaction():
        leave([row["key"] for row, _data in pieces], photo.organisation_id, now + SPARED)
    for row, data in pieces:
        photo_store().put(row["key"], data)
    return [row for row, _data in pieces]


def _original_row(photo: AnyRow, full: AnyRow) -> dict[str, Any]:
    key = f"originals/{photo.walk_id}/{photo.id}-{new_id()}.jpg"
    same = {name: getattr(full, name) for name in ("photo_id", "stored_sha256", "bytes", "width", "height")}
    return same | {"size": "original", "key": key}


def _swap(
    photo: AnyRow, encodings: dict[str, AnyRow], made: list[dict[str, Any]], boxes: list[Box], now: datetime
) -> None:
    """Let the rows name the new bytes; the old ones are leftovers from now on, the new no longer.

    The original stays as long as there are boxes to take away again.
    """
    gone = [row for row in encodings.values() if row.size != "original" or not boxes]
    own = ENCODING.c.photo_id == photo.id
    db.session.execute(sa.delete(ENCODING).where(own, ENCODING.c.size.in_([row.size for row in gone])))
    tenant = {"organisation_id": photo.organisation_id}
    db.session.execute(sa.insert(ENCODING), [row | tenant for row in made])
    db.session.execute(sa.delete(LEFTOVER).where(LEFTOVER.c.key.in_([row["key"] for row in made])))
    leave([row.key for row in gone], photo.organisation_id, now)


def _tell(actor: Actor, walk: AnyRow, photo: AnyRow, values: dict[str, Any], now: datetime) -> dict[str, Any]:
    """Set the photo's columns, move every pin that shows it, keep the act, and answer."""
    pins = pins_with(walk.id, photo.sent_sha256)
    number = feed.next_number(walk.id)
    db.session.execute(sa.update(PHOTO).where(PHOTO.c.id == photo.id).values(**values, seq=number.seq))
    boxes = values["boxes"] or []
    for pin in pins:
        act = {"redaction": str(photo.id), "boxes": len(boxes)}
        move_pin(walk, pin, {}, act, "redact" if boxes else "unredact", actor, now)
    facts = {"to": len(boxes), "before": len(photo.boxes or [])}
    audit.note(
        actor, walk.organisation_id, "redact", now, walk_id=walk.id, thing=("photo", photo.id), **facts
    )
    previous = {"boxes": photo.boxes or [], "proposals": photo.proposals or []}
    return {"previous": previous, "seq": number.seq, "pins": views_of(walk.id, pins)}


def _purge(photo_id: UUID, walk_id: UUID, redacted_at: datetime, now: datetime) -> int:
    with transaction():
        feed.lock_walk(walk_id)
        same = sa.and_(PHOTO.c.id == photo_id, PHOTO.c.redacted_at == redacted_at)
        photo = db.session.execute(sa.select(PHOTO).where(same)).first()
        original = _encodings(photo_id).get("original")
        if photo is None or original is None:
            return 0
        of_it = sa.and_(ENCODING.c.photo_id == photo_id, ENCODING.c.size == "original")
        db.session.execute(sa.delete(ENCODING).where(of_it))
        leave([original.key], photo.organisation_id, now)
        # Nothing that is shown changes; who has the photo open sees that it did, by its seq.
        values: dict[str, Any] = {"boxes": None, "sealed": sealed(photo), "redacted_at": None}
        values["seq"] = feed.next_number(walk_id).seq
        db.session.execute(sa.update(PHOTO).where(PHOTO.c.id == photo_id).values(values))
        thing = ("photo", photo_id)
        audit.note(None, photo.organisation_id, "purge_original", now, walk_id=walk_id, thing=thing)
    return 1
