"""Ratings: answers to a stop's or the end's questions. Seen by staff only."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.db import run, table
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
    data = message.data
    own = sa.and_(Question.id == data["question_id"], Question.walk_id == walk_id)
    question = run(sa.select(Question.stop_id).where(own)).first()
    if question is None:
        raise Problem("not_found")
    known = run(sa.select(RATING).where(RATING.c.id == rating_id)).first()
    if known is not None and (known.participant_id != actor.id or known.walk_id != walk_id):
        raise Problem("id_taken")
    if known is not None and (known.rev, known.sha256) == (data["rev"], message.sha256):
        return _proof(rating_id, message, walk.epoch, known.seq), False
    if known is not None and known.rev >= data["rev"]:
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
        tenant = {"organisation_id": walk.organisation_id, "walk_id": walk_id, "participant_id": actor.id}
        run(sa.insert(RATING), [row | tenant | {"id": rating_id}])
    else:
        run(sa.update(RATING).where(RATING.c.id == rating_id).values(row))
    feed.append(walk, "rating", rating_id, number.seq, "receive", actor.name, now, is_new=known is None)
    return _proof(rating_id, message, number.epoch, number.seq), known is None


def _proof(rating_id: UUID, message: Message, epoch: str, seq: int) -> dict[str, Any]:
    rev = message.data["rev"]
    return {"id": str(rating_id), "rev": rev, "sha256": message.sha256, "epoch": epoch, "seq": seq}
