"""A backup holds one moment, whole; phones let go only of what it holds, and fill what is newer.

Runs on SQLite and PostgreSQL; places are folders and a real S3 server.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from app.adapters.backup_place import open_place
from app.adapters.photo_store import ABANDONED_AFTER_S, StoreFull, StoreUnavailable
from app.cli_keeping import backup as commands
from app.cli_keeping import doctor
from app.db import db
from app.models import Audit, Photo, Pin
from app.operations import backup
from app.operations import restore as restoring
from app.operations.doctor import examine
from app.operations.photos import photo_store
from tests.adapters.test_photo_store import no_file_larger_than
from tests.builders import sha256
from tests.cast import Cast
from tests.contract.disasters import pick
from tests.operations.keeping import (
    LATER,
    PHOTO,
    lived_in,
    make,
    photo_of_pin,
    place,
    put_back,
    rows,
)
from tests.photo_fixtures import BROKEN

__all__ = ["lived_in", "place"]


def test_what_a_restore_puts_back_is_what_the_backup_saw(lived_in: Cast, place: str) -> None:
    before = rows(lived_in)
    made = make(lived_in, place)
    assert (made.walks, made.pins, made.photos, made.lacking) == (2, 2, 2, ())
    lived_in.amina.put_pin()
    lived_in.fatima.put(f"/api/desk/walks/{lived_in.a.id}/newcomers", json={"paused": True})
    with lived_in.app.app_context():
        for key, _written in list(photo_store().listing()):
            photo_store().delete(key)
    done = put_back(lived_in, place, made.name)
    assert rows(lived_in) == before
    assert (done.walks, done.pins, done.photos) == (2, 2, 2)
    assert photo_of_pin(lived_in) == 200
    assert lived_in.count(Audit, Audit.act == "restore") == 2


def test_uploads_that_wait_or_were_set_aside_are_in_it(lived_in: Cast, place: str) -> None:
    assert lived_in.amina.put_photo(BROKEN[0].data).status_code == 201
    lived_in.encode_photos()
    assert lived_in.amina.put_photo(LATER).status_code == 201
    before, uploads = rows(lived_in), lived_in.uploads()
    assert len(uploads) == 2
    made = make(lived_in, place)
    assert (made.photos, made.lacking) == (4, ())
    with lived_in.app.app_context():
        for key in uploads:
            photo_store().delete(key)
    put_back(lived_in, place, made.name)
    moved = rows(lived_in)
    for table in (before, moved):
        for photo in table["photo"]:
            photo["upload_key"] = bool(photo["upload_key"])
    assert moved == before
    assert len(lived_in.uploads()) == 2
    lived_in.encode_photos()
    assert lived_in.count(Photo, Photo.state == "ready") == 2
    assert lived_in.count(Photo, Photo.state == "quarantined", Photo.reason == "unreadable") == 1
    with lived_in.app.app_context():
        assert [one for one in examine() if one] == []


def test_a_photo_that_is_encoded_while_its_upload_is_put_back_is_not_lost(
    lived_in: Cast, place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The worker deletes the upload after the restore saw it there, and before the rows speak of it again."""
    assert lived_in.amina.put_photo(LATER).status_code == 201
    made = make(lived_in, place)
    swap = restoring._swap

    def encoded_first(*arguments: Any) -> dict[str, int]:
        lived_in.encode_photos()
        return swap(*arguments)

    with monkeypatch.context() as patch:
        patch.setattr(restoring, "_swap", encoded_first)
        put_back(lived_in, place, made.name)
    assert lived_in.count(Photo, Photo.state == "received") == 1
    lived_in.encode_photos()
    assert lived_in.count(Photo, Photo.state == "ready") == 2


def test_phones_fill_a_restored_server_with_what_is_newer(lived_in: Cast, place: str) -> None:
    made = make(lived_in, place)
    amina = lived_in.amina
    newer = [amina.put_pin(photos=[{"sha256": sha256(LATER)}]).json for _ in range(3)]
    amina.put_photo(LATER)
    put_back(lived_in, place, made.name)
    page = amina.changes(epoch=lived_in.a.epoch, after=50)
    assert page["reset"] is True
    assert page["epoch"] != lived_in.a.epoch
    lacking = amina.missing(pins=[pick(one) for one in newer], photos=[sha256(LATER), sha256(PHOTO)])
    assert lacking == {"pins": [one["id"] for one in newer], "ratings": [], "photos": [sha256(LATER)]}
    for one in newer:
        assert amina.put_pin(one["id"], photos=[{"sha256": sha256(LATER)}]).status_code == 201
    assert amina.put_photo(LATER).status_code == 201
    assert lived_in.count(Pin) == made.pins + 3


def test_a_phone_that_joined_after_the_backup_comes_back_and_sends(lived_in: Cast, place: str) -> None:
    made = make(lived_in, place)
    browser = lived_in.app.test_client()
    joined = browser.post("/api/join", json={"code": lived_in.a.code}).json
    url = f"/api/walks/{lived_in.a.id}"
    put_back(lived_in, place, made.name)
    assert browser.get(f"{url}/changes").status_code == 401
    again = browser.post(f"{url}/rejoin", json={"rejoin": joined["rejoin"]})
    assert (again.status_code, again.json["participant_id"]) == (200, joined["participant_id"])
    assert browser.get(f"{url}/changes").status_code == 200
    forged = joined["rejoin"][:-1] + ("0" if joined["rejoin"][-1] != "0" else "1")
    for wrong in (forged, joined["rejoin"].split(".")[0], "é.é.é", ""):
        assert browser.post(f"{url}/rejoin", json={"rejoin": wrong}).status_code in (401, 422), wrong
    elsewhere = f"/api/walks/{lived_in.b.id}/rejoin"
    assert browser.post(elsewhere, json={"rejoin": joined["rejoin"]}).status_code == 401


def test_phones_let_go_only_of_what_a_finished_backup_holds(lived_in: Cast, place: str) -> None:
    seq = lived_in.amina.changes()["seq"]
    assert lived_in.amina.changes()["backed_up_seq"] == 0
    make(lived_in, place)
    assert lived_in.amina.changes()["backed_up_seq"] == seq
    lived_in.amina.put_pin()
    lived_in.amina.put_photo(LATER)
    (upload,) = lived_in.uploads()
    with lived_in.app.app_context():
        photo_store().delete(upload)
    lived_in.amina.put_pin()
    made = make(lived_in, place)
    assert made.lacking == (upload,)
    assert lived_in.amina.changes()["backed_up_seq"] == seq


def test_photos_that_move_while_they_are_copied_are_all_there(lived_in: Cast, place: str) -> None:
    """The worker encodes an upload, and deletes it, between the look at the database and the copy."""
    lived_in.amina.put_pin(photos=[{"sha256": sha256(LATER)}])
    lived_in.amina.put_photo(LATER)
    told: list[str] = []

    def tell(words: str) -> None:
        told.append(words)
        if len(told) == 1:
            lived_in.encode_photos()

    made = make(lived_in, place, tell)
    assert any("moved meanwhile" in words for words in told)
    assert (made.photos, made.lacking) == (4, ())
    with lived_in.app.app_context():
        assert backup.verify(backup.backup_place(place), made.name).manifest["lacking"] == []


def test_what_is_written_during_a_backup_is_in_it_whole_or_not_at_all(lived_in: Cast, place: str) -> None:
    def tell(_words: str) -> None:
        for _ in range(5):
            assert lived_in.amina.put_pin().status_code == 201

    made = make(lived_in, place, tell)
    assert lived_in.count(Pin) > made.pins
    put_back(lived_in, place, made.name)
    assert lived_in.count(Pin) == made.pins
    for name in ("issue", "pin_revision"):
        with lived_in.app.app_context(), db.engine.connect() as connection:
            table = db.metadata.tables[name]
            column = table.c.id if name == "issue" else table.c.pin_id
            found = connection.execute(sa.select(sa.func.count(column.distinct()))).scalar()
        assert found == made.pins, name


@pytest.fixture(params=["folder", "bucket"])
def any_place(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "folder":
        return str(tmp_path / "backups")
    return str(request.getfixturevalue("s3_url")) + "/backups"


@pytest.mark.sqlite_is_enough
def test_archives_lie_in_a_folder_or_a_bucket(lived_in: Cast, any_place: str) -> None:
    before = rows(lived_in)
    names = [make(lived_in, any_place).name for _ in range(3)]
    with lived_in.app.app_context():
        place = backup.backup_place(any_place)
        assert sorted(place.names()) == sorted(names)
        assert place.size(names[0]) > len(PHOTO)
        gone = backup.prune(place, 1)
        kept = backup.newest(place)
        assert kept
        assert {*gone, kept} == set(names)
    put_back(lived_in, any_place, kept)
    assert rows(lived_in) == before


@pytest.mark.sqlite_is_enough
def test_a_backup_that_breaks_off_leaves_nothing_behind(any_place: str, tmp_path: Path) -> None:
    place = open_place(any_place, tmp_path)

    def broken() -> Iterator[bytes]:
        yield bytes(20_000_000)
        raise StoreUnavailable

    with pytest.raises(StoreUnavailable):
        place.save("trygga-steg-20260101T000000Z-00000000.tar", broken())
    assert place.names() == []
    if "://" not in any_place:
        assert list(Path(any_place).iterdir()) == []


def test_a_backup_says_at_its_end_how_many_photos_it_lacks(lived_in: Cast, place: str) -> None:
    runner = lived_in.app.test_cli_runner()
    whole = runner.invoke(commands, ["create", "--to", place])
    assert whole.output.endswith("read back whole\n")
    with lived_in.app.app_context():
        for key, _written in list(photo_store().listing()):
            photo_store().delete(key)
    lacks = runner.invoke(commands, ["create", "--to", place])
    assert lacks.exit_code == 0
    assert lacks.output.splitlines()[-1] == "2 photo files are lacking in it: flask doctor --ask-phones"
    runner.invoke(doctor, ["--ask-phones"])
    waits = runner.invoke(commands, ["create", "--to", place])
    assert waits.exit_code == 0
    last = "1 photo is asked for and not here yet: this backup lacks them too."
    assert waits.output.splitlines()[-1] == last


@pytest.mark.parametrize("room", [100, 20_000])
@pytest.mark.sqlite_is_enough
def test_a_disk_too_full_for_a_backup_is_told_and_nothing_half_is_left(
    lived_in: Cast, place: str, room: int
) -> None:
    """Too full for the tables beside it, or for the archive itself."""
    runner = lived_in.app.test_cli_runner()
    with no_file_larger_than(room):
        told = runner.invoke(commands, ["create", "--to", place])
    assert told.exit_code == 1
    assert told.output.splitlines()[-1] == "trygga steg: there is no room for it; nothing was changed"
    assert not list(Path(place).iterdir())
    with lived_in.app.app_context():
        assert list(photo_store().spool_dir.iterdir()) == []


@pytest.mark.sqlite_is_enough
def test_a_folder_that_cannot_be_made_or_written_is_named(lived_in: Cast, tmp_path: Path) -> None:
    file = tmp_path / "a file"
    file.write_bytes(b"")
    for folder in ("/proc/nope", "/proc/self", str(file), str(file / "archives")):
        told = lived_in.app.test_cli_runner().invoke(commands, ["create", "--to", folder])
        assert told.exit_code == 1
        last = told.output.splitlines()[-1]
        assert last.startswith(f"trygga steg: the backup folder {folder} cannot be written: "), folder


def test_a_full_disk_is_told_however_little_was_to_be_written(tmp_path: Path) -> None:
    place = open_place(str(tmp_path / "archives"), tmp_path)
    with no_file_larger_than(4096), pytest.raises(StoreFull):
        place.save("trygga-steg-20260101T000000Z-00000000.tar", [bytes(100)] * 50)


@pytest.mark.sqlite_is_enough
def test_what_a_killed_backup_left_in_the_folder_goes_with_the_next(lived_in: Cast, place: str) -> None:
    make(lived_in, place)
    killed, running = (Path(place) / f"trygga-steg-{n}.tar.part" for n in ("killed", "running"))
    for unfinished in (killed, running):
        unfinished.write_bytes(b"half")
    long_ago = killed.stat().st_mtime - ABANDONED_AFTER_S - 1
    os.utime(killed, (long_ago, long_ago))
    make(lived_in, place)
    assert not killed.exists()
    assert running.exists()
