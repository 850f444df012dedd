"""Small makers of things that tests begin with: rows, messages and pictures.

Promises valid things with nothing remarkable about them; a test names what it cares for. Rows are
added to the session and flushed, and the caller commits.
"""

from __future__ import annotations

import hashlib
import io
import json
import secrets
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from PIL import Image

from app.adapters.secrets import new_epoch, new_token, token_hash
from app.db import Base, db
from app.models import (
    Area,
    Facilitator,
    Membership,
    Organisation,
    Owner,
    Participant,
    Question,
    Stop,
    Walk,
)
from app.operations.pins import Message
from app.operations.walks import give_code
from app.schemas.pin import PinSchema

NOW = datetime.now(UTC)
BOX = (24.93, 60.16, 24.97, 60.18)
LAT, LON = 60.17, 24.95


def added(row: Base) -> Any:
    db.session.add(row)
    db.session.flush()
    return row


def an_organisation(name: str = "Staden") -> Organisation:
    return added(Organisation(id=uuid4(), name=name, created_at=NOW))


def an_owner(organisation: Organisation, name: str) -> Owner:
    return added(
        Owner(id=uuid4(), organisation_id=organisation.id, name=name, kind="municipality", created_at=NOW)
    )


def a_walk(organisation_id: UUID, **columns: Any) -> Walk:
    """An open walk that began an hour ago, with a code, one stop and one question at it."""
    tenant = {"organisation_id": organisation_id}
    west, south, east, north = BOX
    box = {"west": west, "south": south, "east": east, "north": north}
    area = added(Area(id=uuid4(), name="Kajen", timezone="Europe/Helsinki", created_at=NOW, **box, **tenant))
    hour = timedelta(hours=1)
    values = {
        "title": {"sv": "Kajen i mörker", "en": "The quay after dark"},
        "purpose": {"sv": "Se platsen."},
        "theme": {},
        "state": "open",
        "starts_at": NOW - hour,
        "ends_at": NOW + hour,
        "languages": ["sv", "en"],
        "created_at": NOW,
    }
    walk = Walk(id=uuid4(), area_id=area.id, epoch=new_epoch(), **tenant, **(values | columns))
    give_code(walk)
    added(walk)
    place = {"lat": LAT, "lon": LON, "order": 1, "name": {"sv": "Bron"}}
    stop = added(Stop(id=uuid4(), walk_id=walk.id, **place, **tenant))
    asked = {"text": {"sv": "Hur känns det?"}, "stop_id": stop.id}
    added(Question(id=uuid4(), walk_id=walk.id, **asked, **tenant))
    return walk


def a_participant(walk: Walk) -> tuple[Participant, str]:
    """A device in `walk`, and the token of its cookie."""
    token = new_token()
    tenant = {"organisation_id": walk.organisation_id, "walk_id": walk.id}
    participant = Participant(id=uuid4(), joined_at=NOW, token_hash=token_hash(token), **tenant)
    return added(participant), token


def a_facilitator(organisation: Organisation, name: str, role: str = "facilitator") -> Facilitator:
    """A person who may log in by a link, with a membership."""
    email = f"{name.lower()}@example.org"
    person = Facilitator(id=uuid4(), email=email, name=name, created_at=NOW)
    person.fs_uniquifier = secrets.token_hex(32)
    added(person)
    added(Membership(organisation_id=organisation.id, facilitator_id=person.id, role=role, created_at=NOW))
    return person


def a_pin(**fields: Any) -> dict[str, Any]:
    """A phone's message for a first revision; `None` for a field leaves it as null."""
    body = {
        "schema": 1,
        "client": "test",
        "rev": 1,
        "base_rev": None,
        "made_at": "2026-06-01T18:30:00+00:00",
        "kind": "problem",
        "category": "lighting",
        "there": {"lat": LAT, "lon": LON},
        "source": "sensor",
        "text": "Lampan är trasig.",
    }
    return body | fields


def a_rating(question_id: UUID, **fields: Any) -> dict[str, Any]:
    body = {"rev": 1, "base_rev": None, "question_id": str(question_id), "stop_id": None, "score": 3}
    return body | {"text": "", "made_at": "2026-06-01T18:31:00+00:00"} | fields


def encoded(body: Any) -> bytes:
    """The exact bytes that a phone would send."""
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def a_message(body: dict[str, Any]) -> Message:
    """`body` as an operation gets it from the web."""
    payload = encoded(body)
    return Message(PinSchema().load(body), payload.decode(), sha256(payload))


def a_photo(seed: int = 0, size: tuple[int, int] = (64, 48), kind: str = "JPEG") -> bytes:
    """A small real picture; another `seed`, other bytes."""
    file = io.BytesIO()
    colour = (seed % 256, seed // 256 % 256, 90)
    Image.new("RGB", size, colour).save(file, kind)
    return file.getvalue()
