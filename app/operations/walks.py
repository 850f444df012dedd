"""Walks: what a phone needs of one, and what a facilitator does with one.

Owns the bundle, a walk's code, state and pauses, and making a walk.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from flask import current_app

from app.adapters.ids import new_id
from app.adapters.secrets import code_hmac, new_code, new_epoch, open_code, seal_code
from app.db import db
from app.i18n import pick
from app.models import Area, Organisation, Question, Route, Stop, Walk
from app.operations import audit, feed, rights
from app.operations.packs import Pack, pack
from app.problems import Problem
from app.rules import access
from app.rules.access import Actor, Right
from app.rules.categories import EXTRAS, NAMES, catalogue, offered, own_name
from app.rules.walks import has_passed, is_for_leaders, is_over, may_become

CODE_BEFORE = "code_before"
PASSED = "Must not be a day that has passed."


def walk_for(actor: Actor, walk_id: UUID, right: Right = "run") -> Walk:
    """The walk, if the actor has that right to it. Raises Problem(not_found | forbidden)."""
    walk = db.session.get(Walk, walk_id)
    if walk is None:
        raise Problem("not_found")
    rights.require(actor, walk.organisation_id, right)
    return walk


def may_here(actor: Actor, walk_id: UUID, right: Right) -> bool:
    """Whether the actor has that right to the walk. Raises Problem(not_found) where it sees none."""
    walk = db.session.get(Walk, walk_id)
    if walk is None or not access.knows(actor, walk.organisation_id):
        raise Problem("not_found")
    return access.may(actor, walk.organisation_id, right)


def own_walks(actor: Actor) -> list[Walk]:
    """The walks of the actor's organisations, newest first."""
    own = Walk.organisation_id.in_([key for key in actor.memberships if access.knows(actor, key)])
    return list(db.session.scalars(sa.select(Walk).where(own).order_by(Walk.starts_at.desc())))


def bundle(actor: Actor, walk_id: UUID, tag: str) -> dict[str, Any]:
    """Everything a phone needs to walk without coverage, in language `tag`. Raises Problem(not_found)."""
    if not access.may_read_walk(actor, walk_id):
        raise Problem("not_found")
    return _content(db.session.get_one(Walk, walk_id), tag) | {"participant": {"id": str(actor.id)}}


def desk_bundle(actor: Actor, walk_id: UUID, tag: str) -> dict[str, Any]:
    """What the desk shows around a walk's pins, in language `tag`. Raises Problem(not_found)."""
    name = "sv" if tag == "sv" else "en"
    groups = [{"code": one["code"], "label": one[name]} for one in catalogue()["symbol_groups"]]
    walk = walk_for(actor, walk_id, "read")
    content = _content(walk, tag) | {"symbol_groups": groups}
    content["walk"]["created_at"] = walk.created_at.isoformat()
    return content


def _content(walk: Walk, tag: str) -> dict[str, Any]:
    area = db.session.get_one(Area, walk.area_id)
    organisation = db.session.get_one(Organisation, walk.organisation_id)
    route = db.session.get(Route, walk.id)
    return {
        "walk": _walk(walk, organisation, tag),
        "area": _area(area),
        "route": route.points if route else None,
        **_stops(walk.id, tag),
        **_categories(walk, tag),
        "pack": pack_view(pack(walk.pack)),
        "epoch": walk.epoch,
        "seq": walk.feed_seq,
    }


def stops_to_lead(actor: Actor, walk_id: UUID, tag: str) -> list[dict[str, Any]]:
    """The stops in their order, with their questions. Raises Problem(not_found | forbidden)."""
    stops: list[dict[str, Any]] = _stops(walk_for(actor, walk_id, "lead").id, tag)["stops"]
    return stops


def _walk(walk: Walk, organisation: Organisation, tag: str) -> dict[str, Any]:
    closes_at = (walk.closing_at or walk.ends_at) + timedelta(days=walk.closing_days)
    return {
        "id": str(walk.id),
        "title": pick(walk.title, tag),
        "purpose": pick(walk.purpose, tag),
        "theme": pick(walk.theme, tag),
        "light": walk.light,
        "state": walk.state,
        "starts_at": walk.starts_at.isoformat(),
        "ends_at": walk.ends_at.isoformat(),
        "closes_at": closes_at.isoformat(),
        "answers_by": walk.answers_by.isoformat() if walk.answers_by else None,
        "organisation": {"name": organisation.name, "host": current_app.config["SETTINGS"].public_host},
        "others_visible": walk.others_visible,
        "languages": walk.languages,
        "fictional": walk.is_fictional,
        "practice": walk.is_practice,
    }


def _area(area: Area) -> dict[str, Any]:
    box = [area.west, area.south, area.east, area.north]
    return {"name": area.name, "timezone": area.timezone, "bbox": box, "polygon": area.polygon}


def _stops(walk_id: UUID, tag: str) -> dict[str, Any]:
    asked = sa.select(Question).where(Question.walk_id == walk_id).order_by(Question.order)
    questions: dict[UUID | None, list[dict[str, Any]]] = {}
    for question in db.session.scalars(asked):
        view = {"id": str(question.id), "text": pick(question.text, tag), "scale": question.scale}
        questions.setdefault(question.stop_id, []).append(view)
    stops = db.session.scalars(sa.select(Stop).where(Stop.walk_id == walk_id).order_by(Stop.order))
    views = [
        {
            "id": str(stop.id),
            "order": stop.order,
            "name": pick(stop.name, tag),
            "lat": stop.lat,
            "lon": stop.lon,
            "place_type": stop.place_type,
            "minutes": stop.minutes,
            "radius_m": stop.radius_m,
            "access": stop.facts.get("access", ""),
            "questions": questions.get(stop.id, []),
        }
        for stop in stops
    ]
    return {"stops": views, "end_questions": questions.get(None, [])}


def _categories(walk: Walk, tag: str) -> dict[str, Any]:
    data = catalogue()
    sv = tag == "sv"

    def label(thing: Mapping[str, Any]) -> dict[str, Any]:
        return {"code": thing["code"], "label": thing["sv"] if sv else thing["en"]}

    def category(thing: Mapping[str, Any]) -> dict[str, Any]:
        own = own_name(walk.facts.get(NAMES), thing["code"], "sv" if sv else "en")
        texts: dict[str, Any] = {
            "tile": own or thing.get("tile_sv" if sv else "tile_en") or label(thing)["label"],
            "label_positive": thing["sv_positive" if sv else "en_positive"],
            "hint": thing["hint_sv" if sv else "hint_en"],
        }
        if asked := [one for one in walk.facts.get(EXTRAS, ()) if one["category"] == thing["code"]]:
            texts["extras"] = [{"key": one["key"], "label": pick(one["name"], tag)} for one in asked]
        same: tuple[str, ...] = ("group", "symbol_group", "icon", "button", "sensitive")
        same += ("icon_positive",) if "icon_positive" in thing else ()
        named = label(thing) | ({"label": own} if own else {})
        return named | texts | {name: thing[name] for name in same}

    return {
        "categories": [category(thing) for thing in offered(walk.categories)],
        "groups": [label(thing) for thing in data["groups"]],
        "place_types": [label(thing) for thing in data["place_types"]],
        "kinds": [label(thing) for thing in data["kinds"]],
    }


def pack_view(found: Pack | None) -> dict[str, Any] | None:
    """A map pack as phones and the desk are told of it."""
    if found is None:
        return None
    return {
        "name": found.name,
        "url": f"/packs/{found.sha256}.pmtiles",
        "sha256": found.sha256,
        "bytes": found.bytes,
        "bbox": list(found.box),
        "minzoom": found.minzoom,
        "maxzoom": found.maxzoom,
        "index_url": f"/packs/{found.index_sha256}.json",
        "index_sha256": found.index_sha256,
        "index_bytes": found.index_bytes,
    }


def code_of(walk: Walk) -> str | None:
    """The join code in the clear, for staff."""
    return open_code(walk.code_cipher) if walk.code_cipher else None


def join_url(code: str) -> str:
    """The address on posters; only ever below PUBLIC_URL."""
    return f"{current_app.config['SETTINGS'].public_url}/v/{code}"


def rotate_code(actor: Actor, walk_id: UUID, now: datetime) -> str:
    """A new join code; those who have joined are not disturbed. Raises Problem(not_found | forbidden)."""
    return _change_code(actor, walk_id, new_code(), "walk_code", now)


def put_code_back(actor: Actor, walk_id: UUID, now: datetime) -> str:
    """The join code before the present one; done again, the present one counts.

    Raises Problem(not_found | forbidden).
    """
    before = walk_for(actor, walk_id).facts.get(CODE_BEFORE)
    code = open_code(before) if before else None
    if code is None:
        raise Problem("not_found")
    return _change_code(actor, walk_id, code, "walk_code_back", now)


def _change_code(actor: Actor, walk_id: UUID, code: str, act: str, now: datetime) -> str:
    """The code before is kept, sealed as the present one is: an act that stops posters can be taken back."""
    feed.lock_walk(walk_id)
    walk = walk_for(actor, walk_id)
    if walk.code_cipher:
        walk.facts = walk.facts | {CODE_BEFORE: walk.code_cipher}
    audit.note(actor, walk.organisation_id, act, now, walk_id=walk_id)
    return give_code(walk, code)


def give_code(walk: Walk, code: str | None = None) -> str:
    code = code or new_code()
    walk.code_hmac, walk.code_cipher = code_hmac(code), seal_code(code)
    return code


def pause_newcomers(actor: Actor, walk_id: UUID, paused: bool, now: datetime) -> None:
    """Raises Problem(not_found | forbidden)."""
    walk_for(actor, walk_id, "lead").newcomers_paused = paused
    changed(actor, walk_id, "newcomers", now, paused=paused)


def set_waiting_room(actor: Actor, walk_id: UUID, wait_from: datetime | None, now: datetime) -> None:
    """From when on newcomers wait until they are let in; None: they never do. Who waits goes on waiting.

    Raises Problem(not_found | forbidden).
    """
    walk_for(actor, walk_id).newcomers_wait_from = wait_from
    changed(actor, walk_id, "waiting_room", now, wait_from=wait_from.isoformat() if wait_from else None)


def change_state(actor: Actor, walk_id: UUID, state: str, now: datetime) -> None:
    """Whoever leads may end a walk, and take that back for a while; the rest is for those who run it.

    Raises Problem(not_found | forbidden | invalid).
    """
    row = feed.lock_walk(walk_id)
    is_leaders = is_for_leaders(row.state, state, row.closing_at, now)
    walk = walk_for(actor, walk_id, "lead" if is_leaders else "run")
    if row.state != state and not may_become(row.state, state, is_purged="purged_at" in walk.facts):
        raise Problem("invalid", errors={"json": {"state": ["Not possible from the present state."]}})
    walk.state = state
    walk.closing_at = now if state == "closing" else walk.closing_at
    walk.closed_at = now if (row.state, state) == ("closing", "closed") else walk.closed_at
    changed(actor, walk_id, state, now)


def close_over(now: datetime) -> int:
    """Close every walk whose time of grace has passed; how many."""
    closing = db.session.scalars(sa.select(Walk).where(Walk.state == "closing")).all()
    over = [walk for walk in closing if is_over(walk.state, walk.closing_at, walk.closing_days, now)]
    for walk in over:
        row = feed.lock_walk(walk.id)
        walk.state, walk.closed_at = "closed", now
        db.session.flush()
        feed.append(row, "walk", walk.id, feed.next_number(walk.id).seq, "closed", "system", now)
        audit.note(None, walk.organisation_id, "walk_closed", now, walk_id=walk.id)
    return len(over)


def organisation_for(actor: Actor, wanted: UUID | None) -> UUID:
    """The organisation that a new walk belongs to: the wanted one, else the actor's first.

    Raises Problem(not_found | forbidden).
    """
    return rights.organisation_for(actor, "run", wanted)


def require_to_come(starts_at: datetime, timezone: str, now: datetime) -> None:
    """Nobody can be invited to a day that is over. Raises Problem(invalid)."""
    if has_passed(starts_at, ZoneInfo(timezone), now):
        raise Problem("invalid", errors={"json": {"starts_at": [PASSED]}})


def create(actor: Actor, organisation_id: UUID, data: Mapping[str, Any], now: datetime) -> Walk:
    """A draft walk with a new area and a code.

    `data`: title, purpose, language (of both), light, starts_at, ends_at, area_name, timezone, box,
    polygon, pack.
    Raises Problem(not_found | forbidden | invalid).
    """
    rights.require(actor, organisation_id, "run")
    require_to_come(data["starts_at"], data["timezone"], now)
    refuse_unknown_pack(data["pack"])
    west, south, east, north = data["box"]
    tenant = {"organisation_id": organisation_id, "created_at": now}
    area = Area(
        id=new_id(), name=data["area_name"], timezone=data["timezone"], polygon=data.get("polygon"), **tenant
    )
    area.west, area.south, area.east, area.north = west, south, east, north
    walk = Walk(id=new_id(), area_id=area.id, epoch=new_epoch(), state="draft", **tenant)
    walk.title, walk.purpose = {data["language"]: data["title"]}, {data["language"]: data["purpose"]}
    walk.light, walk.pack = data["light"], data["pack"]
    walk.starts_at, walk.ends_at = data["starts_at"], data["ends_at"]
    walk.languages = ["sv", "en"]
    give_code(walk)
    db.session.add(area)
    db.session.flush()
    db.session.add(walk)
    db.session.flush()
    audit.note(actor, organisation_id, "walk_new", now, walk_id=walk.id)
    return walk


def refuse_unknown_pack(name: str | None) -> None:
    """Raises Problem(invalid)."""
    if name is not None and pack(name) is None:
        raise Problem("invalid", errors={"json": {"pack": ["Not on this server."]}})


def changed(actor: Actor, walk_id: UUID, verb: str, now: datetime, **facts: Any) -> None:
    """Let every reader know that something about the walk itself is new. Last before the commit."""
    db.session.flush()
    row = feed.lock_walk(walk_id)
    number = feed.next_number(walk_id)
    feed.append(row, "walk", walk_id, number.seq, verb, actor.name, now)
    audit.note(actor, row.organisation_id, f"walk_{verb}", now, walk_id=walk_id, **facts)
