"""The meeting after a walk: what is shown on a wall, stop by stop.

Owns the choice of what may be shown to a room: approved pins with their public words and approved
photos, and spreads of answers. Promises no name, no time and no pseudonym. Reads, never writes.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.db import db, table
from app.i18n import pick
from app.models import Participant, Photo, Pin, PinPhoto, Rating, Walk
from app.operations import walks
from app.operations.participants import KEPT_BACK
from app.rules.access import Actor
from app.rules.categories import NAMES
from app.rules.meetings import KIND_ORDER, StopPlace, spread, stop_of
from app.rules.pins import exposure, photo_visible_to_walk, visible_to_walk

PIN = table(Pin)


def slides(actor: Actor, walk_id: UUID, tag: str) -> dict[str, Any]:
    """The walk, its stops with answers and pins, what lies between them, and the end's answers.

    Raises Problem(not_found).
    """
    found = walks.desk_bundle(actor, walk_id, tag)
    stops = found["stops"]
    pins = _pins(walk_id, tag, [(UUID(one["id"]), one["lat"], one["lon"], one["radius_m"]) for one in stops])
    answers = _answers(walk_id)
    return {
        "walk": found["walk"],
        "names": db.session.get_one(Walk, walk_id).facts.get(NAMES, {}),
        "area": found["area"]["name"],
        "pin_count": len(pins),
        "stops": [
            _slide(stop, answers, [pin for pin in pins if pin["stop"] == stop["id"]]) for stop in stops
        ],
        "between": _by_kind([pin for pin in pins if pin["stop"] is None]),
        "end": [_asked(question, answers) for question in found["end_questions"]],
    }


def shown(actor: Actor, walk_id: UUID, tag: str) -> list[dict[str, Any]]:
    """What of the pins the wall may show: number, words and photos. Raises Problem(not_found | forbidden)."""
    walks.walk_for(actor, walk_id, "read")
    same = ("number", "text", "photos")
    return [{name: pin[name] for name in same} for pin in _pins(walk_id, tag, [])]


def _slide(
    stop: dict[str, Any], answers: dict[str, list[int | None]], pins: Sequence[dict[str, Any]]
) -> dict[str, Any]:
    asked = [_asked(question, answers) for question in stop["questions"]]
    return {"order": stop["order"], "name": stop["name"], "asked": asked, "kinds": _by_kind(pins)}


def _asked(question: dict[str, Any], answers: dict[str, list[int | None]]) -> dict[str, Any]:
    scores = answers.get(question["id"], [])
    told = spread(scores, question["scale"])
    return {
        "text": question["text"],
        "in_words": question["scale"] == "text",
        "spread": told,
        "answers": sum(count for _step, count in told or []),
        "most": max((count for _step, count in told or []), default=0),
    }


def _by_kind(pins: Sequence[dict[str, Any]]) -> list[tuple[str, list[dict[str, Any]]]]:
    kinds = [(kind, [pin for pin in pins if pin["kind"] == kind]) for kind in KIND_ORDER]
    return [(kind, those) for kind, those in kinds if those]


def _answers(walk_id: UUID) -> dict[str, list[int | None]]:
    """Scores by question, without those of participants who are kept back."""
    shown = sa.select(Rating.question_id, Rating.score).outerjoin(
        Participant, Participant.id == Rating.participant_id
    )
    found: dict[str, list[int | None]] = {}
    for row in db.session.execute(shown.where(Rating.walk_id == walk_id, sa.not_(KEPT_BACK))):
        found.setdefault(str(row.question_id), []).append(row.score)
    return found


def _pins(walk_id: UUID, tag: str, stops: Sequence[StopPlace]) -> list[dict[str, Any]]:
    """Approved pins in order of number, each under its stop."""
    columns = (PIN, KEPT_BACK.label("kept_back"))
    joined = sa.select(*columns).outerjoin(Participant, Participant.id == PIN.c.participant_id)
    approved = joined.where(PIN.c.walk_id == walk_id, PIN.c.review == "approved").order_by(PIN.c.number)
    photos = _photos(walk_id)
    found = []
    for pin in db.session.execute(approved):
        if visible_to_walk(exposure(dict(pin._mapping), pin.kept_back)):
            stop = stop_of(pin.stop_id, pin.lat, pin.lon, stops)
            words = pick(pin.text_public, tag) or pin.text
            found.append(
                {
                    "number": pin.number,
                    "kind": pin.kind,
                    "category": pin.category,
                    "text": words if pin.text_review == "approved" else "",
                    "photos": photos.get(pin.id, []),
                    "stop": str(stop) if stop else None,
                }
            )
    return found


def _photos(walk_id: UUID) -> dict[UUID, list[dict[str, str]]]:
    """Approved photos by pin, in order."""
    same = sa.and_(Photo.walk_id == PinPhoto.walk_id, Photo.sent_sha256 == PinPhoto.sha256)
    columns = (Photo.id, Photo.shown_id, Photo.state, Photo.review, Photo.visibility)
    joined = (
        sa.select(PinPhoto.pin_id, PinPhoto.alt, *columns)
        .join(Photo, same)
        .where(PinPhoto.walk_id == walk_id)
    )
    kept = joined.order_by(PinPhoto.pin_id, PinPhoto.order)
    found: dict[UUID, list[dict[str, str]]] = {}
    for row in db.session.execute(kept):
        if photo_visible_to_walk(row.state, row.review, row.visibility):
            view = {"id": str(row.id), "alt": row.alt, "version": str(row.shown_id or "")}
            found.setdefault(row.pin_id, []).append(view)
    return found
