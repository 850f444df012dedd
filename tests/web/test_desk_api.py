"""The desk's API: versions, first load, pages, feed, pictures, a walk's switches."""

from __future__ import annotations

import gzip
import json
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.models import Participant, Pin, Walk
from tests.builders import BOX, LAT, LON, a_photo, sha256
from tests.cast import Cast


def base(cast: Cast) -> str:
    return f"/api/desk/walks/{cast.a.id}"


def put(browser: FlaskClient, path: str, body: Any, seen: int | str | None = None) -> TestResponse:
    headers = {} if seen is None else {"If-Match": seen if isinstance(seen, str) else f'"{seen}"'}
    return browser.put(path, json=body, headers=headers)


def staff_views(cast: Cast) -> list[dict[str, Any]]:
    views: list[dict[str, Any]] = cast.fatima.get(f"{base(cast)}/pins").json["pins"]
    return views


def a_new_walk(**fields: Any) -> dict[str, Any]:
    body = {
        "title": "Runt torget",
        "purpose": "",
        "light": "dark",
        "starts_at": "2099-11-25T18:00:00+01:00",
        "ends_at": "2099-11-25T19:30:00+01:00",
        "area_name": "Torget",
        "timezone": "Europe/Stockholm",
        "box": list(BOX),
    }
    return body | fields


@pytest.mark.parametrize("seen", [None, "*", '"abc"', '"1", "2"', '"-1"', '""'])
def test_a_decision_must_name_the_version_it_has_seen(cast: Cast, seen: str | None) -> None:
    cast.amina.put_pin()
    [view] = staff_views(cast)
    answer = put(cast.fatima, f"{base(cast)}/pins/{view['id']}/review", {"pin": "hidden"}, seen)
    assert (answer.status_code, answer.json["code"]) == (428, "if_match_required")


def test_a_stale_decision_gets_the_current_version(cast: Cast) -> None:
    cast.amina.put_pin()
    [view] = staff_views(cast)
    path = f"{base(cast)}/pins/{view['id']}/review"
    done = put(cast.fatima, path, {"pin": "approved"}, view["seq"])
    assert (done.status_code, done.json["previous"], done.json["pin"]["review"]) == (200, "new", "approved")
    stale = put(cast.fatima, path, {"pin": "hidden"}, view["seq"])
    assert (stale.status_code, stale.json["code"]) == (412, "stale")
    assert stale.json["current"]["seq"] == done.json["pin"]["seq"]
    assert stale.json["by"] == "Fatima"
    undone = put(cast.fatima, path, {"pin": done.json["previous"]}, stale.json["current"]["seq"])
    assert undone.json["pin"]["review"] == "new"


@pytest.mark.parametrize("body", [{"pin": "deleted"}, {}, {"pin": None}, [], "hidden"])
def test_an_unknown_state_is_refused(cast: Cast, body: Any) -> None:
    cast.amina.put_pin()
    [view] = staff_views(cast)
    answer = put(cast.fatima, f"{base(cast)}/pins/{view['id']}/review", body, view["seq"])
    assert answer.status_code == 422
    assert staff_views(cast)[0]["review"] == "new"


def test_the_first_load_tells_the_same_as_the_whole_pins(cast: Cast) -> None:
    cast.amina.put_pin(acute=True, category="litter")
    cast.amina.put_pin(kind="positive", category="good_place", text="")
    cast.amina.put_pin(there={"lat": 10.0, "lon": 10.0}, category="never_heard_of")
    answer = cast.fatima.get(f"{base(cast)}/map")
    columns, views = answer.json, staff_views(cast)
    assert columns["number"] == [1, 2, 3]
    for name in ("lat", "lon"):
        assert columns[name] == [view[name] for view in views]
    for name, other in (
        ("kind", "kind"),
        ("category", "category"),
        ("group", "symbol_group"),
        ("review", "review"),
    ):
        assert [columns["words"][name][code] for code in columns[name]] == [view[other] for view in views]
    assert columns["pin_seq"] == [view["seq"] for view in views]
    assert columns["acute"] == [1, 0, 0]
    bits = {name: 1 << bit for bit, name in enumerate(columns["flag_bits"])}
    assert [bool(flags & bits["acute"]) for flags in columns["flags"]] == [True, False, False]
    assert [bool(flags & bits["outside"]) for flags in columns["flags"]] == [False, False, True]
    assert [bool(flags & bits["unknown_category"]) for flags in columns["flags"]] == [False, False, True]
    assert [bool(flags & bits["text_waiting"]) for flags in columns["flags"]] == [True, False, True]


def test_the_first_load_tells_what_has_an_owner_and_what_was_merged(cast: Cast) -> None:
    for _ in range(3):
        cast.amina.put_pin()
    first, second, _third = (view["issue"] for view in staff_views(cast))
    path = f"{base(cast)}/issues"
    cast.fatima.post(f"{path}/merge", json={"into": first["id"], "issues": [second["id"]]})
    owner = cast.fatima.post(f"{base(cast)}/owners", json={"name": "Ove", "kind": "other"}).json
    seq = staff_views(cast)[0]["issue"]["seq"]
    done = put(cast.fatima, f"{path}/{first['id']}", {"owner_id": owner["id"]}, seq)
    assert done.status_code == 200
    columns = cast.fatima.get(f"{base(cast)}/map").json
    bits = {name: 1 << bit for bit, name in enumerate(columns["flag_bits"])}
    for name in ("owned", "merged"):
        assert [bool(flags & bits[name]) for flags in columns["flags"]] == [True, True, False]


def test_the_first_load_is_sent_compressed_and_once(cast: Cast) -> None:
    cast.amina.put_pin()
    path = f"{base(cast)}/map"
    plain = cast.fatima.get(path)
    packed = cast.fatima.get(path, headers={"Accept-Encoding": "gzip"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert json.loads(gzip.decompress(packed.data)) == plain.json
    again = cast.fatima.get(path, headers={"If-None-Match": plain.headers["ETag"]})
    assert again.status_code == 304
    cast.amina.put_pin()
    assert cast.fatima.get(path, headers={"If-None-Match": plain.headers["ETag"]}).json["number"] == [1, 2]


def test_whole_pins_come_in_pages_without_a_gap(cast: Cast) -> None:
    for _ in range(5):
        cast.amina.put_pin()
    found, after, more = [], 0, True
    while more:
        page = cast.fatima.get(f"{base(cast)}/pins", query_string={"after": after, "limit": 2}).json
        found += [view["number"] for view in page["pins"]]
        after, more = found[-1], page["more"]
    assert found == [1, 2, 3, 4, 5]


def test_the_feed_goes_on_where_the_first_load_ended(cast: Cast) -> None:
    cast.amina.put_pin()
    loaded = cast.fatima.get(f"{base(cast)}/map").json
    cast.amina.put_pin(text="Ny", staff_only=True)
    query = {"epoch": loaded["epoch"], "after": loaded["seq"]}
    news = cast.fatima.get(f"{base(cast)}/changes", query_string=query).json
    assert [(item["number"], item["text"], item["staff_only"]) for item in news["items"]] == [(2, "Ny", True)]
    query = {"epoch": news["epoch"], "after": news["seq"]}
    nothing = cast.fatima.get(f"{base(cast)}/changes", query_string=query)
    assert nothing.json["items"] == []
    assert len(nothing.data) <= 250


def test_staff_see_an_unreviewed_photo_and_a_hidden_one(cast: Cast) -> None:
    data = a_photo(3)
    cast.amina.put_pin(photos=[{"sha256": sha256(data), "alt": ""}])
    cast.amina.put_photo(data)
    cast.encode_photos()
    [photo] = staff_views(cast)[0]["photos"]
    path = f"{base(cast)}/photos/{photo['id']}"
    with cast.fatima.get(f"{path}/thumb") as picture:
        assert (picture.status_code, picture.mimetype) == (200, "image/jpeg")
        assert picture.headers["Cache-Control"] == "private, no-cache"
    done = put(cast.fatima, f"{path}/review", {"photo": "hidden"}, photo["seq"])
    assert (done.status_code, done.json["previous"]) == (200, "new")
    with cast.fatima.get(f"{path}/full") as picture:
        assert picture.status_code == 200
    with cast.fatima.get(f"/api/desk/walks/{cast.b.id}/photos/{photo['id']}/full") as elsewhere:
        assert elsewhere.status_code == 404


def test_a_participant_is_hidden_and_shown_again(cast: Cast) -> None:
    cast.amina.put_pin()
    path = f"{base(cast)}/participants/{cast.amina.id}/hidden"
    hid = put(cast.fatima, path, {"hidden": True})
    assert hid.json == {"previous": False, "hidden": True, "pins": 1}
    assert staff_views(cast)[0]["participant_hidden"] is True
    assert put(cast.fatima, path, {"hidden": False}).json["previous"] is True
    assert put(cast.fatima, path, {"hidden": "yes"}).status_code == 422


def test_a_new_code_ends_the_old_and_disturbs_nobody_who_has_joined(cast: Cast) -> None:
    answer = cast.fatima.post(f"{base(cast)}/code", json={})
    assert answer.json["url"] == f"http://localhost/v/{answer.json['code']}"
    assert cast.nobody.post("/api/join", json={"code": cast.a.code}).status_code == 404
    assert cast.nobody.post("/api/join", json={"code": answer.json["code"]}).status_code == 201
    assert cast.amina.put_pin().status_code == 201


@pytest.mark.parametrize("body", [b"{", b"\xff", b"[]"])
def test_garbage_leaves_the_code_as_it_is(cast: Cast, body: bytes) -> None:
    answer = cast.fatima.post(f"{base(cast)}/code", data=body, content_type="application/json")
    assert answer.status_code in (400, 422)
    assert cast.nobody.post("/api/join", json={"code": cast.a.code}).status_code == 201


def test_newcomers_are_paused_and_let_in(cast: Cast) -> None:
    assert put(cast.fatima, f"{base(cast)}/newcomers", {"paused": True}).json == {"paused": True}
    refused = cast.nobody.post("/api/join", json={"code": cast.a.code})
    assert (refused.status_code, refused.json["code"]) == (403, "newcomers_paused")
    put(cast.fatima, f"{base(cast)}/newcomers", {"paused": False})
    assert cast.nobody.post("/api/join", json={"code": cast.a.code}).status_code == 201


def test_a_walk_goes_from_state_to_state_and_out_of_the_archive_only_as_closed(cast: Cast) -> None:
    path = f"{base(cast)}/state"
    for state in ("closing", "closed", "archived"):
        assert put(cast.fatima, path, {"state": state}).status_code == 200
    assert put(cast.fatima, path, {"state": "open"}).status_code == 422
    assert put(cast.fatima, path, {"state": "gone"}).status_code == 422
    assert cast.one(Walk, Walk.id == cast.a.id).state == "archived"
    closed_at = cast.one(Walk, Walk.id == cast.a.id).closed_at
    assert put(cast.fatima, path, {"state": "closed"}).status_code == 200
    assert cast.one(Walk, Walk.id == cast.a.id).closed_at == closed_at


def test_history_tells_what_a_conflict_kept(cast: Cast) -> None:
    pin_id = uuid4()
    cast.amina.put_pin(pin_id, text="Ena")
    assert cast.amina.put_pin(pin_id, text="Andra").status_code == 409
    told = cast.fatima.get(f"{base(cast)}/pins/{pin_id}/history").json["revisions"]
    assert [(row["by"], (row["conflict_copy"] or {}).get("text")) for row in told] == [
        ("participant", None),
        ("participant", "Andra"),
    ]


def test_a_walk_is_made_as_a_draft_with_a_code(cast: Cast) -> None:
    made = cast.fatima.post("/api/desk/walks", json=a_new_walk())
    assert made.status_code == 201, made.text
    walk = cast.one(Walk, Walk.id == UUID(made.json["walk_id"]))
    assert (walk.state, walk.organisation_id) == ("draft", cast.ids["organisation"])
    refused = cast.nobody.post("/api/join", json={"code": made.json["code"]})
    assert refused.json["code"] == "walk_not_open"


def ring(*corners: tuple[float, float]) -> dict[str, Any]:
    return {"type": "Polygon", "coordinates": [[list(corner) for corner in corners]]}


TRIANGLE = ring((LON, LAT), (LON + 0.01, LAT), (LON, LAT + 0.01), (LON, LAT))


def test_a_walk_may_have_an_area_with_corners(cast: Cast) -> None:
    made = cast.fatima.post("/api/desk/walks", json=a_new_walk(polygon=TRIANGLE))
    assert made.status_code == 201, made.text


@pytest.mark.parametrize(
    "wrong",
    [
        {"title": "   "},
        {"title": "x" * 121},
        {"light": "moonlight"},
        {"ends_at": "2099-11-25T17:00:00+01:00"},
        {"starts_at": "2099-11-25T18:00:00"},
        {"starts_at": "2020-11-25T18:00:00+01:00"},
        {"timezone": "Mars/Olympus"},
        {"box": [25, 60, 24, 61]},
        {"box": [0, 0, 1.5, 1]},
        {"box": [1, 2, 3]},
        {"box": [179.5, 60, 180.5, 60.5]},
        {"polygon": ring((LON, LAT), (LON + 0.01, LAT), (LON, LAT))},
        {"polygon": ring((LON, LAT), (LON + 0.01, LAT), (LON, LAT + 0.01), (LON + 1, LAT))},
        {"polygon": ring((LON, 95.0), (LON + 0.01, LAT), (LON, LAT + 0.01), (LON, 95.0))},
        {"polygon": {"type": "Point", "coordinates": [1, 2]}},
        {"pack": "no-such-pack"},
    ],
)
def test_a_wrong_walk_is_refused(cast: Cast, wrong: dict[str, Any]) -> None:
    answer = cast.fatima.post("/api/desk/walks", json=a_new_walk(**wrong))
    assert (answer.status_code, answer.json["code"]) == (422, "invalid")
    assert cast.count(Walk) == 2


def test_nobody_makes_a_walk_for_an_organisation_that_is_not_theirs(cast: Cast) -> None:
    theirs = str(cast.ids["their organisation"])
    answer = cast.fatima.post("/api/desk/walks", json=a_new_walk(organisation_id=theirs))
    assert (answer.status_code, answer.json["code"]) == (404, "not_found")
    refused = cast.ove.post("/api/desk/walks", json=a_new_walk())
    assert (refused.status_code, refused.json["code"]) == (403, "forbidden")


@pytest.mark.parametrize("who", ["nils", "ove"])
def test_who_does_not_run_the_walk_sees_nothing_of_it(cast: Cast, who: str) -> None:
    pin_id = uuid4()
    cast.amina.put_pin(pin_id)
    browser = getattr(cast, who)
    for part in ("map", "changes", "pins", f"pins/{pin_id}/history"):
        assert browser.get(f"{base(cast)}/{part}").status_code == 404
    hidden = put(browser, f"{base(cast)}/participants/{cast.amina.id}/hidden", {"hidden": True})
    assert hidden.status_code == 404
    assert put(browser, f"{base(cast)}/pins/{pin_id}/review", {"pin": "hidden"}, 1).status_code == 404
    assert cast.count(Participant, Participant.hidden_at.is_not(None)) == 0
    assert cast.count(Pin, Pin.review == "hidden") == 0


def test_another_site_cannot_decide(cast: Cast) -> None:
    cast.amina.put_pin()
    [view] = staff_views(cast)
    headers = {"If-Match": f'"{view["seq"]}"', "Sec-Fetch-Site": "cross-site"}
    answer = cast.fatima.put(
        f"{base(cast)}/pins/{view['id']}/review", json={"pin": "hidden"}, headers=headers
    )
    assert (answer.status_code, answer.json["code"]) == (403, "cross_site")
