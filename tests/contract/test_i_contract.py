"""The reliability contract, as far as the server keeps it; the phone's part lies in tests/js and tests/e2e.

One test at least for each of I1 to I10, named after it, on both databases. `make mutants` sees each of
them fail against a defect seeded for it.
"""

from __future__ import annotations

import http.client
import json
import random
import threading
from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from flask import Flask
from werkzeug.test import TestResponse

from app.db import db
from app.models import Change, Issue, Photo, Pin, PinPhoto, PinRevision, Rating, Walk
from app.problems import CATALOGUE
from tests.builders import a_photo, a_pin, a_rating, encoded, sha256
from tests.cast import JSON, Cast, make_cast
from tests.chaos.proxy import ChaosProxy, cut_answer, cut_request, duplicate, swallow_answer, unreachable
from tests.contract.disasters import at_once, commits_that_fail, desk_feed, pick, proves, restore, same_device
from tests.databases import Database
from tests.processes import free_port
from tests.servers import ServerFactory
from tests.wire import Wire

BROKEN = (OSError, http.client.HTTPException)


def test_i01_what_was_answered_survives_pulling_the_plug(
    cast: Cast, database: Database, server_factory: ServerFactory
) -> None:
    """The server is killed, with everything it runs, while four phones are sending."""
    server = server_factory(database)
    wires = [Wire(cast.amina if n % 2 else cast.bengt, server.port) for n in range(4)]
    answered: list[UUID] = []
    photos: list[str] = []
    enough = threading.Event()

    def send_until_it_dies(wire: Wire, seed: int) -> None:
        for n in range(1000):
            pin_id, photo = uuid4(), a_photo(seed * 1000 + n)
            try:
                if wire.put_pin(pin_id, photos=[{"sha256": sha256(photo)}]).status == 201:
                    answered.append(pin_id)
                if wire.put_photo(photo).status == 201:
                    photos.append(sha256(photo))
            except BROKEN:
                return
            if len(answered) >= 24:
                enough.set()

    threads = [
        threading.Thread(target=send_until_it_dies, args=(wire, seed)) for seed, wire in enumerate(wires)
    ]
    for thread in threads:
        thread.start()
    assert enough.wait(60)
    server.kill()
    for thread in threads:
        thread.join()
    server.start()
    kept = [desk_feed(cast, cast.a), desk_feed(cast, cast.b)]
    assert {str(pin_id) for pin_id in answered} <= {*kept[0], *kept[1]}
    with cast.app.app_context():
        stored = set(db.session.scalars(sa.select(Photo.sent_sha256)))
    assert set(photos) <= stored
    held = {"photos": photos}
    assert set(cast.amina.missing(**held)["photos"]) | set(cast.bengt.missing(**held)["photos"]) == set(
        photos
    )
    assert cast.count(Pin) == cast.count(Issue) == cast.count(Change) == cast.count(PinRevision)


def test_i02_proof_echoes_what_was_sent_byte_by_byte(cast: Cast) -> None:
    pin_id, rating_id, photo = uuid4(), uuid4(), a_photo(1)
    first, second = encoded(a_pin()), encoded(a_pin(rev=2, base_rev=1, text="Mer."))
    gone, rating = encoded({"rev": 3, "base_rev": 2}), encoded(a_rating(cast.a.question_id))
    amina, walk = cast.amina, cast.a

    def put(body: bytes, *parts: object, kind: str = JSON) -> TestResponse:
        return amina.client.put(amina.url(*parts), data=body, content_type=kind)

    for _ in range(2):
        assert proves(put(first, "pins", pin_id), pin_id, 1, first, walk)
    assert proves(put(second, "pins", pin_id), pin_id, 2, second, walk)
    assert proves(put(first, "pins", pin_id), pin_id, 1, first, walk)
    for _ in range(2):
        assert proves(put(gone, "pins", pin_id, "withdrawal"), pin_id, 3, gone, walk)
        assert proves(put(rating, "ratings", rating_id), rating_id, 1, rating, walk)
        sent = put(photo, "photos", sha256(photo), kind="image/jpeg")
        assert proves(sent, sha256(photo), 1, photo, walk)


def test_i02_bytes_that_changed_on_the_way_get_no_proof(cast: Cast) -> None:
    photo = a_photo(1)
    answer = cast.amina.put_photo(photo[:-1] + b"\x00", sha256(photo))
    assert (answer.status_code, answer.json["code"], answer.json["retry"]) == (422, "hash_mismatch", True)
    assert cast.count(Photo) == 0
    assert cast.amina.missing(photos=[sha256(photo)])["photos"] == [sha256(photo)]


def test_i03_any_number_of_sends_at_once_makes_one_of_each(cast: Cast) -> None:
    pin_id, rating_id, photo = uuid4(), uuid4(), a_photo(1)
    body = a_pin(photos=[{"sha256": sha256(photo)}])
    tabs = [same_device(cast.amina) for _ in range(8)]
    pins = at_once([lambda tab=tab: tab.put_json(tab.url("pins", pin_id), body) for tab in tabs])
    photos = at_once([lambda tab=tab: tab.put_photo(photo) for tab in tabs])
    ratings = at_once([lambda tab=tab: tab.put_rating(rating_id) for tab in tabs])
    for answers in (pins, photos, ratings):
        assert sorted(answer.status_code for answer in answers) == [200] * 7 + [201]
        assert len({json.dumps(answer.json, sort_keys=True) for answer in answers}) == 1
    assert [cast.count(model) for model in (Pin, Issue, PinRevision, PinPhoto, Photo, Rating)] == [1] * 6
    assert cast.one(Walk, Walk.id == cast.a.id).pin_count == 1


def test_i04_no_refusal_is_silent(cast: Cast) -> None:
    """Whatever the server refuses has a code, a sentence, and says whether trying again can help."""
    cast.set_walk(cast.a, state="archived")
    anonymous = cast.nobody
    refusals = [
        cast.amina.put_pin(),
        cast.bengt.put_pin(severity=9),
        cast.bengt.put_photo(b"no picture"),
        cast.bengt.client.put(cast.bengt.url("pins", uuid4()), data="{", content_type=JSON),
        cast.bengt.client.put(cast.bengt.url("pins", "no-id"), json={}),
        cast.bengt.client.post(cast.bengt.url("pins", uuid4()), json={}),
        anonymous.put(cast.amina.url("pins", uuid4()), json=a_pin()),
        anonymous.put("/api/nothing/here", json={}),
        anonymous.post("/api/join", json={"code": "0000-0000"}),
    ]
    for answer in refusals:
        assert answer.mimetype == "application/problem+json", answer.text
        assert CATALOGUE[answer.json["code"]].status == answer.status_code == answer.json["status"]
        assert answer.json["title"]
        assert isinstance(answer.json["retry"], bool)


def test_i04_only_what_can_pass_by_itself_is_to_be_tried_again() -> None:
    passing = {
        *("hash_mismatch", "too_many_attempts", "too_fast", "walk_not_open", "newcomers_paused"),
        *("server_error", "busy", "storage_full", "not_ready"),
        *("sign_on_unreachable", "sign_on_clocks"),
    }
    assert {code for code, kind in CATALOGUE.items() if kind.retry} == passing


def test_i05_a_bad_road_leads_to_the_same_end(
    cast: Cast, database: Database, server_factory: ServerFactory, proxy_factory: Callable[..., ChaosProxy]
) -> None:
    """Lost, cut and doubled messages; afterwards phone, server and desk hold the same."""
    port = free_port()
    road = proxy_factory(port)
    server_factory(database, PORT=str(port))
    dice = random.Random(5)
    for act in (swallow_answer(), cut_answer(20), cut_request(60), duplicate(), unreachable()):
        for _ in range(3):
            road.on("PUT", rf"/pins/[0-9a-f-]*{dice.choice('02468ace')}$", act, times=1)
    wire = Wire(cast.amina, road.port)
    said: dict[str, str] = {}
    for number in range(10):
        pin_id = uuid4()
        for rev in (1, 2):
            text = f"{number}, revision {rev}"
            body = encoded(a_pin(rev=rev, base_rev=rev - 1 or None, text=text))
            send_until_proof(wire, pin_id, rev, body)
        said[str(pin_id)] = text
    assert {key: item["text"] for key, item in desk_feed(cast, cast.a).items()} == said
    own = {item["id"]: item["text"] for item in cast.amina.feed()}
    assert own == said
    assert cast.count(Pin) == 10
    assert cast.count(PinRevision) == 20


def send_until_proof(wire: Wire, pin_id: UUID, rev: int, body: bytes) -> None:
    for _ in range(20):
        try:
            answer = wire.put(wire.phone.url("pins", pin_id), body, JSON)
        except BROKEN:
            continue
        if proves(answer, pin_id, rev, body, wire.phone.walk):
            return
    raise AssertionError(f"no proof for {pin_id}")


def test_i06_after_a_restore_phones_start_over_and_fill_the_gap(cast: Cast) -> None:
    """An older backup is put back: the last pin, its photo and a rating are gone from the server."""
    amina, old_epoch = cast.amina, cast.a.epoch
    kept_id, lost_id, rating_id, photo = uuid4(), uuid4(), uuid4(), a_photo(1)
    kept = amina.put_pin(kept_id).json
    lost_body = a_pin(photos=[{"sha256": sha256(photo)}])
    lost = amina.put_json(amina.url("pins", lost_id), lost_body).json
    amina.put_photo(photo)
    rated = amina.put_rating(rating_id).json
    cursor = amina.changes()["seq"]
    restore(cast, cast.a, seq=kept["seq"])
    others = [cast.another_phone(cast.a).put_pin().json["id"] for _ in range(cursor)]

    page = amina.changes(epoch=old_epoch, after=cursor)
    assert page["reset"] is True
    assert page["epoch"] != old_epoch
    assert [item["id"] for item in page["items"]] == [str(kept_id), *others]
    held = {
        "pins": [pick(kept), pick(lost)],
        "ratings": [pick(rated)],
        "photos": [sha256(photo)],
    }
    assert amina.missing(**held) == {
        "pins": [str(lost_id)],
        "ratings": [str(rating_id)],
        "photos": [sha256(photo)],
    }
    again = amina.put_json(amina.url("pins", lost_id), lost_body)
    assert (again.status_code, again.json["epoch"]) == (201, page["epoch"])
    amina.put_photo(photo)
    amina.put_rating(rating_id)
    assert amina.missing(**held) == {"pins": [], "ratings": [], "photos": []}
    after = amina.changes(epoch=page["epoch"], after=page["seq"])
    assert [item["id"] for item in after["items"] if item["type"] == "pin"] == [str(lost_id)]


def test_i06_a_cursor_from_the_future_starts_over(cast: Cast) -> None:
    cast.amina.put_pin()
    page = cast.amina.changes(epoch=cast.a.epoch, after=999)
    assert (page["reset"], len(page["items"]), page["seq"]) == (True, 1, 1)
    assert "reset" not in cast.amina.changes(epoch=cast.a.epoch, after=1)


def test_i07_a_walks_credential_opens_no_other_walk(cast: Cast) -> None:
    """Bengt's token at walk A, by force; and unknown looks like forbidden."""
    photo, pin_id = a_photo(1), uuid4()
    proof = cast.amina.put_pin(pin_id, photos=[{"sha256": sha256(photo)}]).json
    cast.amina.put_photo(photo)
    forced = {"Cookie": f"trygg_walk={cast.bengt.token}"}
    calls: list[tuple[str, str, Any]] = [
        ("GET", "", None),
        ("GET", "/changes", None),
        ("PUT", f"/pins/{pin_id}", a_pin()),
        ("PUT", f"/pins/{pin_id}/withdrawal", {"rev": 2}),
        ("POST", "/missing", {"pins": [pick(proof)]}),
        ("POST", "/capability", None),
        ("DELETE", "/me", None),
    ]
    for method, path, body in calls:
        answers = [
            cast.nobody.open(f"/api/walks/{walk}{path}", method=method, json=body, headers=forced)
            for walk in (cast.a.id, uuid4())
        ]
        assert {answer.status_code for answer in answers} == {401}
        assert answers[0].json == answers[1].json
    assert cast.one(Pin).withdrawn_at is None
    assert cast.amina.changes()["seq"] == 2


def test_i07_nothing_of_another_walk_shows_through_ones_own(cast: Cast) -> None:
    photo, pin_id = a_photo(1), uuid4()
    proof = cast.amina.put_pin(pin_id, photos=[{"sha256": sha256(photo)}]).json
    cast.amina.put_photo(photo)
    rating = cast.amina.put_rating().json
    held = {"pins": [pick(proof)], "ratings": [pick(rating)], "photos": [sha256(photo)]}
    told = {"pins": [proof["id"]], "ratings": [rating["id"]], "photos": [sha256(photo)]}
    assert cast.bengt.missing(**held) == told
    assert cast.bengt.feed() == []
    assert cast.bengt.put_photo(photo).status_code == 201
    assert cast.bengt.withdraw(pin_id).status_code == 404
    assert cast.bengt.put_pin(pin_id).json["code"] == "id_taken"


def test_i08_no_answer_says_stored_before_the_commit(cast: Cast, engine: str) -> None:
    """The very commit fails: the answer must not be a proof, and nothing is there."""
    with commits_that_fail(cast, engine):
        answers = [cast.amina.put_pin(), cast.amina.put_photo(a_photo(1)), cast.amina.put_rating()]
    assert [(answer.status_code, answer.json["code"]) for answer in answers] == [(507, "storage_full")] * 3
    assert [cast.count(model) for model in (Pin, Photo, Rating, Change)] == [0] * 4


def test_i08_what_is_answered_is_there_for_everybody(cast: Cast) -> None:
    """A reader of its own connection sees the row as soon as the answer is out."""
    for _ in range(5):
        proof = cast.amina.put_pin().json
        assert desk_feed(cast, cast.a)[proof["id"]]["seq"] == proof["seq"]


def test_i09_words_arrive_without_their_photos(cast: Cast) -> None:
    photos = [a_photo(n) for n in range(3)]
    pin_id = uuid4()
    body = encoded(a_pin(photos=[{"sha256": sha256(photo), "order": n} for n, photo in enumerate(photos)]))
    assert len(body) <= 2048
    assert (
        cast.amina.client.put(cast.amina.url("pins", pin_id), data=body, content_type=JSON).status_code == 201
    )
    assert [photo["state"] for photo in desk_feed(cast, cast.a)[str(pin_id)]["photos"]] == ["expected"] * 3
    cast.amina.put_photo(photos[1])
    cast.encode_photos()
    states = [photo["state"] for photo in desk_feed(cast, cast.a)[str(pin_id)]["photos"]]
    assert states == ["expected", "ready", "expected"]


def test_i09_a_photo_store_that_is_down_stops_no_words(
    app_factory: Callable[..., Flask], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_REGION"):
        monkeypatch.setenv(name, "none")
    monkeypatch.setenv("AWS_ENDPOINT", f"http://127.0.0.1:{free_port()}")
    monkeypatch.setenv("AWS_ALLOW_HTTP", "true")
    cast = make_cast(app_factory(PHOTO_STORE="s3://nowhere"))
    photo = cast.amina.put_photo(a_photo(1))
    assert (photo.status_code, photo.json["code"], photo.json["retry"]) == (503, "busy", True)
    assert cast.amina.put_pin().status_code == 201
    assert cast.count(Photo) == 0


def test_i10_every_message_is_kept_as_it_came(cast: Cast) -> None:
    """Order of keys, spaces, ways to write a number, fields we do not know: all of it, for ever."""
    amina, pin_id, rating_id = cast.amina, uuid4(), uuid4()
    pin = json.dumps(a_pin(client="build-1"), indent=1).encode()[:-1] + b', "aura": {"x": 1.50}}'
    edit = encoded(a_pin(rev=2, base_rev=1, client="build-2") | {"zone": None})
    gone = b'{"base_rev":2,  "rev":3, "client":"build-3", "why": "mistake"}'
    rating = json.dumps(a_rating(cast.a.question_id), indent=3).encode()[:-1] + b', "mood": "\\u00e5"}'
    for body, *parts in (
        (pin, "pins", pin_id),
        (edit, "pins", pin_id),
        (gone, "pins", pin_id, "withdrawal"),
        (rating, "ratings", rating_id),
    ):
        answer = amina.client.put(amina.url(*parts), data=body, content_type=JSON)
        assert answer.status_code in (200, 201), answer.text
    with cast.app.app_context():
        rows = db.session.execute(
            sa.select(PinRevision.payload, PinRevision.client).order_by(PinRevision.seq)
        )
        assert [(row.payload.encode(), row.client) for row in rows] == [
            (pin, "build-1"),
            (edit, "build-2"),
            (gone, "build-3"),
        ]
    assert cast.one(Rating).payload.encode() == rating
