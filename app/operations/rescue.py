"""Rescue: what a phone could not send, brought as a file, looked at, taken in and taken back.

Owns a file's way from the phone to the walk. Promises that ids and messages are the phone's own, so that
nothing doubles when the phone sends them too; that they are the reporter's where the file proves it, and
otherwise stand as entered by staff and change nobody's pin. Photos wait in the photo store and go by
themselves when nobody takes them in.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, BinaryIO
from uuid import UUID

import sqlalchemy as sa

from app.adapters import rescue_file
from app.adapters.children import Lost
from app.adapters.ids import new_id
from app.adapters.images import BadPhoto, encode
from app.adapters.photo_store import NotFound
from app.adapters.secrets import capability_of
from app.db import AnyRow, db, run, table, transaction
from app.models import Import, Leftover, Pin, Walk
from app.operations import audit, imports, join, photos, pins, ratings, walks
from app.operations.photos import Upload, photo_store
from app.operations.pins import Message
from app.operations.rescue_look import FoundPin, Look, look_at
from app.problems import Problem
from app.rules import access
from app.rules import rescue as rules
from app.rules.access import Actor
from app.rules.photos import MAX_UPLOAD_BYTES, PhotoRefused, read_header

IMPORT, LEFTOVER, PIN = table(Import), table(Leftover), table(Pin)
WAITS = timedelta(days=2)
"""A day longer than a draft: photos never go before the file that names them."""


def bring(actor: Actor, walk_id: UUID, name: str, file: BinaryIO, now: datetime) -> tuple[UUID, UUID]:
    """Keep a phone's file to be looked at; in the walk that it is of, where that is one of the actor's.

    Returns the walk and the import. Holds its own transactions, since photos are stored between them.
    Raises BadRescue, Problem(not_found | forbidden | walk_archived), StoreFull, StoreUnavailable.
    """
    walks.walk_for(actor, walk_id)
    contents = rescue_file.read_whole(file)
    saved = rules.parse(contents.manifest, contents.proof)
    target = saved.walk_id if _may_run(actor, saved.walk_id) else walk_id
    import_id, facts = new_id(), dict(_facts(file, contents.photos))
    with transaction():
        walk = pins.lock_for_staff(actor, target)
        good = [sha256 for sha256, one in facts.items() if not one.get("fault")]
        due = [{"key": _key(import_id, sha256), "due_at": now + WAITS} for sha256 in good]
        if due:
            tenant = {"organisation_id": walk.organisation_id}
            run(sa.insert(LEFTOVER), [tenant | one for one in due])
    for sha256, data in rescue_file.photos(file, {sha256: contents.photos[sha256] for sha256 in good}):
        photo_store().put(_key(import_id, sha256), data)
    with transaction():
        kept = {
            "kind": "rescue",
            "name": name,
            "size_bytes": file.seek(0, io.SEEK_END),
            "content": contents.manifest,
            "choices": {"proof": (contents.proof or b"").decode(), "photos": facts},
        }
        imports.keep_draft(actor, target, import_id, kept, now)
    return target, import_id


def one(actor: Actor, walk_id: UUID, import_id: UUID, now: datetime) -> AnyRow:
    """A file of the walk; a draft for a day. Raises Problem(not_found | forbidden)."""
    row = imports.one(actor, walk_id, import_id, "rescue")
    if row.state == "read" and row.created_at < now - imports.DRAFTS_LAST:
        raise Problem("not_found")
    return row


def look(actor: Actor, walk_id: UUID, import_id: UUID, now: datetime) -> Look:
    """What would come of the file. Raises Problem(not_found | forbidden)."""
    return look_at(one(actor, walk_id, import_id, now))


def preview(actor: Actor, walk_id: UUID, import_id: UUID, sha256: str, now: datetime) -> bytes:
    """A small picture of a photo that is not taken in: our own encoding, made for this once.

    Raises Problem(not_found | forbidden | photo_not_image | busy), StoreUnavailable.
    """
    one(actor, walk_id, import_id, now)
    db.session.rollback()
    try:
        return encode(photo_store().read(_key(import_id, sha256))).thumb
    except NotFound:
        raise Problem("not_found") from None
    except BadPhoto:
        raise Problem("photo_not_image") from None
    except Lost as lost:
        raise Problem("busy") from lost


def take_in(actor: Actor, walk_id: UUID, import_id: UUID, now: datetime) -> list[UUID]:
    """Take in all that is new, once. Returns the ids of new photos, for the worker.

    Raises Problem(not_found | forbidden | walk_archived).
    """
    walk = pins.lock_for_staff(actor, walk_id)
    row = one(actor, walk_id, import_id, now)
    if row.state != "read":
        return []
    found = look_at(row)
    sender = _sender(walk, found, now)
    taking = _Taking(actor, sender, walk, import_id, now)
    for pin in found.pins:
        taking.pin(pin)
    for rating_id, message, is_new in found.ratings:
        if is_new:
            taking.rating(rating_id, message)
    for sha256 in found.new_photos:
        facts = found.photos[sha256]
        taking.photo(Upload(sha256, facts["bytes"], facts["type"], _key(import_id, sha256)))
    counts = taking.counts | {"known": found.count("held"), "elsewhere": found.count("elsewhere")}
    counts |= {"is_proved": sender is not None, "unreadable": found.saved.unreadable}
    done = {"state": "done", "counts": counts, "done_at": now, "content": None, "choices": {}}
    run(sa.update(IMPORT).where(IMPORT.c.id == import_id).values(done))
    told: dict[str, Any] = {"pins": counts["new"] + counts["more"], "photos": counts["photos"]}
    told |= {"walk_id": walk_id, "thing": ("import", import_id)}
    audit.note(actor, walk.organisation_id, "rescue_done", now, **told)
    return taking.new_photos


class _Taking:
    """One file's way in: each message as its reporter would have sent it, or as staff."""

    def __init__(
        self, actor: Actor, sender: Actor | None, walk: AnyRow, import_id: UUID, now: datetime
    ) -> None:
        self._actor, self._sender, self._walk = actor, sender, walk
        self._import_id, self._now = import_id, now
        self.counts = dict.fromkeys(("new", "again", "more", "beside", "left", "photos", "ratings"), 0)
        self.new_photos: list[UUID] = []

    def pin(self, pin: FoundPin) -> None:
        """All messages of one pin; one that meets another version is kept beside it."""
        if pin.state not in ("new", "more"):
            self.counts["left"] += pin.state == "wrong"
            return
        was_new, outcome = False, "left"
        for kind, message in pin.messages:
            try:
                is_new = self._send(kind, pin.id, message)
                was_new, outcome = was_new or is_new, "more"
            except Problem as problem:
                outcome = "beside" if problem.code == "pin_conflict" else outcome
        if was_new:
            run(sa.update(PIN).where(PIN.c.id == pin.id).values(import_id=self._import_id))
        self.counts["new" if was_new else outcome] += 1

    def _send(self, kind: str, pin_id: UUID, message: Message) -> bool:
        if kind == "withdrawal":
            pins.withdraw(self._sender or self._actor, self._walk.id, pin_id, message, self._now)
            return False
        if self._sender:
            return pins.receive(self._sender, self._walk.id, pin_id, message, self._now)[1]
        return pins.bring(self._actor, self._walk, pin_id, message, self._now)[1]

    def rating(self, rating_id: UUID, message: Message) -> None:
        try:
            if self._sender:
                ratings.receive(self._sender, self._walk.id, rating_id, message, self._now)
            else:
                ratings.bring(self._actor, self._walk, rating_id, message, self._now)
            self.counts["ratings"] += 1
        except Problem:  # a question of another walk, or a newer answer is here
            self.counts["left"] += 1

    def photo(self, upload: Upload) -> None:
        """The photo's row takes over the bytes that wait in the store."""
        new_id = photos.bring(self._sender or self._actor, self._walk, upload, self._now)
        if new_id:
            run(sa.delete(LEFTOVER).where(LEFTOVER.c.key == upload.key))
            self.counts["photos"] += 1
            self.new_photos.append(new_id)


def _sender(walk: AnyRow, found: Look, now: datetime) -> Actor | None:
    if not (found.is_here and found.is_proved):
        return None
    return join.sender_of(walk, capability_of(walk.id, found.saved.told), now)


def _may_run(actor: Actor, walk_id: UUID) -> bool:
    walk = db.session.get(Walk, walk_id)
    return walk is not None and walk.state != "archived" and access.may_run(actor, walk.organisation_id)


def _key(import_id: UUID, sha256: str) -> str:
    return f"rescue/{import_id}/{sha256}"


def _facts(file: BinaryIO, members: Mapping[str, str]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Of each photo: size and type, or why it cannot be taken."""
    for sha256, data in rescue_file.photos(file, members):
        try:
            if len(data) > MAX_UPLOAD_BYTES:
                yield sha256, {"fault": "too_large"}
                continue
            yield sha256, {"bytes": len(data), "type": read_header(io.BytesIO(data)).type.value}
        except PhotoRefused as refused:
            yield sha256, {"fault": refused.reason.value}
