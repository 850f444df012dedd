"""The doctor finds every byte that is missing, changed or too much, and phones bring back what is lost."""

from __future__ import annotations

import os
import time
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from app.cli_keeping import doctor
from app.db import db
from app.models import Photo, PhotoEncoding, Walk
from app.operations.doctor import Finding, ask_phones, examine, remove_orphans
from app.operations.photos import photo_store
from tests.builders import a_photo, sha256
from tests.cast import Cast
from tests.operations.keeping import make, place, put_back

__all__ = ["place"]

PHOTOS = [a_photo(n) for n in range(3)]
TWO_DAYS_S = 2 * 24 * 3600


@pytest.fixture
def kept(cast: Cast) -> Cast:
    """One pin with three photos, the last still waiting to be encoded."""
    cast.amina.put_pin(photos=[{"sha256": sha256(photo)} for photo in PHOTOS])
    for photo in PHOTOS[:2]:
        cast.amina.put_photo(photo)
    cast.encode_photos()
    cast.amina.put_photo(PHOTOS[2])
    return cast


def findings(cast: Cast) -> list[Finding]:
    with cast.app.app_context():
        return [finding for finding in examine() if finding]


def keys(cast: Cast) -> list[str]:
    with cast.app.app_context():
        return sorted(key for key, _written in photo_store().listing())


def test_what_is_missing_damaged_and_too_much_is_found_and_nothing_changed(kept: Cast) -> None:
    assert findings(kept) == []
    full = next(key for key in keys(kept) if key.endswith("-full.jpg"))
    upload = next(key for key in keys(kept) if key.startswith("uploads/"))
    long_ago = time.time() - TWO_DAYS_S
    with kept.app.app_context():
        store = photo_store()
        store.put(full, store.read(full) + b"x")
        store.delete(upload)
        store.put("photos/nobody/old.jpg", b"x")
        store.put("photos/nobody/new.jpg", b"x")
        os.utime(store.path("photos/nobody/old.jpg"), (long_ago, long_ago))
    before = keys(kept)
    assert {(one.what, one.key) for one in findings(kept)} == {
        ("damaged", full),
        ("missing", upload),
        ("orphan", "photos/nobody/old.jpg"),
    }
    assert keys(kept) == before
    found = findings(kept)
    with kept.app.app_context():
        assert remove_orphans(found) == 1
    assert "photos/nobody/old.jpg" not in keys(kept)
    assert "photos/nobody/new.jpg" in keys(kept)


def test_phones_are_asked_for_lost_photos_and_bring_them_back(kept: Cast) -> None:
    lost_key = next(key for key in keys(kept) if key.endswith("-full.jpg"))
    epoch = kept.amina.changes()["epoch"]
    with kept.app.app_context():
        photo_store().delete(lost_key)
    lost = findings(kept)
    with kept.app.app_context():
        assert ask_phones(lost) == 1
        assert ask_phones([]) == 0
    page = kept.amina.changes(epoch=epoch, after=3)
    assert (page["reset"], page["epoch"] != epoch) == (True, True)
    held = [sha256(photo) for photo in PHOTOS]
    lacking = kept.amina.missing(photos=held)["photos"]
    assert len(lacking) == 1
    at_the_desk = kept.fatima.get(f"/api/desk/walks/{kept.a.id}/changes?limit=50").json["items"]
    shown = {one["sha256"]: one["state"] for one in at_the_desk[-1]["photos"]}
    assert shown[lacking[0]] == "expected"
    photo = next(photo for photo in PHOTOS if sha256(photo) == lacking[0])
    answer = kept.amina.put_photo(photo)
    assert (answer.status_code, answer.json["epoch"]) == (201, page["epoch"])
    assert kept.amina.missing(photos=held)["photos"] == []
    kept.encode_photos()
    assert findings(kept) == []
    assert kept.count(Photo, Photo.state == "ready") == 3
    assert kept.count(Photo) == 3


def test_the_doctor_is_not_content_before_the_photos_asked_for_have_come(kept: Cast) -> None:
    with kept.app.app_context():
        for key in [key for key in keys(kept) if key.endswith("-full.jpg")]:
            photo_store().delete(key)
    runner = kept.app.test_cli_runner()
    asked = runner.invoke(doctor, ["--ask-phones"])
    assert "2 photos are asked for: phones that still hold them" in asked.output
    assert asked.output.endswith("trygga steg: 2 of 5 files are not as they should be\n")
    waits = runner.invoke(doctor)
    assert waits.exit_code == 1
    assert waits.output.endswith("trygga steg: 2 photos are asked for and not here yet\n")
    for photo in PHOTOS[:2]:
        assert kept.amina.put_photo(photo).status_code == 201
    content = runner.invoke(doctor)
    assert (content.exit_code, "all well" in content.output) == (0, True), content.output


def test_what_no_phone_has_sent_in_a_month_is_told_and_is_no_alarm_any_more(kept: Cast) -> None:
    lost_key = next(key for key in keys(kept) if key.endswith("-full.jpg"))
    with kept.app.app_context():
        photo_store().delete(lost_key)
    runner = kept.app.test_cli_runner()
    assert runner.invoke(doctor, ["--ask-phones"]).exit_code == 1
    for days, is_alarm in ((29, True), (31, False)):
        with kept.app.app_context(), db.session.begin():
            asked_at = datetime.now(UTC) - timedelta(days=days)
            db.session.execute(sa.update(Walk).values(epoch_at=asked_at))
        told = runner.invoke(doctor)
        assert (told.exit_code, "1 photo is lost: asked for" in told.output) == (int(is_alarm), not is_alarm)
    held = [sha256(photo) for photo in PHOTOS]
    (lacking,) = kept.amina.missing(photos=held)["photos"]
    late = next(photo for photo in PHOTOS if sha256(photo) == lacking)
    assert kept.amina.put_photo(late).status_code == 201, "a phone that comes after all is welcome"
    assert "lost" not in runner.invoke(doctor).output


def test_bytes_that_went_before_they_were_encoded_are_taken_when_they_come_again(kept: Cast) -> None:
    (upload,) = kept.uploads()
    with kept.app.app_context():
        photo_store().delete(upload)
    kept.encode_photos()
    assert kept.count(Photo, Photo.state == "quarantined", Photo.reason == "missing") == 1
    assert kept.amina.missing(photos=[sha256(photo) for photo in PHOTOS])["photos"] == [sha256(PHOTOS[2])]
    assert kept.amina.put_photo(PHOTOS[2]).status_code == 201
    kept.encode_photos()
    assert kept.count(Photo, Photo.state == "ready", Photo.reason.is_(None)) == 3
    assert findings(kept) == []


def test_a_photo_that_is_not_lost_is_not_taken_twice(kept: Cast) -> None:
    assert kept.amina.put_photo(PHOTOS[0]).status_code == 200
    assert kept.count(Photo) == 3


@pytest.mark.parametrize("is_found_again", [False, True])
def test_a_photo_that_its_backup_lacked_is_asked_for_and_kept_by_phones(
    kept: Cast, place: str, is_found_again: bool
) -> None:
    """What a phone holds may be the last copy: a restore must not say that a backup has it."""
    full, preview = [key for key in keys(kept) if key.startswith("photos/")][:2]
    with kept.app.app_context():
        store = photo_store()
        bytes_of = {key: store.read(key) for key in (full, preview)}
        for key in bytes_of:
            store.delete(key)
    gone = kept.one(Photo, Photo.id == kept.one(PhotoEncoding, PhotoEncoding.key == full).photo_id)
    # A review moves the photo's number; its phone knows the one that its sending had.
    url = f"/api/desk/walks/{kept.a.id}/photos/{gone.id}/review"
    seen = {"If-Match": f'"{gone.seq}"'}
    assert kept.fatima.put(url, json={"photo": "approved"}, headers=seen).json["seq"] > gone.seq
    made = make(kept, place)
    held = [sha256(photo) for photo in PHOTOS]
    if is_found_again:
        with kept.app.app_context():
            for key, data in bytes_of.items():
                photo_store().put(key, data)
    done = put_back(kept, place, made.name)
    assert (set(done.lacking), done.lost) == (set(bytes_of), 0 if is_found_again else 1)
    lacking = kept.amina.missing(photos=held)["photos"]
    assert lacking == ([gone.sent_sha256] if done.lost else [])
    assert kept.amina.changes()["backed_up_seq"] < gone.seq
    if not is_found_again:
        # Put back once more before any phone has answered: it is asked for still.
        assert put_back(kept, place, made.name).lost == 1
        assert kept.amina.missing(photos=held)["photos"] == lacking
    for photo in PHOTOS:
        if sha256(photo) in lacking:
            assert kept.amina.put_photo(photo).status_code == 201
    kept.encode_photos()
    assert findings(kept) == []
    assert kept.count(Photo, Photo.state == "ready") == 3
