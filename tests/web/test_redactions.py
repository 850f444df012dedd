"""Black-outs: burnt into everything that is shown, undone while the original is kept, and in the log."""

from __future__ import annotations

import io
from base64 import b64decode
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from PIL import Image
from werkzeug.test import TestResponse

from app.db import db
from app.models import Audit, Leftover, Organisation, Photo, PhotoEncoding
from app.operations import leftovers, redactions
from app.operations.photos import photo_store
from tests.builders import a_photo, sha256
from tests.cast import Cast, Phone, make_cast
from tests.stores import Bucket

PHOTO = a_photo(200, (800, 600))
BOX = [100, 80, 200, 120]
INSIDE, OUTSIDE = (200, 140), (600, 500)


@pytest.fixture
def shown(cast: Cast) -> Cast:
    return approved_photo(cast)


def approved_photo(cast: Cast) -> Cast:
    """Amina's photo is encoded and approved, on a pin that everyone on the walk sees."""
    cast.amina.put_pin(photos=[{"sha256": sha256(PHOTO), "alt": "En lampa"}])
    cast.amina.put_photo(PHOTO)
    cast.encode_photos()
    assert put(cast, "review", {"photo": "approved"}).status_code == 200
    return cast


def put(cast: Cast, what: str, body: Any, seen: int | None = None, who: str = "fatima") -> TestResponse:
    photo = cast.one(Photo)
    url = f"/api/desk/walks/{photo.walk_id}/photos/{photo.id}/{what}"
    return cast.desk(who).put(url, json=body, headers={"If-Match": f'"{seen or photo.seq}"'})


def redact(cast: Cast, *boxes: list[int], **options: Any) -> TestResponse:
    return put(cast, "redaction", {"boxes": list(boxes), "proposals": []}, **options)


def open_original(cast: Cast, who: str = "fatima") -> TestResponse:
    photo = cast.one(Photo)
    return cast.desk(who).post(f"/api/desk/walks/{photo.walk_id}/photos/{photo.id}/original")


def pixels(data: bytes, size: tuple[int, int] = (800, 600)) -> tuple[int, int]:
    """How bright the picture is inside the box and outside it."""
    with Image.open(io.BytesIO(data)) as picture:
        assert max(picture.size) in (800, 320)
        scale = picture.size[0] / size[0]
        inside, outside = (
            picture.convert("L").getpixel((int(x * scale), int(y * scale))) for x, y in (INSIDE, OUTSIDE)
        )
    return inside, outside


def desk_picture(cast: Cast, size: str = "full") -> bytes:
    photo = cast.one(Photo)
    with cast.fatima.get(f"/api/desk/walks/{photo.walk_id}/photos/{photo.id}/{size}") as answer:
        assert answer.status_code == 200
        return answer.get_data()


def ask(phone: Phone, photo_id: str, size: str = "full", **headers: str) -> TestResponse:
    answer = phone.client.get(phone.url("photos", photo_id, size), headers=headers)
    answer.get_data()
    answer.close()
    return answer


def photo_of_feed(phone: Phone) -> str:
    """The id under which a phone has the photo now."""
    [item] = [item for item in phone.feed() if item["type"] == "pin"]
    photo_id: str = item["photos"][0]["id"]
    return photo_id


def stored(cast: Cast) -> dict[str, str]:
    """Size → key of all encodings."""
    with cast.app.app_context():
        return {row.size: row.key for row in db.session.query(PhotoEncoding)}


def is_stored(cast: Cast, key: str) -> bool:
    with cast.app.app_context():
        return photo_store().exists(key)


def sweep(cast: Cast, later: timedelta = timedelta(0)) -> None:
    with cast.app.app_context():
        now = datetime.now(UTC) + later
        redactions.purge_originals(now)
        leftovers.delete_leftovers(now)
        db.session.remove()


def acts(cast: Cast) -> list[str]:
    with cast.app.app_context():
        return [row.act for row in db.session.query(Audit).order_by(Audit.id)]


def test_a_box_is_black_in_every_size_and_for_every_reader(shown: Cast) -> None:
    bright, around = pixels(desk_picture(shown))
    assert bright > 40
    answer = redact(shown, BOX)
    assert answer.status_code == 200, answer.text
    assert answer.json["previous"] == {"boxes": [], "proposals": []}
    [view] = answer.json["pins"]
    assert view["photos"][0]["boxes"] == [BOX]
    other = shown.another_phone(shown.a)
    for size in ("full", "thumb"):
        pictures = [desk_picture(shown, size)]
        pictures += [ask(phone, photo_of_feed(phone), size).get_data() for phone in (shown.amina, other)]
        for picture in pictures:
            inside, outside = pixels(picture)
            assert inside <= 2
            assert abs(outside - around) <= 3


def test_every_copy_is_another_one_within_the_next_question(shown: Cast) -> None:
    """A phone's `others` gets a new id by the feed; the old address and its ETag are worth nothing."""
    other = shown.another_phone(shown.a)
    before = photo_of_feed(other)
    first = ask(other, before)
    seen = other.changes(limit=500)
    redact(shown, BOX)
    news = other.changes(epoch=seen["epoch"], after=seen["seq"])["items"]
    after = news[0]["photos"][0]["id"]
    assert after != before
    gone = ask(other, before, **{"If-None-Match": first.headers["ETag"]})
    assert gone.status_code == 404
    again = ask(other, after, **{"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, pixels(again.get_data())[0] <= 2) == (200, True)
    desk = f"/api/desk/walks/{shown.a.id}/photos/{shown.one(Photo).id}/full"
    with shown.fatima.get(desk, headers={"If-None-Match": first.headers["ETag"]}) as picture:
        assert picture.status_code == 200


def test_the_desk_names_other_pixels_otherwise(shown: Cast) -> None:
    def version() -> str:
        [view] = shown.fatima.get(f"/api/desk/walks/{shown.a.id}/pins").json["pins"]
        return str(view["photos"][0]["version"])

    before = version()
    redact(shown, BOX)
    assert version() != before


def test_undoing_brings_the_very_bytes_back_and_again_the_boxes(shown: Cast) -> None:
    before = desk_picture(shown)
    done = redact(shown, BOX)
    undone = put(shown, "redaction", done.json["previous"])
    assert desk_picture(shown) == before
    assert "original" not in stored(shown)
    put(shown, "redaction", undone.json["previous"])
    assert pixels(desk_picture(shown))[0] <= 2


def test_boxes_are_burnt_from_the_original_so_that_one_can_be_taken_away(shown: Cast) -> None:
    far = [560, 460, 100, 100]
    redact(shown, BOX, far)
    assert pixels(desk_picture(shown)) == (0, 0)
    redact(shown, far)
    inside, outside = pixels(desk_picture(shown))
    assert (inside > 40, outside) == (True, 0)


def test_the_original_is_kept_apart_and_opening_it_is_logged(shown: Cast) -> None:
    before = desk_picture(shown)
    assert open_original(shown).status_code == 404
    redact(shown, BOX)
    keys = stored(shown)
    assert keys["original"].startswith("originals/")
    assert not keys["full"].startswith("originals/")
    opened = open_original(shown)
    kind, picture = opened.json["picture"].split(",")
    assert (kind, b64decode(picture)) == ("data:image/jpeg;base64", before)
    assert "no-store" in opened.headers["Cache-Control"]
    assert acts(shown)[-2:] == ["redact", "open_original"]
    for who in ("nils", "ove"):
        assert open_original(shown, who).status_code in (403, 404)
    for phone in (shown.amina, shown.bengt):
        assert ask(phone, photo_of_feed(shown.amina), "original").status_code == 404
    with shown.fatima.get(f"/api/desk/walks/{shown.a.id}/photos/{shown.one(Photo).id}/original") as answer:
        assert answer.status_code in (404, 405)


def test_the_old_bytes_leave_the_store_with_the_next_sweep(shown: Cast) -> None:
    old = stored(shown)
    redact(shown, BOX)
    assert shown.count(Leftover) == 2
    sweep(shown)
    assert [is_stored(shown, key) for key in old.values()] == [False, False]
    assert all(is_stored(shown, key) for key in stored(shown).values())
    assert shown.count(Leftover) == 0


def test_the_original_goes_after_as_many_days_as_the_organisation_says(shown: Cast) -> None:
    with shown.app.app_context():
        db.session.query(Organisation).update({"original_days": 7})
        db.session.commit()
    redact(shown, BOX)
    original = stored(shown)["original"]
    sweep(shown, timedelta(days=6, hours=23))
    assert is_stored(shown, original)
    seq = shown.one(Photo).seq
    sweep(shown, timedelta(days=7, minutes=1))
    assert not is_stored(shown, original)
    assert set(stored(shown)) == {"full", "thumb"}
    assert open_original(shown).status_code == 404
    assert acts(shown)[-1] == "purge_original"
    assert pixels(desk_picture(shown))[0] <= 2
    stale = redact(shown, seen=seq)
    assert (stale.status_code, stale.json["code"]) == (412, "stale")
    redact(shown, [560, 460, 100, 100])
    redact(shown)
    assert pixels(desk_picture(shown))[0] <= 2


def test_what_a_killed_request_stored_is_found_and_deleted(
    shown: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*_args: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(redactions, "_swap", killed)
        with pytest.raises(KeyboardInterrupt):
            redact(shown, BOX)
    with shown.app.app_context():
        keys = [row.key for row in db.session.query(Leftover)]
    assert [is_stored(shown, key) for key in keys] == [True] * 3
    assert pixels(desk_picture(shown))[0] > 40
    sweep(shown)
    assert is_stored(shown, keys[0])
    sweep(shown, timedelta(hours=2))
    assert [is_stored(shown, key) for key in keys] == [False] * 3
    assert all(is_stored(shown, key) for key in stored(shown).values())


def test_a_lost_photo_that_comes_again_is_black_where_it_was(shown: Cast) -> None:
    """After a restore a phone sends the bytes anew; also what was purged of them stays unseen."""
    redact(shown, BOX)
    sweep(shown, timedelta(days=31))
    redact(shown, [560, 460, 100, 100])
    with shown.app.app_context():
        db.session.query(PhotoEncoding).delete()
        db.session.query(Photo).update({"state": "lost"})
        db.session.commit()
    assert shown.amina.put_photo(PHOTO).status_code == 201
    shown.encode_photos()
    assert pixels(desk_picture(shown)) == (0, 0)
    assert set(stored(shown)) == {"full", "thumb"}
    redact(shown)
    assert pixels(desk_picture(shown)) == (0, 0)


def test_boxes_end_at_the_edge_and_slivers_are_nothing(shown: Cast) -> None:
    answer = redact(shown, [700, 500, 900, 900], [10, 10, 1, 50], [5000, 5000, 10, 10])
    assert answer.json["pins"][0]["photos"][0]["boxes"] == [[700, 500, 100, 100]]


@pytest.mark.parametrize(
    "body",
    [
        {"boxes": [[1, 2, 3]], "proposals": []},
        {"boxes": [[1, 2, 3, -4]], "proposals": []},
        {"boxes": [[1.5, 2, 3, 4]], "proposals": []},
        {"boxes": "all", "proposals": []},
        {"boxes": [[1, 2, 3, 10**12]], "proposals": []},
        {"boxes": [[i, 0, 9, 9] for i in range(101)], "proposals": []},
        {"boxes": []},
        [],
    ],
)
def test_boxes_of_the_wrong_form_are_refused(shown: Cast, body: Any) -> None:
    assert put(shown, "redaction", body).status_code == 422


def test_only_the_version_that_was_seen_is_redacted_and_only_by_staff(shown: Cast) -> None:
    stale = redact(shown, BOX, seen=1)
    assert (stale.status_code, stale.json["current"]["pins"][0]["photos"][0]["boxes"]) == (412, [])
    assert redact(shown, BOX, who="nils").status_code == 404
    assert redact(shown, BOX, who="ove").status_code == 404
    url = f"/api/desk/walks/{shown.a.id}/photos/{uuid4()}/redaction"
    body = {"boxes": [], "proposals": []}
    assert shown.fatima.put(url, json=body, headers={"If-Match": '"1"'}).status_code == 404
    elsewhere = f"/api/desk/walks/{shown.b.id}/photos/{shown.one(Photo).id}/redaction"
    answer = shown.fatima.put(elsewhere, json=body, headers={"If-Match": f'"{shown.one(Photo).seq}"'})
    assert answer.status_code == 404


def test_the_history_tells_of_it(shown: Cast) -> None:
    redact(shown, BOX)
    [view] = shown.fatima.get(f"/api/desk/walks/{shown.a.id}/pins").json["pins"]
    told = shown.fatima.get(f"/api/desk/walks/{shown.a.id}/pins/{view['id']}/history").json["revisions"]
    assert told[-1]["act"]["boxes"] == 1


@pytest.fixture(params=["folder", "bucket"])
def shown_from(
    request: pytest.FixtureRequest, app_factory: Callable[..., Flask], monkeypatch: pytest.MonkeyPatch
) -> Cast:
    """`shown`, with its photos in either kind of store."""
    if request.param == "folder":
        return approved_photo(make_cast(app_factory()))
    bucket: Bucket = request.getfixturevalue("bucket")
    for name, value in bucket.environment().items():
        monkeypatch.setenv(name, value)
    return approved_photo(make_cast(app_factory(PHOTO_STORE=bucket.url)))


def kept_pictures(cast: Cast) -> dict[str, bytes]:
    """Everything in the store, whether the database knows of it or not."""
    with cast.app.app_context():
        return {key: photo_store().read(key) for key, _at in photo_store().listing()}


def test_f19_a_redacted_photo_is_nowhere_else(shown_from: Cast) -> None:
    """Plates and faces: no address, no size and no key in the store leads to the old pixels."""
    shown = shown_from
    old = [ask(shown.amina, photo_of_feed(shown.amina), size).get_data() for size in ("full", "thumb")]
    ids = {photo_of_feed(shown.amina), str(shown.one(Photo).id)}
    redact(shown, BOX)
    sweep(shown)
    ids |= {photo_of_feed(shown.amina), str(shown.one(Photo).shown_id)}
    seen = []
    for phone in (shown.amina, shown.another_phone(shown.a)):
        seen += [ask(phone, photo_id, size) for photo_id in ids for size in ("full", "thumb", "original")]
    seen += [ask(shown.bengt, photo_id) for photo_id in ids]
    served = [answer.get_data() for answer in seen if answer.status_code == 200]
    assert served
    assert all(pixels(picture)[0] <= 2 for picture in served)
    assert not set(served) & set(old)
    page = shown.fatima.get(f"/desk/walks/{shown.a.id}/meeting")
    assert page.status_code == 200
    assert pixels(desk_picture(shown))[0] <= 2
    kept, held = stored(shown), kept_pictures(shown)
    assert set(held) == set(kept.values())
    assert held.pop(kept["original"]) == old[0]  # the only copy, under the retention rule
    assert all(pixels(picture)[0] <= 2 for picture in held.values())
    sweep(shown, timedelta(days=31))
    assert kept_pictures(shown) == held


def test_a_hidden_photo_is_refused_to_every_phone_at_once_from_either_store(shown_from: Cast) -> None:
    """Its bytes stay for the undo; no phone is given them, by an id it had or as "the same as before"."""
    shown, photo_id = shown_from, photo_of_feed(shown_from.amina)
    other = shown.another_phone(shown.a)
    tags = [ask(phone, photo_id).headers["ETag"] for phone in (shown.amina, other)]
    held = kept_pictures(shown)
    assert put(shown, "review", {"photo": "hidden"}).status_code == 200
    for phone, tag in zip((shown.amina, other), tags, strict=True):
        for size in ("full", "thumb"):
            assert ask(phone, photo_id, size, **{"If-None-Match": tag}).status_code == 404
    assert [item["photos"] for item in other.feed() if item["type"] == "pin"] == [[]]
    assert put(shown, "review", {"photo": "approved"}).status_code == 200
    assert ask(other, photo_id).status_code == 200
    assert kept_pictures(shown) == held
