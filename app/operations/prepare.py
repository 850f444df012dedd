"""Preparing a walk: doing an earlier one again, changing what it is about, and what is still missing.

Owns what is copied (all that was planned, nothing that was said) and the list of what must be ready. Does
not own the plan itself (operations.plan).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from app.adapters.ids import new_id
from app.adapters.secrets import new_epoch
from app.adapters.sun import darkness_on
from app.db import db
from app.models import Area, Owner, Question, Route, Series, Stop, Walk
from app.operations import audit, feed, walks
from app.operations.packs import pack
from app.problems import Problem
from app.rules import plans
from app.rules.access import Actor
from app.rules.categories import EXTRAS, NAMES, by_code, renamed, with_extras
from app.rules.darkness import Darkness, starts_before_dark
from app.rules.packs import Cover, cover
from app.rules.places import Box

COPIED = (
    *("area_id", "title", "purpose", "theme", "light", "step", "closing_days", "languages", "categories"),
    *("pack", "others_visible", "is_fictional"),
)
"""What a repeated walk has in common with the one before."""


@dataclass(frozen=True)
class Check:
    """One thing that a walk needs. `figures` are for the sentence about it."""

    code: str
    ok: bool
    figures: Mapping[str, int]


def repeat(actor: Actor, walk_id: UUID, starts_at: datetime, ends_at: datetime, now: datetime) -> Walk:
    """A draft like an earlier walk, next in its series, at another time; no pins, answers or people.

    Raises Problem(not_found | forbidden | invalid).
    """
    feed.lock_walk(walk_id)
    source = walks.walk_for(actor, walk_id)
    walks.require_to_come(starts_at, _timezone(source), now)
    tenant = {"organisation_id": source.organisation_id, "created_at": now}
    if source.series_id is None:
        series = Series(id=new_id(), area_id=source.area_id, name=source.title, **tenant)
        db.session.add(series)
        db.session.flush()
        source.series_id = series.id
    walk = Walk(id=new_id(), epoch=new_epoch(), state="draft", **tenant)
    for name in COPIED:
        setattr(walk, name, getattr(source, name))
    walk.series_id, walk.follows_walk_id = source.series_id, source.id
    walk.starts_at, walk.ends_at = starts_at, ends_at
    walk.facts = {name: source.facts[name] for name in ("owners", NAMES, EXTRAS) if name in source.facts}
    walks.give_code(walk)
    db.session.add(walk)
    db.session.flush()
    _copy_plan(source, walk)
    audit.note(actor, walk.organisation_id, "walk_new", now, walk_id=walk.id)
    return walk


def _copy_plan(source: Walk, walk: Walk) -> None:
    """Route, stops and questions, under ids of their own."""
    tenant = {"organisation_id": walk.organisation_id, "walk_id": walk.id}
    route = db.session.get(Route, source.id)
    if route:
        db.session.add(Route(points=route.points, length_m=route.length_m, **tenant))
    stops: dict[UUID | None, UUID | None] = {None: None}
    for stop in db.session.scalars(sa.select(Stop).where(Stop.walk_id == source.id)):
        same = ("order", "name", "lat", "lon", "place_type", "minutes", "radius_m", "facts")
        copy = Stop(id=new_id(), **{name: getattr(stop, name) for name in same}, **tenant)
        stops[stop.id] = copy.id
        db.session.add(copy)
    db.session.flush()
    for asked in db.session.scalars(sa.select(Question).where(Question.walk_id == source.id)):
        words = {name: getattr(asked, name) for name in ("order", "scale", "text")}
        db.session.add(Question(id=new_id(), stop_id=stops[asked.stop_id], **words, **tenant))
    db.session.flush()


def change_about(actor: Actor, walk_id: UUID, data: Mapping[str, Any], now: datetime) -> None:
    """Change what a walk is about, when it is, and what can be marked.

    `data`: title, purpose, theme, light, starts_at, ends_at, languages, categories, own names of these,
    extra fields, and the language of all texts.
    Raises Problem(not_found | forbidden | plan_closed | invalid).
    """
    feed.lock_walk(walk_id)
    walk = walks.walk_for(actor, walk_id)
    if not plans.is_changeable(walk.state):
        raise Problem("plan_closed")
    if data["starts_at"] != walk.starts_at:
        walks.require_to_come(data["starts_at"], _timezone(walk), now)
    for name in ("title", "purpose", "theme"):
        texts = getattr(walk, name) | {data["language"]: data[name]}
        setattr(walk, name, {tag: text for tag, text in texts.items() if text})
    for name in ("light", "starts_at", "ends_at", "languages"):
        setattr(walk, name, data[name])
    walk.categories = None if set(data["categories"]) >= by_code().keys() else data["categories"]
    names = renamed(walk.facts.get(NAMES), data["language"], data["names"])
    extras = with_extras(walk.facts.get(EXTRAS), data["language"], data["extras"])
    walk.facts = walk.facts | {NAMES: names, EXTRAS: extras}
    walks.changed(actor, walk_id, "about", now)


def _timezone(walk: Walk) -> str:
    return db.session.get_one(Area, walk.area_id).timezone


def choose_pack(actor: Actor, walk_id: UUID, name: str | None, now: datetime) -> None:
    """Give the walk another offline map, or none.

    Raises Problem(not_found | forbidden | plan_closed | invalid).
    """
    feed.lock_walk(walk_id)
    walk = walks.walk_for(actor, walk_id)
    if not plans.is_changeable(walk.state):
        raise Problem("plan_closed")
    walks.refuse_unknown_pack(name)
    if walk.pack != name:
        walk.pack = name
        walks.changed(actor, walk_id, "pack", now)


def area_box(walk: Walk) -> Box:
    area = db.session.get_one(Area, walk.area_id)
    return area.west, area.south, area.east, area.north


def map_cover(walk: Walk) -> Cover | None:
    """How much of the walk's area its offline map covers; None without one on this server."""
    found = pack(walk.pack)
    return cover(found.box, area_box(walk)) if found else None


def darkness_of(walk: Walk) -> tuple[Darkness, datetime]:
    """The evening of a walk in the middle of its area, and its start in local time."""
    area = db.session.get_one(Area, walk.area_id)
    zone = ZoneInfo(area.timezone)
    starts_at = walk.starts_at.astimezone(zone)
    lat, lon = (area.south + area.north) / 2, (area.west + area.east) / 2
    return darkness_on(lat, lon, starts_at.date(), zone), starts_at


def readiness(walk: Walk) -> list[Check]:
    """What a walk needs before people come, in the order in which one would see to it."""
    stops = list(db.session.scalars(sa.select(Stop.id).where(Stop.walk_id == walk.id)))
    asked = set(db.session.scalars(sa.select(Question.stop_id).where(Question.walk_id == walk.id)))
    silent = len(set(stops) - asked)
    owners = db.session.scalar(
        sa.select(sa.func.count()).where(Owner.organisation_id == walk.organisation_id)
    )
    darkness, starts_at = darkness_of(walk)
    covered = map_cover(walk)
    return [
        Check("map", covered == "whole", {"part": covered == "part", "none": covered == "none"}),
        Check("stops", bool(stops) and not silent, {"stops": len(stops), "silent": silent}),
        Check("time", not starts_before_dark(walk.light, starts_at, darkness), {}),
        Check("privacy", any(text.strip() for text in walk.purpose.values()), {}),
        Check("owner", bool(owners), {"owners": owners or 0}),
        Check("code", bool(walk.code_hmac) and walk.state == "open", {}),
    ]
