"""A restore puts all of a backup back, or changes nothing; whatever the archive is, and wherever it fails."""

from __future__ import annotations

import io
import json
import tarfile
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa

from app import create_app
from app.adapters.archive import Member, sealed, whole
from app.adapters.rows import kinds_of, lines
from app.adapters.secrets import key_mark
from app.cli_keeping import _schema
from app.cli_keeping import backup as commands
from app.config import load_settings
from app.db import db
from app.operations import backup
from app.operations.photos import photo_store
from app.operations.restore import OtherKey
from app.rules.backups import FORMAT, BadArchive
from tests.adapters.test_photo_store import no_file_larger_than
from tests.cast import Cast
from tests.databases import ENGINES, Database
from tests.operations.keeping import (
    FIRST,
    archive_bytes,
    lived_in,
    make,
    place,
    put_back,
    put_back_bytes,
    rows,
)
from tests.operations.test_nth_failure import StatementCounter, failing

__all__ = ["lived_in", "place"]


def entries(data: bytes) -> list[tuple[tarfile.TarInfo, bytes]]:
    with tarfile.open(fileobj=io.BytesIO(data)) as archive:
        return [(info, archive.extractfile(info).read()) for info in archive]


def packed(parts: list[tuple[tarfile.TarInfo, bytes]]) -> bytes:
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for info, data in parts:
            archive.addfile(info, io.BytesIO(data))
    return made.getvalue()


def named(name: str, kind: bytes = tarfile.REGTYPE, data: bytes = b"x") -> tuple[tarfile.TarInfo, bytes]:
    info = tarfile.TarInfo(name)
    info.type, info.size = kind, len(data) if kind == tarfile.REGTYPE else 0
    info.linkname = "/etc/passwd" if kind in (tarfile.SYMTYPE, tarfile.LNKTYPE) else ""
    return info, data


def test_a_damaged_or_hostile_archive_changes_nothing(lived_in: Cast, place: str) -> None:
    data = archive_bytes(place, make(lived_in, place).name)
    whole_one = entries(data)
    half = len(data) // 2
    flipped = bytearray(data)
    flipped[data.index(b"\xff\xd8\xff") + 40] ^= 1
    hostile = {
        "cut in the middle": data[:half],
        "cut before its end": packed(whole_one[:-1]),
        "cut before its contents": packed(whole_one[:-2]),
        "a flipped bit": bytes(flipped),
        "nothing": b"",
        "no archive": b"PK\x03\x04" + bytes(2000),
        "climbs out": packed([named("photos/../../etc/passwd"), *whole_one]),
        "absolute": packed([named("/etc/passwd"), *whole_one]),
        "a link": packed([named("photos/a.jpg", tarfile.SYMTYPE), *whole_one]),
        "a hard link": packed([named("photos/a.jpg", tarfile.LNKTYPE), *whole_one]),
        "a device": packed([named("photos/a.jpg", tarfile.CHRTYPE), *whole_one]),
        "twice the same": packed([whole_one[0], *whole_one]),
        "more than it lists": packed([named("photos/more.jpg"), *whole_one]),
        "more after its end": packed([*whole_one, named("photos/more.jpg")]),
        "less than it lists": packed(whole_one[1:]),
        "a table of its own": packed([named("tables/evil.jsonl"), *whole_one]),
        "an endless name": packed([named("photos/" + "a" * 5000), *whole_one]),
    }
    before = rows(lived_in)
    with lived_in.app.app_context():
        stored = sorted(key for key, _written in photo_store().listing())
    for what, archive in hostile.items():
        with pytest.raises(BadArchive):
            put_back_bytes(lived_in, archive)
        assert rows(lived_in) == before, what
        with lived_in.app.app_context():
            assert sorted(key for key, _written in photo_store().listing()) == stored, what
            assert list(photo_store().spool_dir.iterdir()) == [], what


def resealed(place: str, name: str, change: Callable[[dict[str, Any]], None], **tables: bytes) -> bytes:
    """The archive with another manifest, and with other tables, and hashes that fit again."""
    parts = entries(archive_bytes(place, name))
    manifest = json.loads(next(data for info, data in parts if info.name == "manifest.json"))
    change(manifest)
    del manifest["members"]
    members: list[Member] = []
    for info, data in parts[:-2]:
        table = info.name.removeprefix("tables/").removesuffix(".jsonl")
        members.append(whole(info.name, tables.get(table, data)))
    return b"".join(sealed(members, lambda: manifest))


def test_what_does_not_fit_is_refused_with_a_reason(lived_in: Cast, place: str) -> None:
    name = make(lived_in, place).name
    before = rows(lived_in)
    pins = next(data for info, data in entries(archive_bytes(place, name)) if info.name == "tables/pin.jsonl")
    orphan = json.loads(pins.splitlines()[0]) | {"id": str(uuid4()), "walk_id": str(uuid4())}
    cases: dict[str, bytes] = {
        "newer version": resealed(place, name, lambda told: told.update(revision="9999")),
        "does not know": resealed(place, name, lambda told: told.update(format=FORMAT + 1)),
        "nobody knows": resealed(place, name, lambda told: told["tables"].update(evil=told["tables"]["pin"])),
        "other columns": resealed(place, name, lambda told: told["tables"]["pin"]["columns"].pop("text")),
        "do not fit": resealed(place, name, lambda _told: None, pin=json.dumps(orphan).encode() + b"\n"),
        "other columns than": resealed(place, name, lambda _told: None, pin=b'{"id": 1}\n'),
    }
    for words, archive in cases.items():
        with pytest.raises(BadArchive) as refused:
            put_back_bytes(lived_in, archive)
        assert words in str(refused.value) or "lacks the table" in str(refused.value)
        assert rows(lived_in) == before, words


def test_another_key_is_told_before_anything_is_touched(
    lived_in: Cast, place: str, app_factory: Callable[..., Any]
) -> None:
    name = make(lived_in, place).name
    other = replace(lived_in, app=app_factory(SECRET_KEY="another key, also of more than 32 characters"))
    before = rows(lived_in)
    with pytest.raises(OtherKey):
        put_back(other, place, name)
    assert rows(lived_in) == before
    put_back(other, place, name, any_key=True)


def test_a_restore_that_fails_at_any_statement_changes_nothing(lived_in: Cast, place: str) -> None:
    data = archive_bytes(place, make(lived_in, place).name)
    lived_in.amina.put_pin()
    before = rows(lived_in)
    number = 0
    while True:
        counter = StatementCounter(number)
        with failing(lived_in, counter), suppress(BadArchive, sa.exc.OperationalError):
            put_back_bytes(lived_in, data)
        if not counter.has_failed:
            break
        assert rows(lived_in) == before, number
        number += 1
    assert number > 40
    assert rows(lived_in) != before


@pytest.mark.parametrize("room", [100, 50_000])
@pytest.mark.sqlite_is_enough
def test_a_disk_too_full_for_a_restore_is_not_called_a_broken_archive(
    lived_in: Cast, place: str, room: int
) -> None:
    """Too full for the unpacked tables, or for the database."""
    make(lived_in, place)
    lived_in.amina.put_pin()
    before = rows(lived_in)
    with no_file_larger_than(room):
        told = lived_in.app.test_cli_runner().invoke(commands, ["restore", "--to", place, "--yes"])
    assert told.exit_code == 1
    assert told.output == "trygga steg: there is no room for it; nothing was changed\n"
    assert rows(lived_in) == before
    with lived_in.app.app_context():
        assert list(photo_store().spool_dir.iterdir()) == []


def first_columns(cast: Cast, directory: Path) -> dict[str, set[str]]:
    """The tables of the first migration, and their columns."""
    url = f"sqlite:///{directory / 'first.db'}"
    with cast.app.app_context():
        _schema().bring(url, FIRST)
    engine = sa.create_engine(url)
    with engine.connect() as connection:
        looked = sa.inspect(connection)
        found = {name: {one["name"] for one in looked.get_columns(name)} for name in looked.get_table_names()}
    engine.dispose()
    return found


def told(records: list[dict[str, Any]], columns: Iterable[str]) -> list[str]:
    """What these columns say, in an order of their own."""
    return sorted(json.dumps([row.get(name) for name in columns]) for row in records)


@pytest.mark.sqlite_is_enough
def test_an_older_versions_backup_goes_through_the_migrations(lived_in: Cast, tmp_path: Path) -> None:
    """As the first version would have made it: fewer tables, and fewer columns in them."""
    before, then = rows(lived_in), first_columns(lived_in, tmp_path)
    today = {one.name: kinds_of(one) for one in backup.tables()}
    assert then["membership"] < today["membership"].keys()
    kinds = {
        table: {name: kind for name, kind in columns.items() if name in then[table]}
        for table, columns in today.items()
        if table in then
    }
    members: list[Member] = []
    with lived_in.app.app_context(), db.engine.connect() as connection:
        facts = {"format": FORMAT, "revision": FIRST, "key": key_mark(), "made_at": "then", "lacking": []}
        for table, columns in kinds.items():
            records = [json.loads(line) for line in lines(connection, db.metadata.tables[table])]
            older = [{name: record[name] for name in columns} for record in records]
            data = "".join(json.dumps(record) + "\n" for record in older)
            members.append(whole(f"tables/{table}.jsonl", data.encode()))
    facts |= {"tables": {table: {"columns": columns, "rows": 0} for table, columns in kinds.items()}}
    lived_in.amina.put_pin()
    put_back_bytes(lived_in, b"".join(sealed(members, lambda: facts)))
    after = rows(lived_in)
    for table, columns in kinds.items():
        assert told(after[table], columns) == told(before[table], columns), table


@pytest.mark.parametrize("other", ENGINES)
def test_a_backup_moves_everything_to_another_database(
    lived_in: Cast, place: str, other: str, new_database: Callable[..., Database]
) -> None:
    name = make(lived_in, place).name
    before = rows(lived_in)
    app = create_app(load_settings(new_database(other).environment()))
    moved = replace(lived_in, app=app)
    put_back(moved, place, name)
    assert rows(moved) == before
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
