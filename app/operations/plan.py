"""A walk's plan: its route, stops and questions, read and written as one thing.

Owns the version that two writers are told apart by, and that ids are kept: a stop with pins or answers
is never taken away, nor its question put on another scale. Does not draw and does not choose the walk's time.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.db import db
from app.models import Participant, Pin, Question, Rating, Route, Stop, Walk
from app.operations import feed, walks, who
from app.problems import Problem
from app.rules import plans
from app.rules.access import Actor
from app.rules.categories import catalogue

Data = Mapping[str, Any]


def plan_of(actor: Actor, walk_id: UUID) -> dict[str, Any]:
    """The plan in all its languages, with version and figures. Raises Problem(not_found | forbidden)."""
    walks.walk_for(actor, walk_id, "read")
    return _view(walk_id)


def save(actor: Actor, walk_id: UUID, data: Data, seen: str, now: datetime) -> dict[str, Any]:
    """Put `data` in place of the plan whose version is `seen`; the plan as it then stands.

    Raises Problem(not_found | forbidden | plan_closed | stale | stop_in_use | question_in_use | id_taken |
    invalid).
    """
    feed.lock_walk(walk_id)
    walk = walks.walk_for(actor, walk_id)
    if not plans.is_changeable(walk.state):
        raise Problem("plan_closed")
    present = _view(walk_id)
    if present["version"] != seen:
        by = who.changed_plan(walk.organisation_id, walk_id)
        raise Problem("stale", current=present, by=by)
    _refuse_unknown_places(data["stops"])
    _save_route(walk, [list(point) for point in data["route"]])
    _save_stops(walk, data["stops"])
    db.session.flush()
    db.session.expire_all()
    after = _view(walk_id)
    if after["version"] != seen:
        walks.changed(actor, walk_id, "plan", now)
    return after


def used_stops(walk_id: UUID) -> set[UUID]:
    """Stops that pins or answers name: these stay."""
    pins = sa.select(Pin.stop_id).where(Pin.walk_id == walk_id, Pin.stop_id.is_not(None))
    answers = sa.select(Rating.stop_id).where(Rating.walk_id == walk_id, Rating.stop_id.is_not(None))
    return set(db.session.scalars(pins.union(answers)))


def _view(walk_id: UUID) -> dict[str, Any]:
    route = db.session.get(Route, walk_id)
    points = route.points if route else []
    questions: dict[UUID | None, list[dict[str, Any]]] = {}
    for asked in db.session.scalars(_questions(walk_id)):
        view = {"id": str(asked.id), "scale": asked.scale, "text": asked.text}
        questions.setdefault(asked.stop_id, []).append(view)
    stops = [
        _stop_view(stop) | {"questions": questions.get(stop.id, [])}
        for stop in db.session.scalars(sa.select(Stop).where(Stop.walk_id == walk_id).order_by(Stop.order))
    ]
    plan = {"route": points, "stops": stops}
    length = plans.plan_length_m(points, [(stop["lon"], stop["lat"]) for stop in stops])
    minutes = plans.minutes_of(length, [stop["minutes"] for stop in stops])
    return plan | {"version": _version(plan), "length_m": length, "minutes": minutes}


def _stop_view(stop: Stop) -> dict[str, Any]:
    same = ("name", "lat", "lon", "place_type", "minutes")
    view = {name: getattr(stop, name) for name in same}
    return {"id": str(stop.id)} | view | {"access": stop.facts.get("access", "")}


def _version(plan: Data) -> str:
    text = json.dumps(plan, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _questions(walk_id: UUID) -> sa.Select[Any]:
    at_stops = sa.select(Question).where(Question.walk_id == walk_id, Question.stop_id.is_not(None))
    return at_stops.order_by(Question.order, Question.id)


def _refuse_unknown_places(stops: Iterable[Data]) -> None:
    known = {place["code"] for place in catalogue()["place_types"]} | {None}
    if any(stop["place_type"] not in known for stop in stops):
        raise Problem("invalid", errors={"json": {"stops": ["There is no such place type."]}})


def _save_route(walk: Walk, points: list[list[float]]) -> None:
    route = db.session.get(Route, walk.id)
    if not points:
        if route:
            db.session.delete(route)
        return
    route = route or Route(walk_id=walk.id, organisation_id=walk.organisation_id)
    route.points, route.length_m = points, plans.length_m(points)
    db.session.add(route)


def _save_stops(walk: Walk, wanted: list[Data]) -> None:
    """Stops by their ids: gone, kept and new, in the order given."""
    there = {stop.id: stop for stop in db.session.scalars(sa.select(Stop).where(Stop.walk_id == walk.id))}
    gone = there.keys() - {data["id"] for data in wanted}
    if used := gone & used_stops(walk.id):
        raise Problem("stop_in_use", stops=sorted(map(str, used)))
    _refuse_taken(Stop, {data["id"] for data in wanted} - there.keys())
    for place, stop in enumerate(there.values(), 1):
        stop.order = -place  # out of the way: two stops may never have one order
    db.session.flush()
    for order, data in enumerate(wanted, 1):
        stop = there.get(data["id"]) or Stop(id=data["id"], walk_id=walk.id, facts={})
        stop.organisation_id, stop.order = walk.organisation_id, order
        for name in ("name", "lat", "lon", "place_type", "minutes"):
            setattr(stop, name, _stripped(data[name]) if name == "name" else data[name])
        note = {"access": data["access"].strip()} if data["access"].strip() else {}
        stop.facts = {key: value for key, value in stop.facts.items() if key != "access"} | note
        db.session.add(stop)
    db.session.flush()
    _save_questions(walk, wanted)
    for stop_id in gone:
        db.session.delete(there[stop_id])


def _save_questions(walk: Walk, stops: list[Data]) -> None:
    there: dict[UUID, Question] = {one.id: one for one in db.session.scalars(_questions(walk.id))}
    wanted = {asked["id"] for stop in stops for asked in stop["questions"]}
    answered = _answered(walk, there.keys())
    _refuse_taken(Question, wanted - there.keys())
    lost = (there.keys() - wanted) & answered
    for stop in stops:
        for order, data in enumerate(stop["questions"], 1):
            asked = there.get(data["id"]) or Question(id=data["id"], walk_id=walk.id, scale=data["scale"])
            moved = asked.stop_id not in (None, stop["id"]) or asked.scale != data["scale"]
            if moved and asked.id in answered:
                lost.add(asked.id)
            asked.organisation_id, asked.stop_id = walk.organisation_id, stop["id"]
            asked.order, asked.scale, asked.text = order, data["scale"], _stripped(data["text"])
            db.session.add(asked)
    if lost:
        raise Problem("question_in_use", questions=sorted(map(str, lost)))
    for question_id in there.keys() - wanted:
        db.session.delete(there[question_id])
    db.session.flush()


def _answered(walk: Walk, asked: Iterable[UUID]) -> set[UUID]:
    """Questions with answers, and all of them while phones out there may hold answers not yet sent."""
    here = sa.select(Participant.id).where(Participant.walk_id == walk.id).limit(1)
    if walk.state != "draft" and db.session.scalar(here):
        return set(asked)
    return set(db.session.scalars(sa.select(Rating.question_id).where(Rating.walk_id == walk.id)))


def _refuse_taken(model: type[Stop] | type[Question], ids: set[UUID]) -> None:
    """New ids must be new everywhere."""
    if ids and db.session.scalar(sa.select(model.id).where(model.id.in_(ids)).limit(1)):
        raise Problem("id_taken")


def _stripped(texts: Mapping[str, str]) -> dict[str, str]:
    return {tag: text.strip() for tag, text in texts.items() if text.strip()}
