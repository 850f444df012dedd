"""Server faults of what is kept: an older backup put back (S7), cursors of another life (S8), a backup made
while everybody writes, or broken off (S9), bytes that rot (S15)."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa

from app.cli_keeping import _schema
from app.db import db
from app.models import Change, Issue, Photo, PhotoEncoding, Pin, PinRevision
from app.operations.doctor import ask_phones, examine
from app.operations.photos import photo_store
from app.operations.restore import restore
from app.rules.backups import BadArchive, archives
from tests.apps import AppFactory, Apps
from tests.builders import a_pin, encoded, sha256
from tests.cast import JSON, Cast, Phone, make_cast
from tests.contract.disasters import pick
from tests.databases import Database
from tests.faults.conftest import Deployment
from tests.faults.herd import Herd
from tests.operations.keeping import make, put_back
from tests.photo_fixtures import photo
from tests.processes import end
from tests.servers import ROOT, inherited
from tests.stores import Bucket
from tests.waiting import wait_until
from tests.warm import WarmProcess

NEWER = 200
FUTURE = 2**60
CUTS = 12


@pytest.fixture
def place(tmp_path: Path) -> str:
    return str(tmp_path / "backups")


class Keeper:
    """A phone that keeps what it has sent, and fills a server that was put back."""

    def __init__(self, phone: Phone) -> None:
        self.phone = phone
        self._bodies: dict[str, bytes] = {}
        self._proofs: list[dict[str, Any]] = []
        self._photos: dict[str, bytes] = {}

    def walk(self, pins: int, photos: Iterable[bytes] = ()) -> None:
        for picture in photos:
            self._photos[sha256(picture)] = picture
            assert self.phone.put_photo(picture).status_code == 201
        linked = [{"sha256": digest} for digest in self._photos]
        for number in range(pins):
            pin_id, body = str(uuid4()), encoded(a_pin(text=f"{number}", photos=linked))
            self._bodies[pin_id] = body
            self._proofs.append(self._send(pin_id, 201))

    def heal(self) -> int:
        """Ask what is missing, send it as it was; how many pins."""
        held = {"pins": [pick(proof) for proof in self._proofs], "photos": list(self._photos)}
        lacking = self.phone.missing(**held)
        for digest in lacking["photos"]:
            assert self.phone.put_photo(self._photos[digest]).status_code == 201
        for pin_id in lacking["pins"]:
            self._send(pin_id, 201)
        assert self.phone.missing(**held) == {"pins": [], "ratings": [], "photos": []}
        return len(lacking["pins"])

    def _send(self, pin_id: str, status: int) -> dict[str, Any]:
        url = self.phone.url("pins", pin_id)
        answer = self.phone.client.put(url, data=self._bodies[pin_id], content_type=JSON)
        assert answer.status_code == status, answer.text
        return answer.json


def pins_of(cast: Cast) -> set[tuple[UUID, str, str]]:
    with cast.app.app_context():
        return {tuple(row) for row in db.session.execute(sa.select(Pin.id, Pin.text, Pin.sha256))}


def test_s07_phones_refill_a_server_put_back_to_an_older_backup(deployed: Deployment, place: str) -> None:
    """Everything sent since the backup is gone, and comes back: every pin, every photo, byte for byte."""
    cast = deployed.cast
    keepers = [Keeper(one) for one in (cast.amina, *(cast.another_phone(cast.a) for _ in range(4)))]
    keepers[0].walk(5, [photo(0, (200, 150))])
    made = make(cast, place)
    for number, keeper in enumerate(keepers):
        keeper.walk(NEWER // len(keepers), [photo(10 + number, (200, 150))])
    before = pins_of(cast)
    put_back(cast, place, made.name)
    assert len(pins_of(cast)) == 5
    page = cast.amina.changes(epoch=cast.a.epoch, after=NEWER)
    assert (page["reset"], page["epoch"] != cast.a.epoch) == (True, True)
    assert sum(keeper.heal() for keeper in keepers) == NEWER
    assert pins_of(cast) == before
    assert cast.count(Photo) == len(keepers) + 1
    assert cast.count(Pin) == cast.count(Change) == cast.count(Issue) == cast.count(PinRevision)


def test_s08_a_cursor_of_another_life_starts_over(cast: Cast) -> None:
    """Never "nothing new": whoever comes with a number or epoch that was not given here gets everything."""
    sent = {cast.amina.put_pin().json["id"] for _ in range(3)}
    desk = f"/api/desk/walks/{cast.a.id}/changes"
    cursors = [
        {"epoch": cast.a.epoch, "after": 4},
        {"epoch": cast.a.epoch, "after": FUTURE},
        {"epoch": "another", "after": 3},
        {"epoch": "another", "after": 0},
        {"epoch": cast.b.epoch, "after": 1},
        {"epoch": "", "after": 2},
        {"epoch": "é" * 16, "after": FUTURE},
    ]
    for cursor in cursors:
        for page in (cast.amina.changes(**cursor), cast.fatima.get(desk, query_string=cursor).json):
            assert (page["reset"], page["epoch"], page["seq"]) == (True, cast.a.epoch, 3), cursor
            assert {item["id"] for item in page["items"]} == sent, cursor
    for good in ({}, {"epoch": cast.a.epoch, "after": 0}, {"epoch": cast.a.epoch, "after": 3}):
        assert "reset" not in cast.amina.changes(**good), good


def test_s09_backups_made_in_a_herd_are_each_one_whole_moment(
    deployed: Deployment, place: str, new_database: Callable[[str], Database], apps: Apps
) -> None:
    cast = deployed.cast
    server = deployed.server(PHOTO_WORKER="off")
    with Herd([cast.amina, cast.bengt], server.port) as herd:
        made = []
        for _ in range(2):
            herd.wait_for_more(3)
            made.append(make(cast, place))
    server.stop()
    assert [one.lacking for one in made] == [()] * 2
    assert 3 <= made[0].pins < made[1].pins <= len(herd.pins)
    for one in made:
        leased = apps.lease(new_database(deployed.database.engine))
        other = replace(cast, app=leased.app)
        put_back(other, place, one.name)
        counts = [other.count(model) for model in (Pin, PinRevision, Issue, Change)]
        assert counts == [one.pins] * 4
        with other.app.app_context():
            assert [finding for finding in examine() if finding and finding.what != "orphan"] == []
        apps.give_back(leased)


@pytest.mark.sqlite_is_enough  # the archive does not know where its rows come from
def test_s09_a_backup_killed_or_cut_anywhere_is_never_taken_for_one(
    cast: Cast, database: Database, place: str, tmp_path: Path
) -> None:
    for number in range(12):
        noise = os.urandom(1_000_000)
        assert cast.amina.put_photo(photo(number, (64, 48)) + noise).status_code == 201
    folder = Path(place)
    environment = inherited() | database.environment(BACKUP_TO=place)
    unfinished: list[Path] = []
    for turn in range(3):
        process = WarmProcess(["backup", "create"], ROOT, environment, tmp_path / "log")
        wait_until(lambda turn=turn: len(parts(folder)) > turn, "an archive being written", every=0.002)
        end(process)
        unfinished = parts(folder)
        assert archives(path.name for path in folder.iterdir()) == []
    assert len(unfinished) == 3
    made = make(cast, place)
    whole = (folder / made.name).read_bytes()
    assert [path.name for path in folder.iterdir() if path not in unfinished] == [made.name]
    for cut in range(CUTS):
        (folder / made.name).write_bytes(whole[: len(whole) * cut // CUTS])
        with cast.app.app_context(), (folder / made.name).open("rb") as file, pytest.raises(BadArchive):
            restore(file, _schema(), datetime.now(UTC))
    assert cast.count(Photo) == 12


def parts(folder: Path) -> list[Path]:
    with suppress(FileNotFoundError):
        return sorted(folder.glob("*.part"))
    return []


@pytest.mark.parametrize("store", ["files", "bucket"])
def test_s15_rotten_and_lost_bytes_are_found_and_asked_for_again(
    store: str, app_factory: AppFactory, request: pytest.FixtureRequest
) -> None:
    """One bit of one encoding turns, another file disappears; the phone that has them sends them again."""
    if store == "bucket":
        bucket: Bucket = request.getfixturevalue("bucket")
        request.getfixturevalue("bucket_settings")
    cast = make_cast(app_factory(**({"PHOTO_STORE": bucket.url} if store == "bucket" else {})))
    keeper = Keeper(cast.amina)
    keeper.walk(1, [photo(number, (200, 150)) for number in range(3)])
    cast.encode_photos()
    with cast.app.app_context():
        rotten, lost, _ = db.session.scalars(sa.select(PhotoEncoding.key).where(PhotoEncoding.size == "full"))
        data = bytearray(photo_store().read(rotten))
        data[len(data) // 2] ^= 1
        photo_store().put(rotten, bytes(data))
        photo_store().delete(lost)
        found = [finding for finding in examine() if finding]
        assert {(one.what, one.key) for one in found} == {("damaged", rotten), ("missing", lost)}
        assert ask_phones(found) == 2
        db.session.remove()
    assert cast.amina.changes(epoch=cast.a.epoch, after=4)["reset"] is True
    assert keeper.heal() == 0
    cast.encode_photos()
    with cast.app.app_context():
        assert [finding for finding in examine() if finding and finding.what != "orphan"] == []
    assert cast.count(Photo, Photo.state == "ready") == cast.count(Photo) == 3
