"""What a phone's file would bring to a walk: each pin and photo of it, and whether it is here already.

Owns the comparison alone; changes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from marshmallow import Schema, ValidationError

from app.adapters.secrets import is_marked
from app.db import AnyRow, run, table
from app.models import Photo, PinRevision, Rating
from app.operations import import_pins
from app.operations.pins import Message
from app.problems import Problem
from app.rules import rescue as rules
from app.rules.rescue import BadRescue, Saved, Thing
from app.schemas.pin import PinSchema, WithdrawalSchema
from app.schemas.walk import RatingSchema

PHOTO, REVISION, RATING = table(Photo), table(PinRevision), table(Rating)
SCHEMAS: dict[str, Schema] = {"pin": PinSchema(), "withdrawal": WithdrawalSchema(), "rating": RatingSchema()}
MANY = 500


@dataclass
class FoundPin:
    """A pin of the file. `state` is new | more (here in another version) | held | elsewhere | wrong.

    `fields` are its newest words, None where it is only taken back. `photos` are hash and state: new | held |
    missing | a code of the problem catalogue.
    """

    id: UUID
    messages: list[tuple[str, Message]] = field(default_factory=list)
    state: str = "new"
    fields: Mapping[str, Any] | None = None
    photos: list[tuple[str, str]] = field(default_factory=list)


@dataclass(frozen=True)
class Look:
    """A file as it would be taken in. `is_here`: it is of this very walk. `is_proved`: it shows whose it is.

    `photos` are what the file holds, by hash: size and type, or the fault for which one cannot be taken.
    """

    row: AnyRow
    saved: Saved
    pins: list[FoundPin]
    ratings: list[tuple[UUID, Message, bool]]
    photos: Mapping[str, Mapping[str, Any]]
    held_photos: set[str]
    is_here: bool
    is_proved: bool

    def count(self, *states: str) -> int:
        return sum(pin.state in states for pin in self.pins)

    @property
    def new_photos(self) -> list[str]:
        """Hashes of the photos that come in with it; also those of pins that are here and not in the file."""
        good = [sha256 for sha256, facts in self.photos.items() if not facts.get("fault")]
        return [sha256 for sha256 in good if sha256 not in self.held_photos]

    @property
    def loose_photos(self) -> list[str]:
        """New photos that no pin of the file shows."""
        named = {sha256 for pin in self.pins for sha256, _state in pin.photos}
        return [sha256 for sha256 in self.new_photos if sha256 not in named]

    @property
    def new_ratings(self) -> int:
        return sum(is_new for _key, _message, is_new in self.ratings)

    @property
    def brings(self) -> bool:
        """Whether taking it in would change anything."""
        return bool(self.count("new", "more") or self.new_photos or self.new_ratings)


def look_at(row: AnyRow) -> Look:
    """The file that lies in an import's `row`. Raises Problem(not_found) when it is done with."""
    if row.content is None:
        raise Problem("not_found")
    saved = rules.parse(row.content, row.choices["proof"].encode())
    is_proved = bool(saved.told) and is_marked(saved.walk_id, saved.told, row.content, saved.mark)
    is_here, stored = saved.walk_id == row.walk_id, row.choices["photos"]
    found = _pins(saved.things, is_here and is_proved)
    _compare(row.walk_id, found)
    places = {pin.id: [one["sha256"] for one in (pin.fields or {}).get("photos", ())] for pin in found}
    held = _held_photos(row.walk_id, {*stored, *(sha256 for each in places.values() for sha256 in each)})
    for pin in found:
        pin.photos = [(sha256, _photo_state(sha256, held, stored)) for sha256 in places[pin.id]]
    return Look(row, saved, found, _ratings(saved.things), stored, held, is_here, is_proved)


def _photo_state(sha256: str, held: set[str], stored: Mapping[str, Mapping[str, Any]]) -> str:
    if sha256 in held:
        return "held"
    return str(stored[sha256].get("fault", "new")) if sha256 in stored else "missing"


def _pins(things: tuple[Thing, ...], may_withdraw: bool) -> list[FoundPin]:
    """The file's pins in its order, each with its messages as the wire's schema takes them.

    Nobody but the reporter takes a pin back by a file.
    """
    found: dict[UUID, FoundPin] = {}
    for thing in things:
        if thing.kind not in (("pin", "withdrawal") if may_withdraw else ("pin",)):
            continue
        pin = found.setdefault(thing.id, FoundPin(thing.id))
        message = _message(thing)
        if message is None:
            continue
        pin.messages.append((thing.kind, message))
        if thing.kind == "pin":
            pin.fields = message.data
    return list(found.values())


def _message(thing: Thing) -> Message | None:
    """The thing as it would have come by the wire; None when the wire would have refused it."""
    try:
        data = SCHEMAS[thing.kind].load(rules.read_json(thing.body))
    except (ValidationError, BadRescue):
        return None
    return Message(data, thing.body, thing.sha256) if data["rev"] == thing.rev else None


def _compare(walk_id: UUID, found: list[FoundPin]) -> None:
    """Say of each pin what the walk has of it."""
    here = import_pins.known([pin.id for pin in found])
    seen = _seen(list(here))
    for pin in found:
        row = here.get(pin.id)
        if row is not None and row.walk_id != walk_id:
            pin.state = "elsewhere"
        elif not pin.messages:
            pin.state = "wrong"
        elif row is not None:
            is_held = all((pin.id, message.sha256) in seen for _kind, message in pin.messages)
            pin.state = "held" if is_held else "more"
        elif pin.fields is None:
            pin.state = "held"  # taken back before it ever came: nothing to do


def _seen(ids: list[UUID]) -> set[tuple[UUID, str]]:
    seen: set[tuple[UUID, str]] = set()
    for start in range(0, len(ids), MANY):
        columns = sa.select(REVISION.c.pin_id, REVISION.c.sha256)
        rows = run(columns.where(REVISION.c.pin_id.in_(ids[start : start + MANY])))
        seen |= {(row.pin_id, row.sha256) for row in rows}
    return seen


def _ratings(things: tuple[Thing, ...]) -> list[tuple[UUID, Message, bool]]:
    """Each answer's newest message, and whether it is not here yet."""
    newest: dict[UUID, Message] = {}
    for thing in things:
        if thing.kind == "rating" and (message := _message(thing)):
            newest[thing.id] = message
    ids = list(newest)
    here: set[tuple[UUID, str]] = set()
    for start in range(0, len(ids), MANY):
        rows = run(sa.select(RATING.c.id, RATING.c.sha256).where(RATING.c.id.in_(ids[start : start + MANY])))
        here |= {(row.id, row.sha256) for row in rows}
    return [(key, message, (key, message.sha256) not in here) for key, message in newest.items()]


def _held_photos(walk_id: UUID, hashes: set[str]) -> set[str]:
    wanted, held = sorted(hashes), set()
    for start in range(0, len(wanted), MANY):
        own = sa.and_(PHOTO.c.walk_id == walk_id, PHOTO.c.sent_sha256.in_(wanted[start : start + MANY]))
        held |= set(run(sa.select(PHOTO.c.sent_sha256).where(own, PHOTO.c.state != "lost")).scalars())
    return held
