"""The plan on the wire: versions, ids that stay, what is in use, and what phones get of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.models import Pin, Question, Route, Stop
from tests.builders import LAT, LON
from tests.cast import Cast, WalkFacts


def path(walk: WalkFacts) -> str:
    return f"/api/desk/walks/{walk.id}/plan"


def plan_of(cast: Cast, walk: WalkFacts | None = None) -> dict[str, Any]:
    answer = cast.fatima.get(path(walk or cast.a))
    assert answer.status_code == 200, answer.text
    return answer.json


def put(browser: FlaskClient, walk: WalkFacts, plan: dict[str, Any], seen: str | None = None) -> TestResponse:
    headers = {"If-Match": f'"{seen or plan["version"]}"'}
    return browser.put(path(walk), json=plan, headers=headers)


def a_stop(**fields: Any) -> dict[str, Any]:
    stop = {
        "id": str(uuid4()),
        "name": {"sv": "Torget", "en": "The square"},
        "lat": LAT + 0.001,
        "lon": LON,
        "place_type": "square",
        "minutes": 8,
        "access": "Trappa, gå runt.",
        "questions": [{"id": str(uuid4()), "scale": "1-5", "text": {"sv": "Ensam?", "en": "Alone?"}}],
    }
    return stop | fields


@pytest.fixture
def quiet(cast: Cast) -> WalkFacts:
    """A draft that nobody has joined."""
    walk = cast.another_walk().walk
    with cast.app.app_context():
        from app.db import db
        from app.models import Participant

        db.session.query(Participant).filter(Participant.walk_id == walk.id).delete()
        db.session.commit()
    cast.set_walk(walk, state="draft")
    return walk


def test_a_saved_plan_is_read_back_with_its_figures(cast: Cast) -> None:
    plan = plan_of(cast)
    plan["route"] = [[LON, LAT], [LON, LAT + 0.01]]
    plan["stops"].append(a_stop())
    saved = put(cast.fatima, cast.a, plan)
    assert saved.status_code == 200, saved.text
    assert saved.json == plan_of(cast)
    assert saved.json["stops"] == plan["stops"]
    assert saved.json["route"] == plan["route"]
    assert saved.json["length_m"] == pytest.approx(1112, abs=1)
    assert saved.json["minutes"] == 31  # 17 of walking, 6 and 8 at the stops
    assert saved.headers["ETag"] == f'"{saved.json["version"]}"'
    assert cast.one(Route, Route.walk_id == cast.a.id).length_m == saved.json["length_m"]


def test_phones_get_the_new_plan_and_their_old_copy_is_no_longer_good(cast: Cast) -> None:
    before = cast.amina.client.get(cast.amina.url())
    plan = plan_of(cast)
    stop = a_stop()
    plan |= {"route": [[LON, LAT], [LON, LAT + 0.001]], "stops": [stop, *plan["stops"]]}
    assert put(cast.fatima, cast.a, plan).status_code == 200
    tag = {"If-None-Match": before.headers["ETag"]}
    after = cast.amina.client.get(cast.amina.url(), headers=tag, query_string={"lang": "en"})
    assert after.status_code == 200
    bundle = after.json
    assert bundle["route"] == plan["route"]
    assert [one["order"] for one in bundle["stops"]] == [1, 2]
    first = bundle["stops"][0]
    assert (first["id"], first["name"], first["access"]) == (stop["id"], "The square", "Trappa, gå runt.")
    assert [one["text"] for one in first["questions"]] == ["Alone?"]
    assert cast.amina.changes(after=0)["items"][-1]["type"] == "walk"


def test_saving_what_is_there_already_tells_nobody(cast: Cast) -> None:
    plan = plan_of(cast)
    seq = cast.amina.changes()["seq"]
    assert put(cast.fatima, cast.a, plan).json["version"] == plan["version"]
    assert cast.amina.changes()["seq"] == seq


def test_stops_keep_their_ids_through_every_order_so_pins_keep_their_stop(cast: Cast) -> None:
    pin_id = uuid4()
    cast.amina.put_pin(pin_id, stop_id=str(cast.a.stop_id))
    plan = plan_of(cast)
    plan["stops"] = [a_stop(), a_stop(), *plan["stops"]]
    plan = put(cast.fatima, cast.a, plan).json
    plan["stops"].reverse()
    plan["stops"][0]["name"] = {"sv": "Nya bron"}
    turned = put(cast.fatima, cast.a, plan)
    assert [one["id"] for one in turned.json["stops"]] == [one["id"] for one in plan["stops"]]
    assert turned.json["stops"][0]["id"] == str(cast.a.stop_id)
    assert cast.one(Pin, Pin.id == pin_id).stop_id == cast.a.stop_id
    assert cast.one(Stop, Stop.id == cast.a.stop_id).name == {"sv": "Nya bron"}


def test_a_stop_with_a_pin_is_not_taken_away(cast: Cast) -> None:
    cast.amina.put_pin(stop_id=str(cast.a.stop_id))
    answer = put(cast.fatima, cast.a, plan_of(cast) | {"stops": [a_stop()]})
    assert (answer.status_code, answer.json["code"]) == (409, "stop_in_use")
    assert answer.json["stops"] == [str(cast.a.stop_id)]
    assert [one["id"] for one in plan_of(cast)["stops"]] == [str(cast.a.stop_id)]


def test_once_phones_have_joined_a_question_stays_but_may_be_reworded(cast: Cast) -> None:
    plan = plan_of(cast)
    [asked] = plan["stops"][0]["questions"]
    plan["stops"][0]["questions"] = []
    assert put(cast.fatima, cast.a, plan).json["code"] == "question_in_use"
    plan["stops"][0]["questions"] = [asked | {"scale": "0-10"}]
    assert put(cast.fatima, cast.a, plan).json["code"] == "question_in_use"
    plan["stops"][0]["questions"] = [asked | {"text": {"sv": "Hur känns det här?"}}]
    assert put(cast.fatima, cast.a, plan).status_code == 200
    assert cast.amina.put_rating().status_code == 201


def test_an_answered_question_stays_even_when_its_walk_is_a_draft_again(cast: Cast) -> None:
    assert cast.amina.put_rating().status_code == 201
    cast.set_walk(cast.a, state="draft")
    plan = plan_of(cast)
    plan["stops"][0]["questions"] = []
    assert put(cast.fatima, cast.a, plan).json["code"] == "question_in_use"


def test_before_anyone_has_joined_everything_may_go(cast: Cast, quiet: WalkFacts) -> None:
    assert put(cast.fatima, quiet, plan_of(cast, quiet) | {"stops": [], "route": []}).status_code == 200
    assert plan_of(cast, quiet)["stops"] == []
    assert cast.count(Question, Question.walk_id == quiet.id) == 0


def test_an_old_version_is_refused_and_shows_the_present_one(cast: Cast) -> None:
    old = plan_of(cast)
    assert put(cast.fatima, cast.a, old | {"stops": [*old["stops"], a_stop()]}).status_code == 200
    answer = put(cast.fatima, cast.a, old)
    assert (answer.status_code, answer.json["code"]) == (412, "stale")
    assert answer.json["current"] == plan_of(cast)
    assert answer.json["by"] == "Fatima"


@pytest.mark.parametrize("seen", [None, "*", '"17"', '"0123456789abcdef", "0123456789abcdee"', 'W/"x"'])
def test_a_change_must_name_the_version_it_has_seen(cast: Cast, seen: str | None) -> None:
    headers = {"If-Match": seen} if seen else {}
    answer = cast.fatima.put(path(cast.a), json=plan_of(cast), headers=headers)
    assert (answer.status_code, answer.json["code"]) == (428, "if_match_required")


@pytest.mark.parametrize("state", ["closed", "archived"])
def test_the_plan_of_a_closed_walk_is_history(cast: Cast, state: str) -> None:
    cast.set_walk(cast.a, state=state)
    answer = put(cast.fatima, cast.a, plan_of(cast))
    assert (answer.status_code, answer.json["code"]) == (409, "plan_closed")


def test_an_id_of_another_walk_is_taken(cast: Cast) -> None:
    plan = plan_of(cast)
    plan["stops"].append(a_stop(id=str(cast.b.stop_id)))
    assert put(cast.fatima, cast.a, plan).json["code"] == "id_taken"
    plan["stops"][-1] = a_stop(
        questions=[{"id": str(cast.b.question_id), "scale": "1-5", "text": {"sv": "?"}}]
    )
    assert put(cast.fatima, cast.a, plan).json["code"] == "id_taken"


def one_point(plan: dict[str, Any]) -> None:
    plan["route"] = [[LON, LAT]]


def twice(plan: dict[str, Any]) -> None:
    plan["stops"] = plan["stops"] * 2


def nameless(plan: dict[str, Any]) -> None:
    plan["stops"] = [a_stop(name={"sv": "  "})]


def nowhere(plan: dict[str, Any]) -> None:
    plan["stops"] = [a_stop(lat=91)]


def unknown_place(plan: dict[str, Any]) -> None:
    plan["stops"].append(a_stop(place_type="moon"))


def unknown_language(plan: dict[str, Any]) -> None:
    plan["stops"] = [a_stop(name={"tlh": "Qo'noS"})]


def endless(plan: dict[str, Any]) -> None:
    plan["route"] = [[LON, LAT]] * 1001


@pytest.mark.parametrize(
    "spoil", [one_point, twice, nameless, nowhere, unknown_place, unknown_language, endless]
)
def test_a_plan_that_makes_no_sense_is_refused(cast: Cast, spoil: Callable[[dict[str, Any]], None]) -> None:
    plan = plan_of(cast)
    spoil(plan)
    answer = put(cast.fatima, cast.a, plan)
    assert (answer.status_code, answer.json["code"]) == (422, "invalid")


def test_darkness_in_words_and_with_a_warning(cast: Cast) -> None:
    asked = {"lat": 56.05, "lon": 12.69, "starts_at": "2026-11-12T16:30", "light": "dark", "lang": "en"}
    answer = cast.fatima.get("/api/desk/darkness", query_string=asked)
    assert answer.status_code == 200, answer.text
    assert answer.json["words"] == "The sun sets at 16:06 and dusk ends at 16:48: dark from 16:48."
    assert "16:48" in answer.json["warning"]
    later = cast.fatima.get("/api/desk/darkness", query_string=asked | {"starts_at": "2026-11-12T17:00"})
    assert later.json["warning"] == ""
    kiruna = {"lat": 67.86, "lon": 20.23, "starts_at": "2026-06-20T22:00", "lang": "en"}
    assert cast.fatima.get("/api/desk/darkness", query_string=asked | kiruna).json["sunset"] is None


@pytest.mark.parametrize("starts_at", ["", "soon", "9999-12-31T23:59", "0001-01-01T00:00", "2026-13-01"])
def test_darkness_at_no_time_is_refused(cast: Cast, starts_at: str) -> None:
    asked = {"lat": 56.05, "lon": 12.69, "starts_at": starts_at}
    assert cast.fatima.get("/api/desk/darkness", query_string=asked).status_code == 422
