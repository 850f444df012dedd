"""The bundle, the question what is missing, and answers at stops."""

from __future__ import annotations

import gzip
import hashlib
import json
from uuid import uuid4

import brotli
import pytest

from app.models import Rating
from tests.cast import Cast


def test_the_bundle_has_everything_for_a_walk_without_coverage(cast: Cast) -> None:
    cast.set_walk(cast.a, pack="helsinki")
    body = cast.amina.client.get(cast.amina.url()).json
    assert body["walk"]["id"] == str(cast.a.id)
    assert (body["walk"]["state"], body["walk"]["organisation"]["name"]) == ("open", "Staden")
    assert body["area"]["bbox"] == [24.93, 60.16, 24.97, 60.18]
    assert [stop["questions"][0]["id"] for stop in body["stops"]] == [str(cast.a.question_id)]
    assert len(body["categories"]) == 25
    assert body["pack"]["url"] == f"/packs/{body['pack']['sha256']}.pmtiles"
    assert body["participant"] == {"id": str(cast.amina.id)}
    pack = cast.nobody.get(body["pack"]["url"], headers={"Range": "bytes=0-6"})
    assert (pack.status_code, pack.get_data()) == (206, b"PMTiles")
    assert "immutable" in pack.headers["Cache-Control"]
    pack.close()


@pytest.mark.parametrize(("lang", "title"), [("sv", "Kajen i mörker"), ("en", "The quay after dark")])
def test_its_texts_come_in_the_language_asked_for(cast: Cast, lang: str, title: str) -> None:
    body = cast.amina.client.get(cast.amina.url(), query_string={"lang": lang}).json
    assert body["walk"]["title"] == title
    labels = {category["code"]: category["label"] for category in body["categories"]}
    assert labels["lighting"] == {"sv": "Belysning", "en": "Lighting"}[lang]


def test_it_is_sent_again_only_when_it_changed(cast: Cast) -> None:
    first = cast.amina.client.get(cast.amina.url())
    seen = {"If-None-Match": first.headers["ETag"]}
    assert cast.amina.client.get(cast.amina.url(), headers=seen).status_code == 304
    cast.fatima.put(f"/api/desk/walks/{cast.a.id}/state", json={"state": "closing"})
    again = cast.amina.client.get(cast.amina.url(), headers=seen)
    assert (again.status_code, again.json["walk"]["state"]) == (200, "closing")


def test_a_walk_that_changes_is_told_in_the_feed(cast: Cast) -> None:
    cast.fatima.put(f"/api/desk/walks/{cast.a.id}/state", json={"state": "closing"})
    page = cast.amina.changes()
    assert (page["walk_state"], [item["type"] for item in page["items"]]) == ("closing", ["walk"])


def test_large_answers_are_compressed_for_those_who_take_it(cast: Cast) -> None:
    plain = cast.amina.client.get(cast.amina.url())
    packed = cast.amina.client.get(cast.amina.url(), headers={"Accept-Encoding": "gzip, br"})
    assert "Content-Encoding" not in plain.headers
    assert packed.headers["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in packed.headers["Vary"]
    assert json.loads(gzip.decompress(packed.get_data())) == plain.json


def test_nothing_new_is_a_short_answer(cast: Cast) -> None:
    cast.amina.put_pin()
    answer = cast.amina.client.get(cast.amina.url("changes") + f"?epoch={cast.a.epoch}&after=1")
    assert answer.json["items"] == []
    assert len(answer.get_data()) <= 250


def test_missing_names_only_what_the_server_lacks(cast: Cast) -> None:
    proof = cast.amina.put_pin().json
    held = {name: proof[name] for name in ("id", "rev", "sha256")}
    newer, other = held | {"rev": 2}, held | {"id": str(uuid4())}
    assert cast.amina.missing(pins=[held])["pins"] == []
    assert cast.amina.missing(pins=[held, newer, other])["pins"] == [held["id"], other["id"]]
    assert cast.amina.missing() == {"pins": [], "ratings": [], "photos": []}


def test_a_rating_is_kept_replaced_and_never_turned_back(cast: Cast) -> None:
    rating_id = uuid4()
    first = cast.amina.put_rating(rating_id, score=2)
    assert first.status_code == 201
    assert cast.amina.put_rating(rating_id, score=2).json == first.json
    assert cast.amina.put_rating(rating_id, rev=2, base_rev=1, score=5).status_code == 200
    stale = cast.amina.put_rating(rating_id, score=1)
    assert (stale.status_code, stale.json["code"]) == (409, "rating_conflict")
    assert cast.one(Rating).score == 5


def test_a_rating_belongs_to_who_gave_it(cast: Cast) -> None:
    rating_id = uuid4()
    cast.amina.put_rating(rating_id)
    answer = cast.another_phone(cast.a).put_rating(rating_id)
    assert (answer.status_code, answer.json["code"]) == (409, "id_taken")
    assert all(item["type"] != "rating" for item in cast.amina.feed())


def test_the_address_index_travels_compressed_and_arrives_whole(cast: Cast) -> None:
    cast.set_walk(cast.a, pack="helsinki")
    told = cast.amina.client.get(cast.amina.url()).json["pack"]
    with cast.nobody.get(told["index_url"]) as answer:
        plain = answer.data
    small = cast.nobody.get(told["index_url"], headers={"Accept-Encoding": "gzip, br"})
    assert small.headers["Content-Encoding"] == "br"
    assert len(small.data) < len(plain) / 2
    assert hashlib.sha256(brotli.decompress(small.data)).hexdigest() == told["index_sha256"]
    assert hashlib.sha256(plain).hexdigest() == told["index_sha256"]
