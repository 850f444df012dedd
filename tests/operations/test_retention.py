"""Retention: what people sent goes when its time is up, what was decided stays, and the log says so."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa

from app.db import db, transaction
from app.models import Audit, Leftover, Photo, PhotoEncoding, Pin, PinRevision, Rating, Walk
from app.operations import leftovers, organisations, retention
from app.rules.retention import goes_at, months_after
from tests.builders import a_photo, sha256
from tests.cast import Cast, WalkFacts

PHOTO = a_photo(3, (200, 150))
WORDS = "Grannen Ali bor här"
ENDED = datetime(2026, 1, 31, 19, tzinfo=UTC)
OVER = datetime(2027, 1, 31, 19, 1, tzinfo=UTC)
SETTINGS = {"name": "Staden", "brand_colour": None, "retention_months": 3, "original_days": 30}


@pytest.fixture
def closed(cast: Cast) -> Cast:
    """Walk A is over: a pin with words and a photo, an answer in words, and a decision about the pin."""
    pin_id = uuid4()
    here = {"lat": 60.1, "lon": 24.9, "accuracy_m": 5, "age_s": 1}
    cast.amina.put_pin(pin_id, text=WORDS, proposal=WORDS, here=here, photos=[{"sha256": sha256(PHOTO)}])
    cast.amina.put_photo(PHOTO)
    cast.amina.put_rating(text=WORDS)
    cast.bengt.put_pin(text=WORDS)
    cast.encode_photos()
    issue = cast.one(Pin, Pin.id == pin_id).issue_id
    decided = {"status": "declined", "decision": {"sv": "Staten äger vägen."}}
    answer = cast.fatima.put(
        f"/api/desk/walks/{cast.a.id}/issues/{issue}",
        json=decided,
        headers={"If-Match": f'"{seq_of(cast, pin_id)}"'},
    )
    assert answer.status_code == 200, answer.text
    cast.set_walk(cast.a, state="closed", ends_at=ENDED)
    return cast


def seq_of(cast: Cast, pin_id: UUID) -> int:
    pins = cast.fatima.get(f"/api/desk/walks/{cast.a.id}/pins").json["pins"]
    return int(next(pin["issue"]["seq"] for pin in pins if pin["id"] == str(pin_id)))


def purge(cast: Cast, now: datetime) -> int:
    with cast.app.app_context():
        return retention.purge_over(now)


def everything_of(cast: Cast, walk: WalkFacts) -> str:
    """All that is kept of a walk's pins and answers, as text."""
    with cast.app.app_context():
        pins = sa.select(Pin.id).where(Pin.walk_id == walk.id)
        asked: tuple[tuple[Any, Any], ...] = (
            (Pin, Pin.walk_id == walk.id),
            (PinRevision, PinRevision.pin_id.in_(pins)),
            (Rating, Rating.walk_id == walk.id),
        )
        rows = [
            dict(row._mapping)
            for model, own in asked
            for row in db.session.execute(sa.select(model.__table__).where(own))
        ]
    return json.dumps(rows, default=str, ensure_ascii=False)


def test_when_its_time_is_up_what_was_sent_goes_and_what_was_decided_stays(closed: Cast) -> None:
    before = closed.fatima.get(f"/api/desk/walks/{closed.a.id}/pins").json["pins"][0]
    assert purge(closed, OVER - timedelta(minutes=2)) == 0
    assert WORDS in everything_of(closed, closed.a)
    assert purge(closed, OVER) == 1
    kept = everything_of(closed, closed.a)
    assert WORDS not in kept
    assert "60.1," not in kept
    after = closed.fatima.get(f"/api/desk/walks/{closed.a.id}/pins").json["pins"][0]
    same = ("number", "category", "kind", "lat", "lon", "status")
    assert [after[name] for name in same] == [before[name] for name in same]
    assert after["issue"]["decision"] == {"sv": "Staten äger vägen."}
    assert after["photos"] == []
    assert closed.count(Photo) == closed.count(PhotoEncoding) == 0
    assert closed.one(Rating, Rating.walk_id == closed.a.id).score == 3
    assert closed.one(Walk, Walk.id == closed.a.id).state == "archived"
    line = closed.one(Audit, Audit.act == "purge_walk")
    assert (line.actor, line.facts) == ("command", {"pins": 1, "photos": 1, "answers": 1})
    assert WORDS in everything_of(closed, closed.b), "another walk's"
    assert purge(closed, OVER) == 0


def test_the_photos_bytes_follow(closed: Cast) -> None:
    store = closed.app.config["SETTINGS"].data_dir
    assert list(store.rglob("*-full.jpg"))
    purge(closed, OVER)
    with closed.app.app_context():
        leftovers.delete_leftovers(OVER)
    assert list(store.rglob("*.jpg")) == []
    assert closed.count(Leftover) == 0


def test_a_reader_is_told_of_what_went(closed: Cast) -> None:
    url = f"/api/desk/walks/{closed.a.id}/changes"
    seen = closed.fatima.get(url).json
    purge(closed, OVER)
    news = closed.fatima.get(url, query_string={"epoch": seen["epoch"], "after": seen["seq"]}).json
    [pin] = [item for item in news["items"] if item["type"] == "pin"]
    assert (pin["text"], pin["proposal"], pin["photos"]) == ("", "", [])


@pytest.mark.parametrize(
    "columns", [{"state": "open"}, {"state": "closing"}, {"is_fictional": True}, {"is_practice": True}]
)
def test_what_is_not_closed_or_not_real_is_never_touched(closed: Cast, columns: dict[str, Any]) -> None:
    closed.set_walk(closed.a, **columns)
    assert purge(closed, OVER + timedelta(days=999)) == 0
    assert WORDS in everything_of(closed, closed.a)


def test_a_purged_walk_stays_in_the_archive(closed: Cast) -> None:
    purge(closed, OVER)
    url = f"/api/desk/walks/{closed.a.id}/state"
    assert closed.fatima.put(url, json={"state": "closed"}).status_code == 422


def test_the_walks_page_says_when_it_goes_and_that_it_is_gone(closed: Cast) -> None:
    url, english = f"/desk/walks/{closed.a.id}/setup", {"Accept-Language": "en"}
    assert "is deleted by itself on 31 January 2027" in closed.fatima.get(url, headers=english).text
    purge(closed, OVER)
    page = closed.fatima.get(url, headers=english).text
    assert "has been deleted" in page
    assert "out of the archive" not in page


def test_a_shorter_time_counts_only_after_a_week(closed: Cast) -> None:
    now = datetime(2026, 6, 1, tzinfo=UTC)
    with closed.app.app_context(), transaction():
        wanted = SETTINGS | {"second_factor_of": "nobody"}
        actor = closed.staff("fatima")
        administrator = type(actor)(
            "facilitator", actor.id, memberships={closed.a.organisation_id: "administrator"}
        )
        organisations.change_settings(administrator, closed.a.organisation_id, wanted, now)
    assert purge(closed, now + timedelta(days=6)) == 0
    assert purge(closed, now + timedelta(days=7)) == 1


def test_a_message_sent_again_is_known_though_its_words_are_gone(closed: Cast) -> None:
    pin = closed.one(Pin, Pin.walk_id == closed.a.id)
    closed.set_walk(closed.a, state="closed")
    purge(closed, OVER)
    assert closed.one(Pin, Pin.id == pin.id).sha256 == pin.sha256


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        ("2026-01-31", 1, "2026-02-28"),
        ("2027-11-30", 3, "2028-02-29"),
        ("2026-12-01", 12, "2027-12-01"),
        ("2026-06-15", 24, "2028-06-15"),
    ],
)
def test_months_are_those_of_the_calendar(day: str, months: int, later: str) -> None:
    moment = datetime.fromisoformat(f"{day}T18:00+00:00")
    assert f"{months_after(moment, months):%Y-%m-%d %H}" == f"{later} 18"
    assert goes_at(moment, months, None) == months_after(moment, months)
