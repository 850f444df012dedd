"""Doing a walk again, and what a walk needs before people come."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa

from app.db import db, transaction
from app.models import Pin, Question, Route, Stop, Walk
from app.operations import prepare
from app.problems import Problem
from tests.builders import LAT, LON, NOW
from tests.cast import Cast

STARTS = datetime(2027, 11, 18, 17, 0, tzinfo=UTC)
ENDS = STARTS + timedelta(hours=2)


def repeated(cast: Cast, who: str = "fatima", walk_id: UUID | None = None) -> UUID:
    with cast.app.app_context(), transaction():
        return prepare.repeat(cast.staff(who), walk_id or cast.a.id, STARTS, ENDS, NOW).id


def planned(cast: Cast, walk_id: UUID) -> dict[str, Any]:
    """What matters of a walk's plan, without its ids."""
    with cast.app.app_context():
        stops = db.session.scalars(sa.select(Stop).where(Stop.walk_id == walk_id)).all()
        asked = db.session.scalars(sa.select(Question).where(Question.walk_id == walk_id)).all()
        route = db.session.get(Route, walk_id)
        orders = {stop.id: stop.order for stop in stops} | {None: None}
        return {
            "stops": sorted((stop.order, stop.name["sv"], stop.minutes, str(stop.facts)) for stop in stops),
            "questions": sorted((str(orders[one.stop_id]), one.scale, one.text["sv"]) for one in asked),
            "route": route.points if route else None,
        }


def test_a_repeated_walk_has_the_plan_and_the_settings_but_no_pins(cast: Cast) -> None:
    cast.set_walk(cast.a, theme={"sv": "Ljus"}, categories=["lighting"], pack="kotka", light="dark")
    with cast.app.app_context():
        tenant = {"walk_id": cast.a.id, "organisation_id": cast.a.organisation_id}
        db.session.add(Route(points=[[LON, LAT], [LON, LAT + 0.001]], length_m=111, **tenant))
        db.session.add(Question(id=uuid4(), text={"sv": "Och till sist?"}, scale="text", **tenant))
        db.session.commit()
    cast.amina.put_pin()
    walk_id = repeated(cast)
    assert planned(cast, walk_id) == planned(cast, cast.a.id)
    before, after = cast.one(Walk, Walk.id == cast.a.id), cast.one(Walk, Walk.id == walk_id)
    for name in prepare.COPIED:
        assert getattr(after, name) == getattr(before, name), name
    assert (after.follows_walk_id, after.series_id) == (cast.a.id, before.series_id)
    assert after.series_id is not None
    assert (after.state, after.starts_at, after.feed_seq) == ("draft", STARTS, 0)
    assert after.epoch != before.epoch
    assert after.code_hmac != before.code_hmac
    assert cast.count(Pin, Pin.walk_id == walk_id) == 0


def test_a_walk_repeated_twice_stays_in_one_series(cast: Cast) -> None:
    first = repeated(cast)
    second = repeated(cast, walk_id=first)
    walks = [cast.one(Walk, Walk.id == one) for one in (cast.a.id, first, second)]
    assert len({walk.series_id for walk in walks}) == 1
    assert [walk.follows_walk_id for walk in walks] == [None, cast.a.id, first]


def test_the_stops_of_a_repeated_walk_are_its_own(cast: Cast) -> None:
    walk_id = repeated(cast)
    assert cast.one(Stop, Stop.walk_id == walk_id).id != cast.a.stop_id


def test_a_walk_of_another_organisation_cannot_be_repeated(cast: Cast) -> None:
    with pytest.raises(Problem, match="not_found"):
        repeated(cast, "nils")


def states(cast: Cast) -> dict[str, bool]:
    with cast.app.app_context():
        return {check.code: check.ok for check in prepare.readiness(db.session.get_one(Walk, cast.a.id))}


def test_what_is_missing_is_named_and_goes_when_it_is_there(cast: Cast) -> None:
    june = datetime(2026, 6, 20, 18, 0, tzinfo=UTC)
    cast.set_walk(cast.a, state="draft", purpose={}, light="dark", starts_at=june)
    before = states(cast)
    assert [code for code, ok in before.items() if ok] == ["stops", "owner"]
    winter = datetime(2026, 12, 20, 18, 0, tzinfo=UTC)
    cast.set_walk(cast.a, state="open", purpose={"sv": "Se."}, starts_at=winter, pack="kotka")
    assert [code for code, ok in states(cast).items() if not ok] == ["map"]
    cast.set_area(cast.a, (26.94, 60.525, 26.96, 60.535))
    assert all(states(cast).values())


def test_a_stop_without_a_question_is_not_ready(cast: Cast) -> None:
    with cast.app.app_context():
        place = {"lat": LAT, "lon": LON, "order": 2, "name": {"sv": "Torget"}}
        tenant = {"walk_id": cast.a.id, "organisation_id": cast.a.organisation_id}
        db.session.add(Stop(id=uuid4(), **place, **tenant))
        db.session.commit()
    assert states(cast)["stops"] is False
