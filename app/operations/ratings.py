"""Ratings: answers to a stop's or the end's questions. Seen by staff only."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.db import AnyRow, run, table
from app.models import Question, Rating
from app.operations import feed
from app.operations.photos import check_may_send
from app.operations.pins import Message
from app.problems import Problem
from app.rules.access import Actor

RATING = table(Rating)


def receive(
    actor: Actor, walk_id: UUID, rating_id: UUID, message: Message, now: datetime
) -> tuple[dict[str, Any], bool]:
    """Take an answer as sent; a higher `rev` replaces it. Returns its proof, and whether it was new.

    Raises Problem(not_found | walk_archived | id_taken | rating_conflict).
    """
    walk = feed.lock_walk(walk_id)
    check_may_send(actor, walk)
    return _take(actor, walk, rating_id, message, now)


def bring(actor: Actor, walk: AnyRow, rating_id: UUID, message: Message, now: datetime) -> bool:
    """Take an answer of a phone's file, for staff, under `lock_for_staff`. Returns whether it was new.

    Raises Problem(not_found | id_taken | rating_conflict).
    """
    return _take(actor, walk, rating_id, message, now)[1]


def _take(
    actor: Actor, walk: AnyRow, rating_id: UUID, message: Message, now: datetime
) -> tuple[dict[str, Any], bool]:
    data, walk_id, sender = message.data, walk.id, actor.id if actor.kind == "participant" else None
    own = sa.and_(Question.id == data["question_id"], Question.walk_id == walk_id)
    question = run(sa.select(Question.stop_id).where(own)).first()
    if question is None:
        raise Problem("not_found")
    known = run(sa.select(RATING).where(RATING.c.id == rating_id)).first()
    is_same = known is not None and (known.rev, known.sha256) == (data["rev"], message.sha256)
    comes_home = known is not None and _comes_home(known, walk_id, sender)
    if known is not None and is_same:
        return _proof(rating_id, message, walk.epoch, known.seq), False
    if known is not None and known.rev >= data["rev"] and not comes_home:
        raise Problem("rating_conflict", kept={"rev": known.rev, "sha256": known.sha256}, stored=False)
    number = feed.next_number(walk_id)
    row = {
        "question_id": data["question_id"],
        "stop_id": question.stop_id,
        "score": data["score"],
        "text": data["text"],
        "rev": data["rev"],
        "sha256": message.sha256,
        "seq": number.seq,
        "payload": message.payload,
        "made_at": data["made_at"],
        "received_at": now,
    }
    if known is None:
        tenant = {"organisation_id": walk.organisation_id, "walk_id": walk_id, "participant_id": sender}
        run(sa.insert(RATING), [row | tenant | {"id": rating_id}])
    else:
        run(sa.update(RATING).where(RATING.c.id == rating_id).values(row))
    feed.append(walk, "rating", rating_id, number.seq, "receive", actor.name, now, is_new=known is None)
    return _proof(rating_id, message, number.epoch, number.seq), known is None


def _comes_home(known: AnyRow, walk_id: UUID, sender: UUID | None) -> bool:
    """Staff had brought it from the phone's file, and now the phone itself sends it: its word stands.

    No feed tells an answer's id, so only the phone knows it, and who held its file. Raises Problem(id_taken).
    """
    comes_home = known.participant_id is None and sender is not None
    if known.walk_id != walk_id or (known.participant_id != sender and not comes_home):
        raise Problem("id_taken")
    if comes_home:
        run(sa.update(RATING).where(RATING.c.id == known.id).values(participant_id=sender))
    return comes_home


def _proof(rating_id: UUID, message: Message, epoch: str, seq: int) -> dict[str, Any]:
    rev = message.data["rev"]
    return {"id": str(rating_id), "rev": rev, "sha256": message.sha256, "epoch": epoch, "seq": seq}
