"""Photos: taken in by hash, decoded later by the worker, served only as our own encodings.

Owns a photo's life from upload to encoding. Nothing is decoded in a request, and nothing a phone
sent is ever served.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from flask import current_app

from app.adapters.children import Lost, Unable
from app.adapters.ids import new_id
from app.adapters.images import BadPhoto, Encoded, encode
from app.adapters.patient_store import MARK
from app.adapters.photo_store import NotFound, PhotoStore
from app.db import AnyRow, db, quick_read, quick_transaction, run, table
from app.models import Leftover, Participant, Photo, PhotoEncoding, Pin, PinPhoto
from app.operations import feed
from app.operations.participants import KEPT_BACK
from app.operations.quotas import count_photo
from app.problems import Problem
from app.rules import access
from app.rules.access import Actor
from app.rules.photos import MAX_TRIES, Quarantine
from app.rules.pins import exposure, photo_visible_to_walk, visible_to_walk

PHOTO = table(Photo)
LACKS_BYTES = sa.or_(
    PHOTO.c.state == "lost",
    sa.and_(PHOTO.c.state == "quarantined", PHOTO.c.reason == Quarantine.MISSING.value),
)
"""Photos of which a row tells and no bytes are here: they are taken when a phone brings them."""
NEW_PHOTO = sa.insert(PHOTO)
HELD = sa.select(PHOTO.c.id, PHOTO.c.seq, LACKS_BYTES.label("lacks_bytes")).where(
    PHOTO.c.walk_id == sa.bindparam("walk_id"), PHOTO.c.sent_sha256 == sa.bindparam("sha256")
)
ENCODING = table(PhotoEncoding)
FACTS = ("walk_id", "participant_id", "state", "review", "visibility", "sent_sha256")
ENCODINGS = sa.select(ENCODING, *(PHOTO.c[name] for name in FACTS)).join(
    PHOTO, PHOTO.c.id == ENCODING.c.photo_id
)
PIN_PHOTO = table(PinPhoto)
PIN = table(Pin)
PROGRESS = sa.select(
    *(PHOTO.c[name] for name in ("state", "tries", "upload_key", "walk_id", "boxes", "sealed"))
).where(PHOTO.c.id == sa.bindparam("photo"))
COUNT_TRY = sa.update(PHOTO).where(PHOTO.c.id == sa.bindparam("photo")).values(tries=PHOTO.c.tries + 1)
OUTCOME = ("state", "reason", "processed_at", "upload_key", "boxes", "sealed", "redacted_at", "look")
FINISH = (
    sa.update(PHOTO)
    .where(
        PHOTO.c.id == sa.bindparam("photo"),
        PHOTO.c.state == "received",
        PHOTO.c.upload_key == sa.bindparam("upload"),
    )
    .values({name: sa.bindparam(f"new_{name}") for name in OUTCOME})
    .returning(PHOTO.c.sent_sha256)
)
NEW_ENCODINGS = sa.insert(ENCODING)
NEW_LEFTOVER = sa.insert(table(Leftover))
UPLOADS = "uploads"
SHOWING = sa.select(PIN_PHOTO.c.pin_id).where(
    PIN_PHOTO.c.walk_id == sa.bindparam("walk_id"), PIN_PHOTO.c.sha256 == sa.bindparam("sha256")
)
MOVE_PIN = sa.update(PIN).where(PIN.c.id == sa.bindparam("pin")).values(seq=sa.bindparam("new_seq"))


@dataclass(frozen=True)
class Upload:
    """Bytes that have been hashed, checked and durably stored under `key`."""

    sha256: str
    size: int
    mime: str
    key: str


def photo_store() -> PhotoStore:
    """The store that the settings name."""
    store: PhotoStore = current_app.extensions["photo_store"]
    return store


def upload_key(walk_id: UUID) -> str:
    """A new place for an upload's bytes: what one request stores, no other touches."""
    return f"{UPLOADS}/{walk_id}/{new_id()}"


def held(walk_id: UUID, sha256: str) -> AnyRow | None:
    """The photo of that hash in the walk, if its bytes have come at some time."""
    return run(HELD, {"walk_id": walk_id, "sha256": sha256}).first()


def receive(actor: Actor, walk_id: UUID, upload: Upload, now: datetime) -> tuple[dict[str, Any], UUID | None]:
    """Note an upload whose bytes lie in the store. Returns its proof, and the id of a new photo.

    Bytes that came twice at the same time are kept once. Raises Problem(not_found | walk_archived).
    """
    walk = feed.lock_walk(walk_id)
    check_may_send(actor, walk)
    proof, new_photo = _take(actor, walk, upload, now)
    if new_photo is None:
        row = {"key": upload.key, "organisation_id": walk.organisation_id, "due_at": now}
        run(NEW_LEFTOVER, row)
    return proof, new_photo


def bring(actor: Actor, walk: AnyRow, upload: Upload, now: datetime) -> UUID | None:
    """Take a photo of a phone's file, for staff, under `lock_for_staff`. Returns its id if it was new."""
    return _take(actor, walk, upload, now)[1]


def _take(actor: Actor, walk: AnyRow, upload: Upload, now: datetime) -> tuple[dict[str, Any], UUID | None]:
    walk_id, sender = walk.id, actor.id if actor.kind == "participant" else None
    known = held(walk_id, upload.sha256)
    if known and not known.lacks_bytes:
        return _proof(upload.sha256, walk.epoch, known.seq), None
    quarantine = count_photo(actor, upload.size) if sender else None
    number = feed.next_number(walk_id)
    if known:
        again = {"state": "received", "reason": None, "tries": 0, "upload_key": upload.key, "seq": number.seq}
        run(sa.update(PHOTO).where(PHOTO.c.id == known.id).values(again))
        return _proof(upload.sha256, number.epoch, number.seq), known.id
    photo_id = new_id()
    row = {
        "id": photo_id,
        "organisation_id": walk.organisation_id,
        "walk_id": walk_id,
        "participant_id": sender,
        "seq": number.seq,
        "sent_sha256": upload.sha256,
        "sent_bytes": upload.size,
        "sent_type": upload.mime,
        "upload_key": upload.key,
        "state": "received",
        "tries": 0,
        "review": "new",
        "visibility": "walk",
        "quarantine": quarantine,
        "received_at": now,
    }
    run(NEW_PHOTO, row)
    return _proof(upload.sha256, number.epoch, number.seq), photo_id


def proof_of_held(actor: Actor, walk_id: UUID, sha256: str) -> dict[str, Any] | None:
    """The proof for bytes that came before, so that they need not be read again."""
    known = held(walk_id, sha256)
    if known is None or known.lacks_bytes:
        return None
    head = feed.feed_head(walk_id)
    check_may_send(actor, head)
    return _proof(sha256, head.epoch, known.seq)


def check_may_send(actor: Actor, walk: AnyRow) -> None:
    if not access.may_read_walk(actor, walk.id):
        raise Problem("not_found")
    if not access.may_send(actor, walk.id, walk.state):
        raise Problem("walk_archived")


def process(photo_id: UUID, now: datetime) -> str:
    """Encode one received photo, idempotently. Returns its state afterwards.

    The encodings are stored before the row says "ready"; the upload is deleted last, so that a
    worker killed anywhere leaves either work to do or a finished photo. A try counts only when the
    picture brought its decoder down. Raises StoreUnavailable, Unable, Lost.
    """
    with quick_read():
        photo = run(PROGRESS, {"photo": photo_id}).first()
    if photo is None or photo.state != "received":
        return photo.state if photo else "gone"
    if photo.tries >= MAX_TRIES:
        return _set_aside(photo_id, photo, Quarantine.STUCK, now)
    try:
        # Bytes that were lost and came again are burnt as before: nobody has the original any more.
        encoded = encode(photo_store().read(photo.upload_key), sealed(photo) or ())
    except NotFound:
        if photo.upload_key.startswith(MARK):  # it waits on another machine
            return "received"
        return _set_aside(photo_id, photo, Quarantine.MISSING, now)
    except BadPhoto as bad:
        return _set_aside(photo_id, photo, bad.reason, now)
    except Unable:
        raise
    except Lost:
        with quick_transaction():
            run(COUNT_TRY, {"photo": photo_id})
        raise
    rows = encoding_rows(photo.walk_id, photo_id, encoded)
    for row, data in zip(rows, (encoded.full, encoded.thumb), strict=True):
        photo_store().put(row["key"], data)
    outcome: dict[str, Any] = {"new_state": "ready", "new_reason": None, "new_upload_key": None}
    outcome |= {"new_boxes": None, "new_sealed": sealed(photo), "new_redacted_at": None}
    outcome |= {"new_look": f"{encoded.look:016x}"}
    state = _finish(photo_id, photo, outcome, rows, now)
    if state in ("ready", "gone"):
        photo_store().delete(photo.upload_key)
    return state


def sealed(photo: Any) -> list[Any] | None:
    """All black-outs of a photo, as those that stay for ever once there is no original."""
    return [*(photo.sealed or []), *(photo.boxes or [])] or None


def waiting(limit: int) -> list[UUID]:
    """Photos that no worker has finished, oldest first."""
    statement = (
        sa.select(PHOTO.c.id).where(PHOTO.c.state == "received").order_by(PHOTO.c.received_at).limit(limit)
    )
    return list(db.session.execute(statement).scalars())


def encoding(photo_id: UUID, size: str) -> AnyRow | None:
    """Where one of our encodings lies, with its walk and its review. None when there is none."""
    return db.session.execute(ENCODINGS.where(PHOTO.c.id == photo_id, ENCODING.c.size == size)).first()


def shown_encoding(shown_id: UUID, size: str) -> AnyRow | None:
    """The same by the id that phones have; an id from before a redaction leads nowhere."""
    shown = ENCODINGS.where(sa.func.coalesce(PHOTO.c.shown_id, PHOTO.c.id) == shown_id)
    by_either = shown.where(sa.or_(PHOTO.c.shown_id == shown_id, PHOTO.c.id == shown_id))
    return db.session.execute(by_either.where(ENCODING.c.size == size)).first()


def encoding_rows(walk_id: UUID, photo_id: UUID, encoded: Encoded, tag: str = "") -> list[dict[str, Any]]:
    """The rows of both encodings; `tag` keeps their keys apart from those of earlier ones."""
    made = (("full", encoded.full, encoded.full_size), ("thumb", encoded.thumb, encoded.thumb_size))
    rows = []
    for size, data, (width, height) in made:
        digest = hashlib.sha256(data).hexdigest()
        key = f"photos/{walk_id}/{digest[:2]}/{photo_id}-{size}{tag}.jpg"
        row = {"photo_id": photo_id, "size": size, "key": key, "stored_sha256": digest}
        rows.append(row | {"bytes": len(data), "width": width, "height": height})
    return rows


def _set_aside(photo_id: UUID, photo: AnyRow, reason: Quarantine, now: datetime) -> str:
    """The photo goes to quarantine; its upload stays, for a human to look at."""
    kept = {"new_state": "quarantined", "new_reason": reason.value, "new_upload_key": photo.upload_key}
    outcome = kept | {
        "new_boxes": None,
        "new_sealed": sealed(photo),
        "new_redacted_at": None,
        "new_look": None,
    }
    return _finish(photo_id, photo, outcome, [], now)


def _finish(
    photo_id: UUID, seen: AnyRow, outcome: dict[str, Any], rows: list[dict[str, Any]], now: datetime
) -> str:
    """Set the final state of a photo that is as it was `seen`, and tell the feed about every pin with it."""
    with quick_transaction():
        walk = feed.lock_walk(seen.walk_id)
        which = {"photo": photo_id, "upload": seen.upload_key, "new_processed_at": now}
        finished = run(FINISH, outcome | which).first()
        if finished is None:
            # Somebody else was faster, the upload lies elsewhere now, or a backup was put back.
            now_is = run(PROGRESS, {"photo": photo_id}).first()
            return str(now_is.state) if now_is else "gone"
        if rows:
            run(NEW_ENCODINGS, [row | {"organisation_id": walk.organisation_id} for row in rows])
        move_showing(walk, finished.sent_sha256, now)
    return str(outcome["new_state"])


def move_showing(walk: AnyRow, sent_sha256: str, now: datetime) -> None:
    """Tell the feed, in the present quick transaction, about every pin that shows the photo."""
    for (pin_id,) in run(SHOWING, {"walk_id": walk.id, "sha256": sent_sha256}).all():
        seq = feed.next_number(walk.id).seq
        run(MOVE_PIN, {"pin": pin_id, "new_seq": seq})
        feed.append(walk, "pin", pin_id, seq, "photo", "system", now)


def _proof(sha256: str, epoch: str, seq: int) -> dict[str, Any]:
    return {"id": sha256, "rev": 1, "sha256": sha256, "epoch": epoch, "seq": seq}


def may_see(actor: Actor, walk_id: UUID, encoding: AnyRow) -> bool:
    """Whether a participant may see a photo: its own, or one that a facilitator has approved.

    An approved photo is shown only while a pin that others may see shows it.
    """
    if encoding.walk_id != walk_id or encoding.state != "ready" or encoding.review == "hidden":
        return False
    if encoding.participant_id == actor.id:
        return True
    head = feed.feed_head(walk_id)
    if not access.may_see_others(head.state, head.others_visible):
        return False
    if not photo_visible_to_walk(encoding.state, encoding.review, encoding.visibility):
        return False
    return _on_visible_pin(walk_id, encoding.sent_sha256)


def _on_visible_pin(walk_id: UUID, sent_sha256: str) -> bool:
    linked = sa.and_(PIN_PHOTO.c.walk_id == walk_id, PIN_PHOTO.c.sha256 == sent_sha256)
    statement = sa.select(PIN, KEPT_BACK.label("kept_back")).join(PIN_PHOTO, PIN_PHOTO.c.pin_id == PIN.c.id)
    statement = statement.outerjoin(Participant, Participant.id == PIN.c.participant_id).where(linked)
    rows = db.session.execute(statement).all()
    return any(visible_to_walk(exposure(dict(row._mapping), row.kept_back)) for row in rows)
