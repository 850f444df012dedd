"""What each reader sees of a walk's things: the projections of the feed.

Owns the two views of a pin: a participant's (its own whole, others' without what is not approved)
and staff's (everything). A thing a reader may not see is left out; one it saw before comes once
more as `gone`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.db import AnyRow, db, table
from app.i18n import pick
from app.models import Participant, Photo, PhotoEncoding, Pin, PinPhoto
from app.operations import issue_views, notes
from app.operations.participants import KEPT_BACK, WAITS
from app.rules.access import Actor
from app.rules.categories import is_sensitive, symbol_group
from app.rules.pins import exposure, photo_visible_to_walk, visible_to_walk

PIN = table(Pin)
MANY = 500
PHOTO_FACTS = (
    *("id", "state", "reason", "review", "visibility", "seq", "quarantine", "sent_bytes"),
    *("shown_id", "boxes", "proposals", "looked_at", "redacted_at"),
)
VERSION_DIGITS = 12
STAFF_ONLY = (
    *(
        "secondary",
        "place_type",
        "accuracy_m",
        "source",
        "address",
        "text",
        "text_lang",
        "text_review",
        "text_public",
        "review",
    ),
    *("severity", "acute", "feeling_day", "feeling_dark", "avoids", "when", "affected", "proposal", "voice"),
    *("group", "extra", "staff_only", "visibility", "quarantine"),
)


def pins_for_participant(
    actor: Actor, walk: AnyRow, others: bool, rows: Sequence[Any]
) -> list[dict[str, Any]]:
    """Feed items for a phone; `others` says whether other participants' pins are shown at all."""
    pins = _load(row.thing_id for row in rows if row.thing == "pin")
    photos = _photos(pins)
    items = []
    for row in rows:
        if row.thing == "walk":
            items.append({"type": "walk", "id": str(row.thing_id), "seq": row.seq})
        pin = pins.get(row.thing_id)
        if pin is None:
            continue
        if pin.participant_id == actor.id:
            items.append(_own(pin, photos.get(pin.id, [])))
        elif others and visible_to_walk(exposure(dict(pin._mapping), pin.kept_back)):
            items.append(_others(pin, photos.get(pin.id, [])))
        elif pin.shown_to_walk:
            items.append({"type": "pin", "id": str(pin.id), "seq": pin.seq, "gone": True})
    return items


def pins_for_staff(rows: Sequence[Any]) -> list[dict[str, Any]]:
    """Feed items for the desk: everything."""
    pins = _staff_views(row.thing_id for row in rows if row.thing == "pin")
    items = []
    for row in rows:
        if row.thing == "pin" and row.thing_id in pins:
            items.append(pins[row.thing_id])
        elif row.thing != "pin":
            items.append({"type": row.thing, "id": str(row.thing_id), "seq": row.seq})
    return items


def one_for_staff(walk_id: UUID, pin_id: UUID) -> dict[str, Any] | None:
    """The desk's view of a single pin, or None when the walk has no such pin."""
    in_walk = sa.select(PIN.c.id).where(PIN.c.id == pin_id, PIN.c.walk_id == walk_id)
    return None if db.session.scalar(in_walk) is None else _staff_views([pin_id]).get(pin_id)


def many_for_staff(ids: Sequence[UUID]) -> list[dict[str, Any]]:
    """The desk's view of pins, in the order of `ids`; unknown ones are left out."""
    found = _staff_views(ids)
    return [found[pin_id] for pin_id in ids if pin_id in found]


def _staff_views(ids: Iterable[UUID]) -> dict[UUID, dict[str, Any]]:
    pins = _load(ids, issue_views.COLUMNS)
    photos = _photos(pins)
    counts = issue_views.counts(pin.issue__id for pin in pins.values())
    return {pin.id: _staff_view(pin, photos.get(pin.id, []), counts[pin.issue__id]) for pin in pins.values()}


def _load(ids: Iterable[UUID], more: Sequence[Any] = ()) -> dict[UUID, AnyRow]:
    wanted = list(ids)
    participant = (Participant.hidden_at, KEPT_BACK.label("kept_back"), WAITS.label("waits"))
    columns = (PIN, issue_views.EFFECTIVE.c.status, *participant, *more)
    joined = issue_views.joined(sa.select(*columns))
    joined = joined.outerjoin(Participant, Participant.id == PIN.c.participant_id)
    found: dict[UUID, AnyRow] = {}
    for start in range(0, len(wanted), MANY):
        part = joined.where(PIN.c.id.in_(wanted[start : start + MANY]))
        found |= {row.id: row for row in db.session.execute(part)}
    return found


def _photos(pins: dict[UUID, Any]) -> dict[UUID, list[Any]]:
    """Each pin's photos in order, with what has come of them."""
    full = table(PhotoEncoding).alias()
    columns = (
        *(getattr(PinPhoto, name) for name in ("pin_id", "sha256", "alt", "order", "phase")),
        *(getattr(Photo, name) for name in PHOTO_FACTS),
        full.c.width,
        full.c.height,
        full.c.stored_sha256,
    )
    same = sa.and_(Photo.walk_id == PinPhoto.walk_id, Photo.sent_sha256 == PinPhoto.sha256)
    joined = sa.select(*columns).outerjoin(Photo, same)
    joined = joined.outerjoin(full, sa.and_(full.c.photo_id == Photo.id, full.c.size == "full"))
    found: dict[UUID, list[Any]] = {}
    ids = list(pins)
    for start in range(0, len(ids), MANY):
        part = joined.where(PinPhoto.pin_id.in_(ids[start : start + MANY])).order_by(PinPhoto.order)
        for row in db.session.execute(part):
            found.setdefault(row.pin_id, []).append(row)
    return found


def _common(pin: Any) -> dict[str, Any]:
    return {
        "type": "pin",
        "id": str(pin.id),
        "seq": pin.seq,
        "rev": pin.rev,
        "number": pin.number,
        "kind": pin.kind,
        "category": pin.category,
        "symbol_group": symbol_group(pin.category, pin.kind),
        "lat": pin.lat,
        "lon": pin.lon,
        "status": pin.status,
        "late": pin.is_late,
    }


def _own(pin: Any, photos: Sequence[Any]) -> dict[str, Any]:
    shown = [_photo(photo) for photo in photos if photo.state == "ready" and photo.review != "hidden"]
    own = {"mine": True, "text": pin.text, "photos": shown, "review": pin.review}
    return _common(pin) | own | {"conflict": pin.has_conflict, "withdrawn": pin.withdrawn_at is not None}


def _others(pin: Any, photos: Sequence[Any]) -> dict[str, Any]:
    shown = [
        _photo(photo)
        for photo in photos
        if photo.id and photo_visible_to_walk(photo.state, photo.review, photo.visibility)
    ]
    public = pick(pin.text_public) or pin.text
    text = public if pin.text_review == "approved" else None
    return _common(pin) | {"mine": False, "text": text, "photos": shown}


def _photo(photo: Any) -> dict[str, Any]:
    shown = str(photo.shown_id or photo.id)
    return {"id": shown, "w": photo.width, "h": photo.height, "alt": photo.alt}


def _staff_photo(photo: Any) -> dict[str, Any]:
    """A photo with its black-outs; `version` is another one for other pixels, so that none are mixed up."""
    come = photo.id is not None and photo.state != "lost"
    return {
        "id": str(photo.id) if come else None,
        "sha256": photo.sha256,
        "state": photo.state if come else "expected",
        "thumb_ready": come and photo.state == "ready",
        "review": photo.review if come else "new",
        "seq": photo.seq,
        "w": photo.width,
        "h": photo.height,
        "alt": photo.alt,
        "phase": photo.phase,
        "quarantine": photo.quarantine or photo.reason,
        "bytes": photo.sent_bytes,
        "version": photo.stored_sha256[:VERSION_DIGITS] if photo.stored_sha256 else None,
        "boxes": photo.boxes or [],
        "proposals": photo.proposals or [],
        "looked_at": photo.looked_at.isoformat() if photo.looked_at else None,
        "redacted_at": photo.redacted_at.isoformat() if photo.redacted_at else None,
    }


def _words(pin: Any) -> dict[str, str]:
    """All that somebody wrote about a pin, or about what happens with it, by a name of the field."""
    words = {"text": pin.text, "proposal": pin.proposal}
    several = (("extra", pin.extra), ("public", pin.text_public), ("decision", pin.issue__decision))
    return words | {f"{name}.{key}": text for name, texts in several for key, text in texts.items()}


def _staff_view(pin: Any, photos: Sequence[Any], count: Any) -> dict[str, Any]:
    """Everything of a pin; the participant stands there as a short pseudonym of this walk."""
    return (
        _common(pin)
        | {name: getattr(pin, name) for name in STAFF_ONLY}
        | {
            "mine": False,
            "photos": [_staff_photo(photo) for photo in photos],
            "findings": notes.in_words(_words(pin)),
            "sensitive": is_sensitive(pin.category),
            "stop_id": str(pin.stop_id) if pin.stop_id else None,
            "issue_id": str(pin.issue_id),
            "owner_id": str(pin.issue__owner_id) if pin.issue__owner_id else None,
            "issue": issue_views.view(pin, count),
            "participant": str(pin.participant_id) if pin.participant_id else None,
            "participant_hidden": pin.hidden_at is not None,
            "participant_waits": bool(pin.waits),
            "made_at": pin.made_at.isoformat(),
            "received_at": pin.received_at.isoformat(),
            "withdrawn": pin.withdrawn_at is not None,
            "outside": pin.is_outside,
            "conflict": pin.has_conflict,
            "unknown_category": pin.is_unknown_category,
            "here": {"lat": pin.here_lat, "lon": pin.here_lon} if pin.here_lat is not None else None,
        }
    )
