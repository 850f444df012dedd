"""The cast: the same people in every test, and what each of them holds.

Amina walks with a phone in walk A, Bengt in walk B of the same organisation; Fatima is facilitator
of that organisation, Nils of another one; Ove answers for a place and may log in, but runs nothing;
nobody has joined nothing. Whoever is not concerned must see nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.db import db, transaction
from app.models import Area, Question, Stop, Walk
from app.operations.facilitators import login_link
from app.operations.walks import code_of
from app.rules.access import Actor
from app.web.auth import COOKIE
from app.worker import process_waiting
from tests.builders import (
    a_facilitator,
    a_participant,
    a_pin,
    a_rating,
    a_walk,
    an_organisation,
    an_owner,
    encoded,
    sha256,
)

JSON = "application/json"


@dataclass(frozen=True)
class WalkFacts:
    """What a test needs of a walk without touching its row."""

    id: UUID
    organisation_id: UUID
    code: str
    epoch: str
    stop_id: UUID
    question_id: UUID


@dataclass
class Phone:
    """A device in one walk: a browser that holds that walk's cookie."""

    client: FlaskClient
    walk: WalkFacts
    id: UUID
    token: str

    @property
    def actor(self) -> Actor:
        return Actor("participant", self.id, walk_id=self.walk.id)

    def url(self, *parts: object, walk: WalkFacts | None = None) -> str:
        return "/".join(["/api/walks", *map(str, ((walk or self.walk).id, *parts))])

    def put_json(self, path: str, body: Any) -> TestResponse:
        return self.client.put(path, data=encoded(body), content_type=JSON)

    def put_pin(self, pin_id: UUID | str | None = None, **fields: Any) -> TestResponse:
        """Send a pin; `fields` go over an ordinary one."""
        return self.put_json(self.url("pins", pin_id or uuid4()), a_pin(**fields))

    def withdraw(self, pin_id: UUID | str, rev: int = 2, base_rev: int | None = 1) -> TestResponse:
        body = {"rev": rev, "base_rev": base_rev}
        return self.put_json(self.url("pins", pin_id, "withdrawal"), body)

    def put_photo(self, data: bytes, name: str | None = None, kind: str = "image/jpeg") -> TestResponse:
        """Send a photo under its own hash, or under `name`."""
        return self.client.put(self.url("photos", name or sha256(data)), data=data, content_type=kind)

    def put_rating(self, rating_id: UUID | None = None, **fields: Any) -> TestResponse:
        body = a_rating(self.walk.question_id, **fields)
        return self.put_json(self.url("ratings", rating_id or uuid4()), body)

    def missing(self, **held: Any) -> dict[str, Any]:
        answer = self.client.post(self.url("missing"), json=held)
        assert answer.status_code == 200, answer.text
        return answer.json

    def changes(self, **query: Any) -> dict[str, Any]:
        answer = self.client.get(self.url("changes"), query_string=query)
        assert answer.status_code == 200, answer.text
        return answer.json

    def feed(self) -> list[dict[str, Any]]:
        """All items, from the beginning."""
        return self.changes(limit=500)["items"]


@dataclass
class Cast:
    """Everyone, on one app. Browsers of staff are logged in at first use."""

    app: Flask
    amina: Phone
    bengt: Phone
    ids: dict[str, UUID]
    _desks: dict[str, FlaskClient] = field(default_factory=dict)

    @property
    def a(self) -> WalkFacts:
        """Walk A."""
        return self.amina.walk

    @property
    def b(self) -> WalkFacts:
        """Walk B: same organisation, other people."""
        return self.bengt.walk

    @property
    def fatima(self) -> FlaskClient:
        return self.desk("fatima")

    @property
    def nils(self) -> FlaskClient:
        return self.desk("nils")

    @property
    def ove(self) -> FlaskClient:
        return self.desk("ove")

    @property
    def nobody(self) -> FlaskClient:
        """A client that has never been here, keeps nothing, and has the cookies that its headers say."""
        return self.app.test_client(use_cookies=False)

    def staff(self, name: str) -> Actor:
        """Fatima or Nils, for operations."""
        memberships = {self.ids["their organisation" if name == "nils" else "organisation"]: "facilitator"}
        return Actor("facilitator", self.ids[name], memberships=memberships)

    def another_walk(self) -> Phone:
        """A phone in a new walk of Fatima's organisation."""
        with self.app.app_context():
            phone = _phone(self.app, a_walk(self.ids["organisation"]))
            db.session.commit()
        return phone

    def uploads(self) -> list[str]:
        """Keys of what lies in the store as phones sent it."""
        with self.app.app_context():
            return sorted(key for key, _written in self.app.extensions["photo_store"].listing("uploads"))

    def encode_photos(self) -> None:
        """What the photo worker does, here and now."""
        with self.app.app_context():
            process_waiting()
            db.session.remove()

    def log_out_all(self) -> None:
        """Staff log in anew at their next use."""
        self._desks.clear()

    def another_phone(self, walk: WalkFacts) -> Phone:
        """One more device in `walk`."""
        with self.app.app_context():
            phone = _phone(self.app, db.session.get_one(Walk, walk.id))
            db.session.commit()
        return phone

    def set_walk(self, walk: WalkFacts, **columns: Any) -> None:
        """Put a walk into another condition, past every rule."""
        with self.app.app_context():
            db.session.execute(sa.update(Walk).where(Walk.id == walk.id).values(**columns))
            db.session.commit()

    def set_area(self, walk: WalkFacts, box: Sequence[float], **columns: Any) -> None:
        """Put a walk's area elsewhere."""
        sides = dict(zip(("west", "south", "east", "north"), box, strict=True))
        own = sa.select(Walk.area_id).where(Walk.id == walk.id).scalar_subquery()
        with self.app.app_context():
            db.session.execute(sa.update(Area).where(Area.id == own).values(**sides, **columns))
            db.session.commit()

    def count(self, model: Any, *where: Any) -> int:
        """How many rows there are."""
        with self.app.app_context():
            return db.session.scalar(sa.select(sa.func.count()).select_from(model).where(*where)) or 0

    def one(self, model: Any, *where: Any) -> Any:
        """The only row's columns, as an object that outlives the session."""
        with self.app.app_context():
            return db.session.execute(sa.select(model.__table__).where(*where)).one()

    def desk(self, name: str) -> FlaskClient:
        """The browser of whoever has that name at example.org."""
        if name not in self._desks:
            with self.app.app_context(), transaction():
                link = login_link(f"{name}@example.org", datetime.now(UTC))
            browser = self.app.test_client()
            answer = browser.post(link.removeprefix("http://localhost"))
            assert answer.status_code == 303, answer.text
            self._desks[name] = browser
        return self._desks[name]


def facts_of(walk: Walk) -> WalkFacts:
    stop = db.session.scalars(sa.select(Stop.id).where(Stop.walk_id == walk.id)).one()
    question = db.session.scalars(sa.select(Question.id).where(Question.walk_id == walk.id)).one()
    return WalkFacts(walk.id, walk.organisation_id, code_of(walk) or "", walk.epoch, stop, question)


def _phone(app: Flask, walk: Walk) -> Phone:
    participant, token = a_participant(walk)
    browser = app.test_client()
    browser.set_cookie(COOKIE, token, domain="localhost", path=f"/api/walks/{walk.id}")
    return Phone(browser, facts_of(walk), participant.id, token)


def make_cast(app: Flask) -> Cast:
    """Put everyone into an empty database."""
    with app.app_context():
        ours, theirs = an_organisation("Staden"), an_organisation("Grannstaden")
        owner = an_owner(ours, "Ove")
        ids = {
            "organisation": ours.id,
            "their organisation": theirs.id,
            "owner": owner.id,
            "ove": a_facilitator(ours, "Ove", role="owner").id,
            "fatima": a_facilitator(ours, "Fatima").id,
            "nils": a_facilitator(theirs, "Nils").id,
        }
        amina, bengt = _phone(app, a_walk(ours.id)), _phone(app, a_walk(ours.id))
        db.session.commit()
    return Cast(app, amina, bengt, ids)


@pytest.fixture
def cast(app: Flask) -> Iterator[Cast]:
    """Everyone, on this test's app."""
    yield make_cast(app)
    with app.app_context():
        db.session.remove()
