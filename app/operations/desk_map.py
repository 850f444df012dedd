"""The desk's first load, its pages of whole pins, and the counts on the cards of walks.

Owns the map in columns: every pin of a walk in a few bytes each, encoded and compressed once for
each state of the feed and kept by this process. Texts, photos and ids come in pages afterwards.
Callers have checked that the actor runs the walk.
"""

from __future__ import annotations

import gzip
import json
import threading
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.db import db, table
from app.models import Issue, Participant, Photo, Pin, PinPhoto
from app.operations import views
from app.rules.categories import symbol_group

PIN = table(Pin)
ISSUE = table(Issue)
PARTICIPANT = table(Participant)
PHOTO = table(Photo)
PIN_PHOTO = table(PinPhoto)

KEPT_MAPS = 16
GZIP_LEVEL = 5
DECIMALS = 6
"""Of a degree: 0.1 m."""

FLAGS = (
    "acute",
    "late",
    "outside",
    "photo_waiting",
    "text_waiting",
    "conflict",
    "quarantine",
    "unknown_category",
    "withdrawn",
    "participant_hidden",
    "staff_only",
)


@dataclass(frozen=True)
class EncodedMap:
    """The columns as JSON, gzipped, with the tag that names this state of the feed."""

    tag: str
    gzipped: bytes


_maps: OrderedDict[UUID, EncodedMap] = OrderedDict()
_lock = threading.Lock()


def encoded_map(head: sa.Row[Any]) -> EncodedMap:
    """The walk's map at `head` (operations.feed.feed_head); made once, then remembered."""
    tag = f"{head.epoch}-{head.feed_seq}"
    with _lock:
        known = _maps.get(head.id)
        if known is not None and known.tag == tag:
            _maps.move_to_end(head.id)
            return known
    body = json.dumps(columns(head), separators=(",", ":")).encode()
    made = EncodedMap(tag, gzip.compress(body, GZIP_LEVEL, mtime=0))
    with _lock:
        _maps[head.id] = made
        _maps.move_to_end(head.id)
        while len(_maps) > KEPT_MAPS:
            _maps.popitem(last=False)
    return made


def columns(head: sa.Row[Any]) -> dict[str, Any]:
    """Every pin by its number: position, looks, state; words as numbers into the lists beside."""
    rows = db.session.execute(_light_pins(head.id)).all()
    waiting = _photos_waiting(head.id)
    words = {name: _Words() for name in ("group", "kind", "category", "status", "review")}
    coded = {
        "group": [words["group"].code(symbol_group(row.category, row.kind)) for row in rows],
        **{name: [words[name].code(getattr(row, name)) for row in rows] for name in tuple(words)[1:]},
    }
    return {
        "epoch": head.epoch,
        "seq": head.feed_seq,
        "words": {name: found.listed for name, found in words.items()},
        "flag_bits": FLAGS,
        "number": [row.number for row in rows],
        "lat": [round(row.lat, DECIMALS) for row in rows],
        "lon": [round(row.lon, DECIMALS) for row in rows],
        **coded,
        "acute": [int(row.acute) for row in rows],
        "flags": [_flags(row, row.id in waiting) for row in rows],
        "pin_seq": [row.seq for row in rows],
    }


def page(walk_id: UUID, after: int, limit: int) -> dict[str, Any]:
    """Whole pins with numbers above `after`, in order; `more` tells whether to go on."""
    above = sa.and_(PIN.c.walk_id == walk_id, PIN.c.number > after)
    ids = list(db.session.scalars(sa.select(PIN.c.id).where(above).order_by(PIN.c.number).limit(limit + 1)))
    return {"pins": views.many_for_staff(ids[:limit]), "more": len(ids) > limit}


def summaries(walk_ids: Sequence[UUID]) -> dict[UUID, dict[str, int]]:
    """What waits for a human in each walk: pins, new, acute and not yet seen, photos to review."""
    found = {walk_id: {"pins": 0, "new": 0, "acute": 0, "photos": 0} for walk_id in walk_ids}
    if not found:
        return found
    alive = sa.and_(PIN.c.walk_id.in_(found), PIN.c.withdrawn_at.is_(None))
    is_new = PIN.c.review == "new"
    counts = sa.select(
        PIN.c.walk_id,
        sa.func.count(),
        sa.func.count().filter(is_new),
        sa.func.count().filter(sa.and_(is_new, PIN.c.acute)),
    )
    for walk_id, pins, new, acute in db.session.execute(counts.where(alive).group_by(PIN.c.walk_id)):
        found[walk_id] |= {"pins": pins, "new": new, "acute": acute}
    waiting = sa.and_(PHOTO.c.walk_id.in_(found), PHOTO.c.review == "new", PHOTO.c.state == "ready")
    photos = sa.select(PHOTO.c.walk_id, sa.func.count()).where(waiting).group_by(PHOTO.c.walk_id)
    for walk_id, count in db.session.execute(photos):
        found[walk_id]["photos"] = count
    return found


def participants(walk_id: UUID) -> int:
    """How many devices have joined."""
    joined = sa.select(sa.func.count()).select_from(PARTICIPANT).where(PARTICIPANT.c.walk_id == walk_id)
    return db.session.scalar(joined) or 0


class _Words:
    """Words as small numbers, in order of appearance."""

    def __init__(self) -> None:
        self._codes: dict[str, int] = {}

    def code(self, word: str) -> int:
        return self._codes.setdefault(word, len(self._codes))

    @property
    def listed(self) -> list[str]:
        return list(self._codes)


def _light_pins(walk_id: UUID) -> sa.Select[Any]:
    names = ["id", "number", "lat", "lon", "kind", "category", "review", "text_review", "acute", "seq"]
    names += ["is_late", "is_outside", "has_conflict", "quarantine", "is_unknown_category", "staff_only"]
    has_words = sa.or_(PIN.c.text != "", PIN.c.proposal != "")
    extra = (PIN.c.withdrawn_at, ISSUE.c.status, PARTICIPANT.c.hidden_at, has_words.label("has_words"))
    statement = sa.select(*(PIN.c[name] for name in names), *extra).join(ISSUE, ISSUE.c.id == PIN.c.issue_id)
    statement = statement.outerjoin(PARTICIPANT, PARTICIPANT.c.id == PIN.c.participant_id)
    return statement.where(PIN.c.walk_id == walk_id).order_by(PIN.c.number)


def _photos_waiting(walk_id: UUID) -> set[UUID]:
    """Pins with a photo that nobody has judged."""
    same = sa.and_(PHOTO.c.walk_id == PIN_PHOTO.c.walk_id, PHOTO.c.sent_sha256 == PIN_PHOTO.c.sha256)
    waiting = sa.and_(PIN_PHOTO.c.walk_id == walk_id, PHOTO.c.review == "new", PHOTO.c.state == "ready")
    return set(db.session.scalars(sa.select(PIN_PHOTO.c.pin_id).join(PHOTO, same).where(waiting)))


def _flags(row: Any, photo_waiting: bool) -> int:
    """One bit for each of FLAGS, the first the lowest."""
    return _bits(
        (
            row.acute,
            row.is_late,
            row.is_outside,
            photo_waiting,
            row.has_words and row.text_review == "new",
            row.has_conflict,
            row.quarantine is not None,
            row.is_unknown_category,
            row.withdrawn_at is not None,
            row.hidden_at is not None,
            row.staff_only,
        )
    )


def _bits(flags: Iterable[bool]) -> int:
    return sum(1 << place for place, flag in enumerate(flags) if flag)
