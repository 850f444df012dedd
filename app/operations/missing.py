"""Which of these do you lack? The phone's question after a restore."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias
from uuid import UUID

import sqlalchemy as sa

from app.db import db
from app.models import Photo, Pin, PinRevision, Rating
from app.problems import Problem
from app.rules import access
from app.rules.access import Actor

AnySelect: TypeAlias = sa.Select[*tuple[Any, ...]]


def lacking(actor: Actor, walk_id: UUID, held: Mapping[str, Sequence[Any]]) -> dict[str, list[str]]:
    """Of what the phone holds: ids and hashes that the server does not. Raises Problem(not_found).

    A thing that is here in a newer revision is not lacking: each revision carries the whole thing, and
    an older one that came after it would look like another version.
    """
    if not access.may_read_walk(actor, walk_id):
        raise Problem("not_found")
    revisions = sa.select(PinRevision.pin_id, PinRevision.rev, PinRevision.sha256)
    revisions = revisions.join(Pin, Pin.id == PinRevision.pin_id).where(Pin.walk_id == walk_id)
    newest_pins = sa.select(Pin.id, Pin.rev).where(Pin.walk_id == walk_id)
    pins = _Known(held["pins"], revisions, newest_pins)
    answers = sa.select(Rating.id, Rating.rev, Rating.sha256).where(Rating.walk_id == walk_id)
    newest_answers = sa.select(Rating.id, Rating.rev).where(Rating.walk_id == walk_id)
    ratings = _Known(held["ratings"], answers, newest_answers)
    own = sa.and_(Photo.walk_id == walk_id, Photo.sent_sha256.in_(held["photos"]), Photo.state != "lost")
    photos = (
        set(db.session.execute(sa.select(Photo.sent_sha256).where(own)).scalars())
        if held["photos"]
        else set()
    )
    return {
        "pins": [str(thing["id"]) for thing in held["pins"] if thing not in pins],
        "ratings": [str(thing["id"]) for thing in held["ratings"] if thing not in ratings],
        "photos": [sha256 for sha256 in held["photos"] if sha256 not in photos],
    }


class _Known:
    """What is here of things that a phone holds, by `exact` (id, rev, sha256) and `newest` (id, rev)."""

    def __init__(self, things: Sequence[Mapping[str, Any]], exact: AnySelect, newest: AnySelect) -> None:
        ids = [thing["id"] for thing in things]
        self._exact = {tuple(row) for row in _rows(exact, ids)}
        self._newest: dict[UUID, int] = {row[0]: row[1] for row in _rows(newest, ids)}

    def __contains__(self, thing: Mapping[str, Any]) -> bool:
        is_older = self._newest.get(thing["id"], 0) > thing["rev"]
        return is_older or (thing["id"], thing["rev"], thing["sha256"]) in self._exact


def _rows(statement: AnySelect, ids: Sequence[UUID]) -> Sequence[Any]:
    column = statement.selected_columns[0]
    return db.session.execute(statement.where(column.in_(ids))).all() if ids else []
