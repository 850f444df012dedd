"""What is strange but honest is kept: nothing that a resident sent is refused for being unexpected.

Conflicts, fields and categories from the future, pictures that break off, foreign ids, late arrivals
and quotas: each leaves what came before unharmed, and says what became of it.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from flask import Flask

from app.db import db
from app.models import Photo, PhotoEncoding, Pin, PinRevision, Rating
from app.worker import process_waiting
from tests.builders import a_photo, a_pin, a_rating, encoded, sha256
from tests.cast import JSON, Cast, make_cast

STATES_AFTER = ("closing", "closed")


def staff_feed(cast: Cast) -> dict[str, dict[str, object]]:
    answer = cast.fatima.get(f"/api/desk/walks/{cast.a.id}/changes?limit=500")
    return {item["id"]: item for item in answer.json["items"] if item["type"] == "pin"}


def test_same_id_with_other_content_is_refused_and_both_are_kept(cast: Cast) -> None:
    pin_id = uuid4()
    first = cast.amina.put_pin(pin_id, text="first").json
    other = cast.amina.put_pin(pin_id, text="second")
    assert (other.status_code, other.json["code"], other.json["retry"]) == (409, "pin_conflict", False)
    assert other.json["kept"] == {"rev": 1, "sha256": first["sha256"]}
    assert other.json["stored"] is True
    assert cast.one(Pin).text == "first"
    payloads = _payloads(cast)
    assert [json.loads(payload)["text"] for payload in payloads] == ["first", "second"]
    assert staff_feed(cast)[str(pin_id)]["conflict"] is True


def test_the_same_conflict_again_is_not_kept_again(cast: Cast) -> None:
    pin_id = uuid4()
    cast.amina.put_pin(pin_id, text="first")
    for _ in range(3):
        assert cast.amina.put_pin(pin_id, text="second").status_code == 409
    assert cast.count(PinRevision) == 2


def test_an_edit_of_what_a_restored_server_has_forgotten_is_merged_from_the_newest_before_it(
    cast: Cast,
) -> None:
    pin_id = uuid4()
    cast.amina.put_pin(pin_id)
    assert cast.amina.put_pin(pin_id, rev=3, base_rev=2, text="later").status_code == 200
    assert (cast.one(Pin).text, cast.one(Pin).has_conflict) == ("later", False)
    assert cast.amina.put_pin(pin_id, rev=2, base_rev=1, text="in between").status_code == 200
    assert cast.one(Pin).has_conflict is True


def test_what_is_here_in_a_newer_revision_is_not_asked_for_in_an_older(cast: Cast) -> None:
    """After a restore the newest edit may have come before the phone asks what is lacking."""
    pin_id, rating_id = uuid4(), uuid4()
    newest = cast.amina.put_pin(pin_id, rev=4, base_rev=3, text="newest").json
    cast.amina.put_rating(rating_id, rev=4)

    def lacking(rev: int, digest: str) -> list[list[str]]:
        held = [{"id": str(thing), "rev": rev, "sha256": digest} for thing in (pin_id, rating_id)]
        answer = cast.amina.missing(pins=held[:1], ratings=held[1:])
        return [answer["pins"], answer["ratings"]]

    assert lacking(3, "0" * 64) == [[], []]
    assert lacking(4, "0" * 64) == lacking(5, newest["sha256"]) == [[str(pin_id)], [str(rating_id)]]
    assert lacking(4, newest["sha256"])[0] == []


def test_a_base_that_never_was_is_a_conflict_when_something_newer_is_there(cast: Cast) -> None:
    pin_id = uuid4()
    cast.amina.put_pin(pin_id)
    cast.amina.put_pin(pin_id, rev=5, base_rev=1, text="newest")
    assert cast.amina.put_pin(pin_id, rev=4, base_rev=3, text="older").status_code == 409
    assert cast.one(Pin).text == "newest"


def test_an_id_of_somebody_else_is_taken_and_nothing_of_it_is_told(cast: Cast) -> None:
    pin_id = uuid4()
    cast.bengt.put_pin(pin_id, text="Bengt's")
    answer = cast.amina.put_pin(pin_id, text="Amina's")
    assert (answer.status_code, answer.json["code"]) == (409, "id_taken")
    assert "kept" not in answer.json
    assert cast.one(Pin).text == "Bengt's"


def test_unknown_fields_are_kept_as_they_came(cast: Cast) -> None:
    future = rb', "smell": {"kind": "smoke", "n": [1, 2.50, 3e2]},  "face": "\ud83d\ude00", "odd": "\ud800"}'
    body = encoded(a_pin() | {"schema": 7, "client": "from-2031"})[:-1] + future
    answer = cast.amina.client.put(cast.amina.url("pins", uuid4()), data=body, content_type=JSON)
    assert answer.status_code == 201, answer.text
    revision = cast.one(PinRevision)
    assert revision.payload.encode() == body
    assert revision.client == "from-2031"
    assert revision.sha256 == sha256(body) == answer.json["sha256"]


def test_an_unknown_category_is_kept_flagged_and_shown_to_staff_alone(cast: Cast) -> None:
    pin_id = uuid4()
    assert cast.amina.put_pin(pin_id, category="drones").status_code == 201
    item = staff_feed(cast)[str(pin_id)]
    assert (item["category"], item["unknown_category"], item["symbol_group"]) == ("drones", True, "other")
    assert cast.another_phone(cast.a).feed() == []


def test_control_characters_go_and_the_message_keeps_them(cast: Cast) -> None:
    assert cast.amina.put_pin(text="a\x00b\x07\x1bc\r\nd\te\u0085").status_code == 201
    assert cast.one(Pin).text == "abc\nd\te"
    assert json.loads(cast.one(PinRevision).payload)["text"] == "a\x00b\x07\x1bc\r\nd\te\u0085"


def test_a_leap_second_is_a_time(cast: Cast) -> None:
    assert cast.amina.put_pin(made_at="2016-12-31T23:59:60Z").status_code == 201
    assert cast.one(Pin).made_at.isoformat() == "2016-12-31T23:59:59+00:00"


@pytest.mark.sqlite_is_enough
@pytest.mark.parametrize("kind", ["image/jpeg", "application/octet-stream", "text/plain", ""])
def test_a_picture_counts_by_its_bytes_and_not_by_its_label(cast: Cast, kind: str) -> None:
    assert cast.amina.put_photo(a_photo(3), kind=kind).status_code == 201


def test_a_picture_that_breaks_off_is_set_aside_and_its_pin_unharmed(cast: Cast) -> None:
    whole = a_photo(5, (640, 480))
    broken = whole[: len(whole) // 2]
    pin_id = uuid4()
    cast.amina.put_pin(pin_id, photos=[{"sha256": sha256(broken)}, {"sha256": sha256(whole), "order": 1}])
    assert cast.amina.put_photo(broken).status_code == 201
    assert cast.amina.put_photo(whole).status_code == 201
    with cast.app.app_context():
        process_waiting()
        db.session.remove()
    pin = staff_feed(cast)[str(pin_id)]
    assert [photo["state"] for photo in pin["photos"]] == ["quarantined", "ready"]
    kept = cast.one(Photo, Photo.state == "quarantined")
    assert kept.reason == "unreadable"
    with cast.app.app_context():
        assert cast.app.extensions["photo_store"].read(kept.upload_key) == broken
    assert cast.count(PhotoEncoding, PhotoEncoding.photo_id == kept.id) == 0
    assert cast.amina.put_photo(broken).status_code == 200


def test_a_stop_of_another_walk_is_not_believed_and_not_lost(cast: Cast) -> None:
    assert cast.amina.put_pin(stop_id=str(cast.b.stop_id)).status_code == 201
    assert cast.one(Pin).stop_id is None
    assert json.loads(cast.one(PinRevision).payload)["stop_id"] == str(cast.b.stop_id)


def test_a_question_of_another_walk_is_not_there(cast: Cast) -> None:
    body = a_rating(cast.b.question_id)
    answer = cast.amina.put_json(cast.amina.url("ratings", uuid4()), body)
    assert (answer.status_code, answer.json["code"]) == (404, "not_found")
    assert cast.count(Rating) == 0


def test_another_walks_address_takes_nothing_even_with_the_cookie_forced_on_it(cast: Cast) -> None:
    forced = {"Cookie": f"trygg_walk={cast.amina.token}"}
    known = cast.nobody.put(cast.bengt.url("pins", uuid4()), json=a_pin(), headers=forced)
    unknown = cast.nobody.put(f"/api/walks/{uuid4()}/pins/{uuid4()}", json=a_pin(), headers=forced)
    assert (known.status_code, known.json["code"]) == (401, "not_joined")
    assert (unknown.status_code, unknown.json) == (known.status_code, known.json)
    assert cast.count(Pin) == 0


@pytest.mark.parametrize("state", STATES_AFTER)
def test_what_comes_late_is_taken_and_said_to_be_late(cast: Cast, state: str) -> None:
    cast.set_walk(cast.a, state=state)
    pin_id = uuid4()
    assert cast.amina.put_pin(pin_id).status_code == 201
    assert cast.amina.put_photo(a_photo(1)).status_code == 201
    assert cast.amina.put_rating().status_code == 201
    assert cast.amina.withdraw(pin_id).status_code == 200
    assert staff_feed(cast)[str(pin_id)]["late"] is True


def test_an_archived_walk_takes_nothing_and_says_so(cast: Cast) -> None:
    pin_id = uuid4()
    cast.amina.put_pin(pin_id)
    cast.set_walk(cast.a, state="archived")
    answers = [
        cast.amina.put_pin(),
        cast.amina.withdraw(pin_id),
        cast.amina.put_photo(a_photo(1)),
        cast.amina.put_rating(),
    ]
    assert {(answer.status_code, answer.json["code"]) for answer in answers} == {(410, "walk_archived")}
    assert (cast.count(Pin), cast.count(Photo), cast.count(Rating)) == (1, 0, 0)


def test_a_pin_outside_the_area_is_taken_and_flagged(cast: Cast) -> None:
    pin_id = uuid4()
    assert cast.amina.put_pin(pin_id, there={"lat": -33.9, "lon": 151.2}).status_code == 201
    assert staff_feed(cast)[str(pin_id)]["outside"] is True


def test_above_its_quota_a_device_is_heard_but_set_aside(app_factory: Callable[..., Flask]) -> None:
    cast = make_cast(app_factory(PINS_PER_DEVICE="2", PHOTOS_PER_DEVICE="1"))
    other = cast.another_phone(cast.a)
    ids = [uuid4() for _ in range(3)]
    assert [cast.amina.put_pin(pin_id).status_code for pin_id in ids] == [201] * 3
    assert [other.put_photo(a_photo(n)).status_code for n in range(2)] == [201] * 2
    feed = staff_feed(cast)
    assert [feed[str(pin_id)]["quarantine"] for pin_id in ids] == [None, None, "over_quota"]
    assert {UUID(item["id"]) for item in other.feed()} == set(ids[:2])
    assert {UUID(item["id"]) for item in cast.amina.feed()} == set(ids)
    assert cast.another_phone(cast.a).put_pin().status_code == 201
    assert cast.count(Photo, Photo.quarantine == "over_quota") == 1


def _payloads(cast: Cast) -> list[str]:
    with cast.app.app_context():
        return list(db.session.scalars(sa.select(PinRevision.payload).order_by(PinRevision.seq)))
