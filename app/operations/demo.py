"""The demo: three closed walks of one fictional series, and a practice walk that is always open.

Owns the demo organisation and everything in it. Promises that seeding twice changes nothing, that a
seeding cut short is finished by the next, and that a reset leaves what a first seeding would: also
the practice walk's first code, when somebody has changed it. Pins and photos take the way that a
phone's take; encoding them is the caller's. Unlike other operations these open their own transactions,
one for each walk.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

import sqlalchemy as sa

from app.adapters.secrets import lasting_code, new_epoch
from app.db import Base, db, transaction
from app.models import (
    Area,
    Issue,
    Leftover,
    Membership,
    Organisation,
    Owner,
    Participant,
    Photo,
    PhotoEncoding,
    Pin,
    PinPhoto,
    Question,
    Route,
    Series,
    Stop,
    Walk,
)
from app.operations import feed, photos, pins
from app.operations.facilitators import DEMO_EMAIL, find_or_make
from app.operations.walks import code_of, give_code
from app.problems import Problem
from app.rules.access import Actor
from app.schemas.pin import PinSchema

FOLDER = Path(__file__).resolve().parent.parent / "data/demo"
NAMESPACE = UUID("0192f0c4-7a00-7000-8000-6b616a73616e")
HISTORIC = ("walk_2024", "walk_2025", "walk_2026")
PACK = "helsinki"
OPENED_AGO = timedelta(hours=1)
CLOSED_AFTER = timedelta(days=14)


def demo_id(name: str) -> UUID:
    """The fixed id of a thing of the demo."""
    return uuid5(NAMESPACE, name)


ORGANISATION = demo_id("organisation")
AREA = demo_id("area")
SERIES = demo_id("series")


@cache
def told(name: str) -> dict[str, Any]:
    """One of the demo's data files."""
    content: dict[str, Any] = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    return content


def seed_demo(now: datetime) -> bool:
    """Make what is missing of the demo; returns whether photos wait to be encoded."""
    with transaction():
        actor = _seed_place(now)
    for name in HISTORIC:
        _seed_walk(told(name), actor, now)
    _seed_walk(_practice(now), actor, now)
    return bool(photos.waiting(1))


def reset_demo(now: datetime) -> None:
    """Take away everything in the demo organisation, also what visitors made, and seed anew."""
    with transaction() as session:
        keys = _stored_keys()
        for table in reversed(Base.metadata.sorted_tables):
            if "organisation_id" in table.c:
                session.execute(sa.delete(table).where(table.c.organisation_id == ORGANISATION))
    for key in keys:
        photos.photo_store().delete(key)
    seed_demo(now)


def is_seeded() -> bool:
    """Whether the demo is there already."""
    return _practice_walk() is not None


def practice_code() -> str:
    """The practice walk's join code. Raises Problem(not_found) before the first seeding."""
    walk = _practice_walk()
    code = code_of(walk) if walk else None
    if code is None:
        raise Problem("not_found")
    return code


def _practice_walk() -> Walk | None:
    return db.session.get(Walk, UUID(told("practice")["id"]))


def _stored_keys() -> list[str]:
    own = Photo.organisation_id == ORGANISATION
    uploads = sa.select(Photo.upload_key).where(own, Photo.upload_key.is_not(None))
    encodings = sa.select(PhotoEncoding.key).where(PhotoEncoding.organisation_id == ORGANISATION)
    leftovers = sa.select(Leftover.key).where(Leftover.organisation_id == ORGANISATION)
    return [key for found in (uploads, encodings, leftovers) for key in db.session.scalars(found) if key]


def _seed_place(now: datetime) -> Actor:
    """The organisation, its facilitator (who is returned), the area with its series, and the owners."""
    place = told("place")
    west, south, east, north = place["area"]["bbox"]
    owned = {"organisation_id": ORGANISATION, "created_at": now}
    same = ("name", "municipality", "timezone", "polygon", "facts")
    area = {name: place["area"][name] for name in same}
    person = find_or_make(DEMO_EMAIL, place["facilitator"]["name"], now)
    things: list[tuple[Any, Base]] = [
        (ORGANISATION, Organisation(id=ORGANISATION, created_at=now, **place["organisation"])),
        ((ORGANISATION, person.id), Membership(facilitator_id=person.id, role="administrator", **owned)),
        (AREA, Area(id=AREA, west=west, south=south, east=east, north=north, **area, **owned)),
        (SERIES, Series(id=SERIES, area_id=AREA, **place["series"], **owned)),
    ]
    for owner in place["owners"]:
        facts = {"answers_for": owner["answers_for"]}
        row = Owner(id=demo_id(owner["key"]), name=owner["name"], kind=owner["kind"], facts=facts, **owned)
        things.append((row.id, row))
    for key, thing in things:
        if db.session.get(type(thing), key) is None:
            db.session.add(thing)
            db.session.flush()
    return Actor("facilitator", person.id, memberships={ORGANISATION: "administrator"})


def _practice(now: datetime) -> dict[str, Any]:
    """The practice walk as if it had begun an hour ago; its times are told in minutes."""
    practice = told("practice")

    def at(minutes: int) -> str:
        return (now - timedelta(minutes=minutes)).isoformat()

    timed = [
        told
        | {"device": "example", "received_at": at(told["minutes_ago"] - 1)}
        | {"pin": told["pin"] | {"made_at": at(told["minutes_ago"])}, "visibility": "walk"}
        for told in practice["pins"]
    ]
    return practice | {"starts_at": (now - OPENED_AGO).isoformat(), "pins": timed, "audits": []}


def _seed_walk(spec: Mapping[str, Any], facilitator: Actor, now: datetime) -> None:
    """Make the walk with all that was sent in it, unless it is there."""
    walk_id = UUID(spec["id"])
    if db.session.get(Walk, walk_id) is not None:
        return
    uploads = {
        photo["file"]: _upload(walk_id, photo["file"]) for pin in spec["pins"] for photo in pin["photos"]
    }
    is_practice = spec["key"] == "practice"
    with transaction():
        walk = _walk(spec, is_practice, now)
        if is_practice:
            give_code(walk, lasting_code(spec["id"]))
        db.session.add(walk)
        db.session.flush()
        stops = _stops(spec, walk_id)
        devices = _devices(spec, walk)
        for pin in sorted(spec["pins"], key=lambda pin: (pin["received_at"], pin["ref"])):
            if walk.state == "open" and datetime.fromisoformat(pin["received_at"]) > walk.ends_at:
                _set_state(facilitator, walk, "closing", walk.ends_at)
            _receive(walk, devices[pin["device"]], pin, stops, uploads)
        _review(facilitator, walk, spec["pins"], now)
        if not is_practice:
            _decide(walk, spec["pins"])
            _set_state(facilitator, walk, "closed", walk.ends_at + CLOSED_AFTER)


def _walk(spec: Mapping[str, Any], is_practice: bool, now: datetime) -> Walk:
    follows = spec.get("follows")
    same = ("title", "purpose", "theme", "light", "step", "languages", "facts")
    return Walk(
        id=UUID(spec["id"]),
        organisation_id=ORGANISATION,
        area_id=AREA,
        series_id=None if is_practice else SERIES,
        follows_walk_id=UUID(told(f"walk_{follows}")["id"]) if follows else None,
        state="open",
        starts_at=datetime.fromisoformat(spec["starts_at"]),
        ends_at=datetime.fromisoformat(spec["ends_at"]),
        pack=PACK,
        is_fictional=True,
        is_practice=is_practice,
        epoch=new_epoch(),
        created_at=now,
        **{name: spec[name] for name in same},
    )


def _stops(spec: Mapping[str, Any], walk_id: UUID) -> dict[str, UUID]:
    """Stops with a question each, the end's questions and the route; code of a stop → its id."""
    route = told("route")
    owned = {"organisation_id": ORGANISATION, "walk_id": walk_id}
    audits = {audit["stop"]: audit for audit in spec["audits"]}
    ids: dict[str, UUID] = {}
    for stop in spec.get("stops", route["stops"]):
        code = stop["code"]
        ids[code] = uuid5(walk_id, code)
        facts = {"code": code, "osm": stop.get("osm"), "audit": audits.get(code)}
        same = ("order", "name", "lat", "lon", "place_type", "minutes", "radius_m")
        db.session.add(Stop(id=ids[code], facts=facts, **owned, **{name: stop[name] for name in same}))
    db.session.flush()
    for code, stop_id in ids.items():
        asked = Question(id=uuid5(walk_id, f"{code}?"), stop_id=stop_id, **owned, **route["stop_question"])
        db.session.add(asked)
    for order, question in enumerate(route["end_questions"], 1):
        db.session.add(Question(id=uuid5(walk_id, f"end {order}"), order=order, **owned, **question))
    db.session.add(Route(points=route["points"], length_m=route["length_m"], **owned))
    return ids


def _devices(spec: Mapping[str, Any], walk: Walk) -> dict[str, Actor]:
    """One participant for each device that sent; nobody holds their tokens."""
    names = sorted({pin["device"] for pin in spec["pins"]})
    actors = {name: Actor("participant", uuid5(walk.id, f"device {name}"), walk_id=walk.id) for name in names}
    for actor in actors.values():
        row = Participant(
            id=actor.id, organisation_id=ORGANISATION, walk_id=walk.id, joined_at=walk.starts_at
        )
        db.session.add(row)
    db.session.flush()
    return actors


def _upload(walk_id: UUID, file: str) -> photos.Upload:
    """Put a demo picture where a phone's upload would lie."""
    content = (FOLDER / "photos" / file).read_bytes()
    sha256 = hashlib.sha256(content).hexdigest()
    key = photos.upload_key(walk_id)
    photos.photo_store().put(key, content)
    return photos.Upload(sha256, len(content), "image/jpeg", key)


def _receive(
    walk: Walk,
    actor: Actor,
    told_pin: Mapping[str, Any],
    stops: Mapping[str, UUID],
    uploads: Mapping[str, photos.Upload],
) -> None:
    """Send the pin and its photos as a phone would have."""
    received_at = datetime.fromisoformat(told_pin["received_at"])
    shown = [(uploads[photo["file"]], photo) for photo in told_pin["photos"]]
    body = {"schema": 1, "client": "demo", "rev": 1, "base_rev": None}
    body |= {name: value for name, value in told_pin["pin"].items() if name != "stop"}
    body["stop_id"] = str(stops[told_pin["pin"]["stop"]]) if "stop" in told_pin["pin"] else None
    body["photos"] = [
        {"sha256": upload.sha256, "alt": photo["alt"], "order": order, "phase": photo["phase"]}
        for order, (upload, photo) in enumerate(shown)
    ]
    payload = json.dumps(body, ensure_ascii=False)
    sha256 = hashlib.sha256(payload.encode()).hexdigest()
    message = pins.Message(PinSchema().load(body), payload, sha256)
    pins.receive(actor, walk.id, UUID(told_pin["id"]), message, received_at)
    for upload, _photo in shown:
        photos.receive(actor, walk.id, upload, received_at)


def _set_state(facilitator: Actor, walk: Walk, state: str, at: datetime) -> None:
    walk.state = state
    walk.closing_at = walk.closing_at or at
    walk.closed_at = at if state == "closed" else None
    db.session.flush()
    row = feed.lock_walk(walk.id)
    number = feed.next_number(walk.id)
    feed.append(row, "walk", walk.id, number.seq, state, facilitator.name, at)


def _review(facilitator: Actor, walk: Walk, told_pins: Iterable[Mapping[str, Any]], now: datetime) -> None:
    """What the facilitator decided about pins, texts and photos."""
    row = feed.lock_walk(walk.id)
    for told_pin in told_pins:
        if told_pin["review"] == "new":
            continue
        pin = db.session.get_one(Pin, UUID(told_pin["id"]))
        number = feed.next_number(walk.id)
        pin.seq, pin.review, pin.visibility = number.seq, told_pin["review"], told_pin["visibility"]
        pin.text_public = told_pin["text_public"]
        pin.text_review = "approved" if pin.text_public["sv"] == pin.text else "hidden"
        _approve_photos(pin)
        feed.append(row, "pin", pin.id, number.seq, "review", facilitator.name, now)
    db.session.flush()


def _approve_photos(pin: Pin) -> None:
    hashes = sa.select(PinPhoto.sha256).where(PinPhoto.pin_id == pin.id)
    same = sa.and_(Photo.walk_id == pin.walk_id, Photo.sent_sha256.in_(hashes))
    db.session.execute(sa.update(Photo).where(same).values(review="approved", visibility=pin.visibility))


def _decide(walk: Walk, told_pins: Iterable[Mapping[str, Any]]) -> None:
    """Status, owner, dates and decision of each pin's issue."""
    by_ref = {told_pin["ref"]: told_pin for told_pin in told_pins}
    for told_pin in by_ref.values():
        issue, facts = _issue_of(told_pin), told_pin["issue"]
        # A merged issue has no status of its own to show; split off again, it has been looked at.
        issue.status = "reviewed" if facts["merged_into"] else facts["status"]
        issue.horizon = facts["horizon"]
        issue.owner_id = demo_id(facts["owner"]) if facts["owner"] else None
        issue.decision = facts["decision"]
        issue.due_on = date.fromisoformat(facts["due_on"]) if facts["due_on"] else None
        issue.done_at = datetime.fromisoformat(facts["done_at"]) if facts["done_at"] else None
        if facts["merged_into"]:
            issue.merged_into_id = _issue_of(by_ref[facts["merged_into"]]).id
    db.session.flush()


def _issue_of(told_pin: Mapping[str, Any]) -> Issue:
    pin = db.session.get_one(Pin, UUID(told_pin["id"]))
    return db.session.get_one(Issue, pin.issue_id)
