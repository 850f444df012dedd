"""Joining by code or link, coming back, and leaving."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from flask.testing import FlaskClient

from app.adapters.secrets import new_capability
from app.models import Participant
from tests.builders import a_pin
from tests.cast import Cast


def join(cast: Cast, code: str | None = None) -> FlaskClient:
    browser = cast.app.test_client()
    answer = browser.post("/api/join", json={"code": code or cast.a.code})
    assert answer.status_code == 201, answer.text
    return browser


def status(browser: FlaskClient, walk_id: object) -> int:
    return browser.get(f"/api/walks/{walk_id}/changes").status_code


def test_it_works(cast: Cast) -> None:
    browser = cast.app.test_client()
    answer = browser.post("/api/join", json={"code": cast.a.code.lower().replace("-", " ")})
    assert answer.status_code == 201
    assert answer.json.keys() == {"walk_id", "participant_id", "rejoin", "epoch"}
    assert (answer.json["walk_id"], answer.json["epoch"]) == (str(cast.a.id), cast.a.epoch)
    assert status(browser, cast.a.id) == 200
    assert status(browser, cast.b.id) == 401


def test_joining_two_walks_keeps_both(cast: Cast) -> None:
    browser = join(cast)
    browser.post("/api/join", json={"code": cast.b.code})
    assert [status(browser, walk.id) for walk in (cast.a, cast.b)] == [200, 200]


def test_every_phone_is_somebody_of_its_own(cast: Cast) -> None:
    before = cast.count(Participant)
    join(cast), join(cast)
    assert cast.count(Participant) == before + 2


SOON = timedelta(days=2)


@pytest.mark.sqlite_is_enough
@pytest.mark.parametrize(
    ("walk", "said"),
    [
        ({"state": "draft"}, (403, "walk_not_open")),
        ({"starts_at": datetime.now(UTC) + SOON}, (403, "walk_not_open")),
        ({"state": "closing"}, (410, "walk_over")),
        ({"state": "closed"}, (410, "walk_over")),
        ({"state": "archived"}, (410, "walk_over")),
        ({"newcomers_paused": True}, (403, "newcomers_paused")),
    ],
    ids=["draft", "early", "closing", "closed", "archived", "paused"],
)
def test_a_right_code_at_the_wrong_time_is_told_so_and_not_counted(
    cast: Cast, walk: dict[str, object], said: tuple[int, str]
) -> None:
    cast.set_walk(cast.a, **walk)
    for _ in range(12):
        answer = cast.nobody.post("/api/join", json={"code": cast.a.code})
        assert (answer.status_code, answer.json["code"]) == said
    page = cast.nobody.get(f"/v/{cast.a.code}")
    assert page.status_code == 200
    assert cast.nobody.post(f"/v/{cast.a.code}/join").headers["Location"].endswith(f"/v/{cast.a.code}")


@pytest.mark.sqlite_is_enough
def test_nobody_is_asked_in_while_newcomers_are_paused(cast: Cast) -> None:
    cast.set_walk(cast.a, newcomers_paused=True)
    page = cast.nobody.get(f"/v/{cast.a.code}", headers={"Accept-Language": "en"}).text
    assert "New participants are paused right now." in page
    assert "btn btn--cta" not in page
    assert f'href="/v/{cast.a.code}">' in page
    cast.set_walk(cast.a, newcomers_paused=False)
    assert "btn btn--cta" in cast.nobody.get(f"/v/{cast.a.code}").text


def test_by_form_without_any_script(cast: Cast) -> None:
    browser = cast.app.test_client()
    typed = browser.post("/", data={"code": cast.a.code.replace("-", "").lower()})
    assert (typed.status_code, typed.headers["Location"]) == (303, f"/v/{cast.a.code}")
    first = browser.get(typed.headers["Location"]).text
    assert "Kajen i mörker" in first
    assert f"/v/{cast.a.code}/info" in first
    info = browser.get(f"/v/{cast.a.code}/info").text
    assert "112" in info
    assert re.search(rf'action="/v/{cast.a.code}/join"', info)
    joined = browser.post(f"/v/{cast.a.code}/join")
    assert (joined.status_code, joined.headers["Location"]) == (303, f"/app/{cast.a.id}")
    assert status(browser, cast.a.id) == 200


def test_a_wrong_code_is_given_back_for_mending(cast: Cast) -> None:
    answer = cast.nobody.post("/", data={"code": 'X"><b>'})
    assert answer.status_code == 404
    assert "<b>" not in answer.text
    assert "X&#34;&gt;&lt;b&gt;" in answer.text


def test_coming_back_with_the_capability_is_the_same_person(cast: Cast) -> None:
    browser = cast.app.test_client()
    joined = browser.post("/api/join", json={"code": cast.a.code}).json
    later = cast.app.test_client()
    answer = later.post(f"/api/walks/{cast.a.id}/rejoin", json={"rejoin": joined["rejoin"]})
    assert answer.status_code == 200
    assert answer.json["participant_id"] == joined["participant_id"]
    assert (status(browser, cast.a.id), status(later, cast.a.id)) == (401, 200)
    elsewhere = later.post(f"/api/walks/{cast.b.id}/rejoin", json={"rejoin": joined["rejoin"]})
    assert (elsewhere.status_code, elsewhere.json["code"]) == (401, "not_joined")


def test_a_walk_that_is_gone_says_so_to_those_who_were_in_it_alone(cast: Cast) -> None:
    gone = uuid4()
    with cast.app.app_context():
        held = new_capability(gone, cast.amina.id)
    answer = cast.nobody.post(f"/api/walks/{gone}/rejoin", json={"rejoin": held})
    assert (answer.status_code, answer.json["code"], answer.json["retry"]) == (410, "walk_gone", False)
    guessed = held[:-1] + ("1" if held.endswith("0") else "0")
    for walk, capability in ((gone, guessed), (uuid4(), held)):
        answer = cast.nobody.post(f"/api/walks/{walk}/rejoin", json={"rejoin": capability})
        assert (answer.status_code, answer.json["code"]) == (401, "not_joined")


def test_a_phone_that_joined_by_form_gets_its_capability_later(cast: Cast) -> None:
    browser = cast.app.test_client()
    browser.post(f"/v/{cast.a.code}/join")
    minted = browser.post(f"/api/walks/{cast.a.id}/capability")
    assert minted.status_code == 200
    back = cast.nobody.post(f"/api/walks/{cast.a.id}/rejoin", json=minted.json)
    assert back.status_code == 200


def test_leaving_ends_the_token_at_once_and_keeps_what_was_sent(cast: Cast) -> None:
    browser = join(cast)
    sent = browser.put(f"/api/walks/{cast.a.id}/pins/{uuid4()}", json=a_pin())
    assert sent.status_code == 201
    stolen = browser.get_cookie("trygg_walk", path=f"/api/walks/{cast.a.id}").value
    assert browser.delete(f"/api/walks/{cast.a.id}/me").status_code == 204
    assert browser.get_cookie("trygg_walk", path=f"/api/walks/{cast.a.id}") is None
    headers = {"Cookie": f"trygg_walk={stolen}"}
    assert cast.nobody.get(f"/api/walks/{cast.a.id}/changes", headers=headers).status_code == 401
    assert len(cast.fatima.get(f"/api/desk/walks/{cast.a.id}/changes").json["items"]) == 1


def test_a_new_code_ends_the_old_one_and_disturbs_nobody(cast: Cast) -> None:
    browser = join(cast)
    new = cast.fatima.post(f"/api/desk/walks/{cast.a.id}/code", json={}).json
    assert new["url"] == f"http://localhost/v/{new['code']}"
    assert cast.nobody.post("/api/join", json={"code": cast.a.code}).json["code"] == "code_unknown"
    join(cast, new["code"])
    assert status(browser, cast.a.id) == 200


def test_a_code_field_left_empty_is_told_as_such_and_is_no_guess(cast: Cast) -> None:
    for _ in range(40):
        answer = cast.nobody.post("/", data={"code": "  "}, headers={"Accept-Language": "en"})
    assert answer.status_code == 422
    assert "Type the code that stands on the poster." in answer.text


def test_the_calendar_entry_is_one(cast: Cast) -> None:
    answer = cast.nobody.get(f"/v/{cast.a.code}/walk.ics")
    lines = answer.text.split("\r\n")
    assert answer.mimetype == "text/calendar"
    assert lines[0] == "BEGIN:VCALENDAR"
    assert lines[-1] == ""
    assert all(len(line.encode()) <= 75 for line in lines)
