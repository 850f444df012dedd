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
from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from operator import add
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.db import db, table
from app.models import Issue, Photo, Pin, PinPhoto
from app.operations import issue_views, views
from app.operations.participants import PARTICIPANT, WAITS
from app.rules.categories import symbol_group

ISSUE = table(Issue)
PIN = table(Pin)
PHOTO = table(Photo)
PIN_PHOTO = table(PinPhoto)

KEPT_MAPS = 16
GZIP_LEVEL = 1
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
    "participant_waits",
    "staff_only",
    "owned",
    "merged",
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
    body = json.dumps(columns(head), separators=(",", ":"), check_circular=False).encode()
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
    number, lat, lon, kind, category, status, review, acute, flags, seq = (
        list(zip(*rows, strict=True)) or [()] * 10
    )
    looks = zip(category, kind, strict=True)
    group_of = {look: symbol_group(*look) for look in set(looks)}
    group = [group_of[look] for look in zip(category, kind, strict=True)]
    words, coded = {}, {}
    told = {"group": group, "kind": kind, "category": category, "status": status, "review": review}
    for name, column in told.items():
        places = {word: place for place, word in enumerate(dict.fromkeys(column))}
        words[name], coded[name] = list(places), [places[word] for word in column]
    return {
        "epoch": head.epoch,
        "seq": head.feed_seq,
        "words": words,
        "flag_bits": list(FLAGS),
        "number": number,
        "lat": [round(degrees, DECIMALS) for degrees in lat],
        "lon": [round(degrees, DECIMALS) for degrees in lon],
        **coded,
        "acute": [int(yes) for yes in acute],
        "flags": flags,
        "pin_seq": seq,
    }


def page(walk_id: UUID, after: int, limit: int) -> dict[str, Any]:
    """Whole pins with numbers above `after`, in order; `more` tells whether to go on."""
    above = sa.and_(PIN.c.walk_id == walk_id, PIN.c.number > after)
    ids = list(db.session.scalars(sa.select(PIN.c.id).where(above).order_by(PIN.c.number).limit(limit + 1)))
    return {"pins": views.many_for_staff(ids[:limit]), "more": len(ids) > limit}


def summaries(walk_ids: Sequence[UUID]) -> dict[UUID, dict[str, int]]:
    """What waits for a human in each walk: pins, new, acute and not yet seen, with new photos; phones."""
    found = {walk_id: {"pins": 0, "new": 0, "acute": 0, "photos": 0, "waiting": 0} for walk_id in walk_ids}
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
    waiting = _with_photo_waiting(PIN_PHOTO.c.walk_id.in_(found))
    photos = sa.select(PIN.c.walk_id, sa.func.count()).where(PIN.c.id.in_(waiting), PIN.c.review != "hidden")
    photos = photos.where(PIN.c.withdrawn_at.is_(None)).group_by(PIN.c.walk_id)
    for walk_id, count in db.session.execute(photos):
        found[walk_id]["photos"] = count
    phones = sa.select(PARTICIPANT.c.walk_id, sa.func.count()).group_by(PARTICIPANT.c.walk_id)
    for walk_id, count in db.session.execute(phones.where(PARTICIPANT.c.walk_id.in_(found), WAITS)):
        found[walk_id]["waiting"] = count
    return found


def participants(walk_id: UUID) -> int:
    """How many devices have joined."""
    joined = sa.select(sa.func.count()).select_from(PARTICIPANT).where(PARTICIPANT.c.walk_id == walk_id)
    return db.session.scalar(joined) or 0


def _light_pins(walk_id: UUID) -> sa.Select[Any]:
    """The database counts the flags together: ten thousand rows of bare values are quick to read."""
    bits = [sa.case((condition, 1 << place), else_=0) for place, condition in enumerate(_flags(walk_id))]
    names = ("number", "lat", "lon", "kind", "category")
    shown = [PIN.c[name] for name in names] + [issue_views.EFFECTIVE.c.status, PIN.c.review, PIN.c.acute]
    statement = issue_views.joined(sa.select(*shown, reduce(add, bits), PIN.c.seq))
    statement = statement.outerjoin(PARTICIPANT, PARTICIPANT.c.id == PIN.c.participant_id)
    return statement.where(PIN.c.walk_id == walk_id).order_by(PIN.c.number)


def _flags(walk_id: UUID) -> tuple[sa.ColumnElement[bool], ...]:
    """What each of FLAGS means, in its order."""
    has_words = sa.or_(PIN.c.text != "", PIN.c.proposal != "")
    return (
        PIN.c.acute,
        PIN.c.is_late,
        PIN.c.is_outside,
        PIN.c.id.in_(_with_photo_waiting(PIN_PHOTO.c.walk_id == walk_id)),
        sa.and_(has_words, PIN.c.text_review == "new"),
        PIN.c.has_conflict,
        _is_aside(walk_id),
        PIN.c.is_unknown_category,
        PIN.c.withdrawn_at.is_not(None),
        PARTICIPANT.c.hidden_at.is_not(None),
        WAITS,
        PIN.c.staff_only,
        issue_views.EFFECTIVE.c.owner_id.is_not(None),
        issue_views.EFFECTIVE.c.id.in_(_with_more_merged(walk_id)),
    )


def _is_aside(walk_id: UUID) -> sa.ColumnElement[bool]:
    """Set aside, the pin or a photo of it, and not looked at by anybody yet."""
    same = sa.and_(PHOTO.c.walk_id == PIN_PHOTO.c.walk_id, PHOTO.c.sent_sha256 == PIN_PHOTO.c.sha256)
    is_aside = sa.or_(PHOTO.c.quarantine.is_not(None), PHOTO.c.state == "quarantined")
    photos = sa.select(PIN_PHOTO.c.pin_id).join(PHOTO, same)
    photos = photos.where(PIN_PHOTO.c.walk_id == walk_id, PHOTO.c.review == "new", is_aside)
    return sa.or_(sa.and_(PIN.c.quarantine.is_not(None), PIN.c.review == "new"), PIN.c.id.in_(photos))


def _with_more_merged(walk_id: UUID) -> sa.Select[Any]:
    """Issues that others were merged into."""
    merged = sa.and_(ISSUE.c.walk_id == walk_id, ISSUE.c.merged_into_id.is_not(None))
    return sa.select(ISSUE.c.merged_into_id).where(merged)


def _with_photo_waiting(walks: sa.ColumnElement[bool]) -> sa.Select[Any]:
    """Pins with a photo that nobody has judged."""
    same = sa.and_(PHOTO.c.walk_id == PIN_PHOTO.c.walk_id, PHOTO.c.sent_sha256 == PIN_PHOTO.c.sha256)
    waiting = sa.and_(walks, PHOTO.c.review == "new", PHOTO.c.state == "ready")
    return sa.select(PIN_PHOTO.c.pin_id).join(PHOTO, same).where(waiting)
