"""The desk's API for issues: versions, two facilitators at once, many at once, what is refused."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.db import db
from app.models import Issue, Organisation, Owner, Pin
from tests.builders import an_owner
from tests.cast import Cast

Body = dict[str, Any]


def base(cast: Cast) -> str:
    return f"/api/desk/walks/{cast.a.id}"


def a_pin_of(cast: Cast) -> str:
    """A pin of Amina's; its issue's id."""
    pin_id = uuid4()
    assert cast.amina.put_pin(pin_id).status_code == 201
    return str(cast.one(Pin, Pin.id == pin_id).issue_id)


def put(browser: FlaskClient, cast: Cast, issue: str, body: Any, seen: int | None = 0) -> TestResponse:
    headers = {} if seen is None else {"If-Match": f'"{seen}"'}
    return browser.put(f"{base(cast)}/issues/{issue}", json=body, headers=headers)


def post(browser: FlaskClient, cast: Cast, path: str, body: Any) -> TestResponse:
    return browser.post(f"{base(cast)}/{path}", json=body)


def said(answer: TestResponse) -> tuple[int, str]:
    return answer.status_code, answer.json["code"]


def test_an_edit_answers_with_what_was_before_and_the_pins(cast: Cast) -> None:
    issue = a_pin_of(cast)
    answer = put(cast.fatima, cast, issue, {"status": "planned", "due_on": "2026-09-01"})
    assert (answer.status_code, answer.json["previous"]) == (200, {"status": "new", "due_on": None})
    [pin] = answer.json["pins"]
    told = pin["issue"]
    assert set(told) == {
        *("id", "seq", "status", "owner_id", "person", "due_on", "horizon", "lever", "mode", "priority"),
        *("reference", "title", "decision", "voices", "members", "own_id"),
    }
    assert (told["id"], told["own_id"], told["due_on"], told["voices"]) == (issue, issue, "2026-09-01", 1)
    back = put(cast.fatima, cast, issue, answer.json["previous"], told["seq"])
    assert (back.status_code, back.json["pins"][0]["status"]) == (200, "new")


def test_the_feed_and_the_pages_tell_the_same_of_an_issue(cast: Cast) -> None:
    issue = a_pin_of(cast)
    answer = put(cast.fatima, cast, issue, {"title": {"sv": "Lampan", "en": " "}, "mode": "with"})
    [pin] = answer.json["pins"]
    assert pin["issue"]["title"] == {"sv": "Lampan"}
    [item] = cast.fatima.get(f"{base(cast)}/changes").json["items"]
    assert item == pin == cast.fatima.get(f"{base(cast)}/pins").json["pins"][0]


def test_two_facilitators_at_once_lose_nothing(cast: Cast) -> None:
    """The later one is told how it stands, may look, and then says it again."""
    issue = a_pin_of(cast)
    first = put(cast.fatima, cast, issue, {"person": "Ali"})
    late = put(cast.fatima, cast, issue, {"priority": 1})
    assert said(late) == (412, "stale")
    assert late.json["by"] == "Fatima"
    current = late.json["current"]
    assert (current["person"], current["priority"]) == ("Ali", None)
    assert current["seq"] == first.json["pins"][0]["issue"]["seq"]
    same = put(cast.fatima, cast, issue, {"person": "Bo"})
    assert (said(same), same.json["current"]["person"]) == ((412, "stale"), "Ali")
    again = put(cast.fatima, cast, issue, {"priority": 1}, current["seq"])
    assert again.status_code == 200
    row = cast.one(Issue, Issue.id == UUID(issue))
    assert (row.person, row.priority) == ("Ali", 1)


def test_the_same_wish_again_is_no_conflict(cast: Cast) -> None:
    issue = a_pin_of(cast)
    put(cast.fatima, cast, issue, {"person": "Ali"})
    again = put(cast.fatima, cast, issue, {"person": "Ali"})
    assert (again.status_code, again.json["previous"]) == (200, {})


@pytest.mark.parametrize(
    ("body", "refusal"),
    [
        ({"status": "merged"}, (422, "invalid")),
        ({"status": None}, (422, "invalid")),
        ({"status": "verified"}, (409, "status_not_allowed")),
        ({"status": "declined"}, (422, "reason_required")),
        ({"status": "by_design", "decision": {"sv": "  "}}, (422, "reason_required")),
        ({"owner_id": str(uuid4())}, (404, "not_found")),
        ({"owner_id": "Ove"}, (422, "invalid")),
        ({"due_on": "2026-02-30"}, (422, "invalid")),
        ({"due_on": "2026-W01-1"}, (422, "invalid")),
        ({"due_on": "0001-01-01"}, (422, "invalid")),
        ({"priority": 4}, (422, "invalid")),
        ({"priority": "1"}, (422, "invalid")),
        ({"horizon": "soon"}, (422, "invalid")),
        ({"lever": "lamps"}, (422, "invalid")),
        ({"mode": "at"}, (422, "invalid")),
        ({"person": "x" * 121}, (422, "invalid")),
        ({"title": "Lampan"}, (422, "invalid")),
        ({"title": {"svenska språket": "Lampan"}}, (422, "invalid")),
        ({"title": {"sv": None}}, (422, "invalid")),
        ({"decision": {"sv": "x" * 4001}}, (422, "invalid")),
        ([], (422, "invalid")),
    ],
)
def test_what_cannot_be_is_refused_alone_and_for_many(
    cast: Cast, body: Any, refusal: tuple[int, str]
) -> None:
    issue = a_pin_of(cast)
    assert said(put(cast.fatima, cast, issue, body)) == refusal
    many = {"issues": [{"id": issue, "seq": 0}], "fields": body}
    assert said(cast.fatima.put(f"{base(cast)}/issues", json=many)) == refusal
    assert cast.one(Issue, Issue.id == UUID(issue)).seq == 0


def test_an_edit_must_name_the_version_it_has_seen(cast: Cast) -> None:
    issue = a_pin_of(cast)
    assert said(put(cast.fatima, cast, issue, {"priority": 1}, None)) == (428, "if_match_required")


def test_many_at_once_with_one_that_is_stale(cast: Cast) -> None:
    one, two = a_pin_of(cast), a_pin_of(cast)
    put(cast.fatima, cast, two, {"person": "Ali"})
    body: Body = {"issues": [{"id": one, "seq": 0}, {"id": two, "seq": 0}], "fields": {"horizon": "quick"}}
    answer = cast.fatima.put(f"{base(cast)}/issues", json=body)
    assert answer.status_code == 200
    assert answer.json["stale"] == [two]
    [previous] = answer.json["previous"]
    [pin] = answer.json["pins"]
    assert previous == {"id": one, "seq": pin["issue"]["seq"], "fields": {"horizon": None}}
    back = {"issues": [{"id": one, "seq": previous["seq"]}], "fields": previous["fields"]}
    assert cast.fatima.put(f"{base(cast)}/issues", json=back).json["pins"][0]["issue"]["horizon"] is None


@pytest.mark.parametrize("count", [0, 501])
def test_many_are_one_to_five_hundred(cast: Cast, count: int) -> None:
    ids = [str(uuid4()) for _ in range(count)]
    many = {"issues": [{"id": each, "seq": 0} for each in ids], "fields": {}}
    assert said(cast.fatima.put(f"{base(cast)}/issues", json=many)) == (422, "invalid")
    merging = {"into": str(uuid4()), "issues": ids}
    assert said(post(cast.fatima, cast, "issues/merge", merging)) == (422, "invalid")
    assert said(post(cast.fatima, cast, "issues/split", {"issues": ids})) == (422, "invalid")


def test_sixty_are_edited_and_merged_in_one_go(cast: Cast) -> None:
    births = [a_pin_of(cast) for _ in range(60)]
    many = {"issues": [{"id": each, "seq": 0} for each in births], "fields": {"lever": "social"}}
    answer = cast.fatima.put(f"{base(cast)}/issues", json=many)
    assert len(answer.json["pins"]) == len(answer.json["previous"]) == 60
    merging = {"into": births[0], "issues": births}
    assert len(post(cast.fatima, cast, "issues/merge", merging).json["merged"]) == 59


def test_merging_and_splitting_each_take_the_other_back(cast: Cast) -> None:
    one, two = a_pin_of(cast), a_pin_of(cast)
    merged = post(cast.fatima, cast, "issues/merge", {"into": one, "issues": [two]})
    assert (merged.status_code, merged.json["merged"]) == (200, [two])
    assert {pin["issue"]["id"] for pin in merged.json["pins"]} == {one}
    split = post(cast.fatima, cast, "issues/split", {"issues": merged.json["merged"]})
    assert (split.status_code, split.json["into"]) == (200, one)
    assert [pin["issue"]["id"] for pin in split.json["pins"]] == [one, two]
    again = post(cast.fatima, cast, "issues/merge", {"into": split.json["into"], "issues": [two]})
    assert again.json["merged"] == [two]
    root = post(cast.fatima, cast, "issues/split", {"issues": [one]})
    assert (said(root), root.json["issues"]) == ((409, "issue_is_root"), [one])


def test_duplicates_are_told_with_their_distance(cast: Cast) -> None:
    one, two = a_pin_of(cast), a_pin_of(cast)
    told = cast.fatima.get(f"{base(cast)}/duplicates").json["suggestions"]
    pins = [view["id"] for view in cast.fatima.get(f"{base(cast)}/pins").json["pins"]]
    assert told == [{"issues": [one, two], "pins": pins, "category": "lighting", "metres": 0}]


def test_owners_are_listed_and_made(cast: Cast) -> None:
    body = {"name": "Bolaget", "kind": "housing_company"}
    made = post(cast.fatima, cast, "owners", body)
    assert made.status_code == 201
    nothing_more = {"categories": [], "ground": None, "aside": False}
    assert made.json == {"id": made.json["id"], **body, **nothing_more}
    assert post(cast.fatima, cast, "owners", body).json == made.json
    names = [owner["name"] for owner in cast.fatima.get(f"{base(cast)}/owners").json["owners"]]
    assert names == ["Bolaget", "Ove"]
    for wrong in ({"name": " ", "kind": "other"}, {"name": "X", "kind": "friend"}, {"kind": "other"}):
        assert said(post(cast.fatima, cast, "owners", wrong)) == (422, "invalid")


@pytest.mark.parametrize("who", ["nils", "ove"])
def test_who_does_not_run_the_walk_can_do_nothing(cast: Cast, who: str) -> None:
    one, two = a_pin_of(cast), a_pin_of(cast)
    browser = getattr(cast, who)
    many = {"issues": [{"id": one, "seq": 0}], "fields": {"person": "X"}}
    answers = [
        put(browser, cast, one, {"person": "X"}),
        browser.put(f"{base(cast)}/issues", json=many),
        post(browser, cast, "issues/merge", {"into": one, "issues": [two]}),
        post(browser, cast, "issues/split", {"issues": [two]}),
        post(browser, cast, "owners", {"name": "X", "kind": "other"}),
        browser.get(f"{base(cast)}/duplicates"),
        browser.get(f"{base(cast)}/owners"),
    ]
    assert [said(answer) for answer in answers] == [(404, "not_found")] * 7
    assert cast.count(Issue, Issue.seq > 0) == 0
    assert cast.count(Owner) == 1


def test_an_owner_of_another_organisation_is_never_told_nor_taken(cast: Cast) -> None:
    issue = a_pin_of(cast)
    with cast.app.app_context():
        theirs = an_owner(db.session.get_one(Organisation, cast.ids["their organisation"]), "Deras bolag").id
        db.session.commit()
    told = cast.fatima.get(f"{base(cast)}/owners").json["owners"]
    assert [owner["id"] for owner in told] == [str(cast.ids["owner"])]
    assert said(put(cast.fatima, cast, issue, {"owner_id": str(theirs)})) == (404, "not_found")
