"""Server faults around the start: a migration killed half-way (S10), a wrong clock (S12),
wrong settings (S17)."""

from __future__ import annotations

import resource
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa
from flask_migrate import downgrade

from app.db import Base, UtcDateTime, db, transaction
from app.models import Photo
from tests.apps import Apps
from tests.builders import a_photo, sha256
from tests.cast import Cast, make_cast
from tests.contract.test_migrations import VERSIONS, differences, filled
from tests.databases import ENGINES, SECRET_KEY, Database
from tests.faults.dying import killed_before, statements_of
from tests.harness.test_commands import is_one_line
from tests.servers import ROOT, inherited
from tests.warm import WarmProcess
from tests.web.test_health import ask as ask_ready

FIRST = "0001"
DAY = timedelta(days=1)


def old_rows(engine: sa.Engine, columns: dict[str, list[str]]) -> dict[str, list[str]]:
    """What the first version's tables hold, in its own columns."""
    with engine.connect() as connection:
        return {
            table: sorted(
                map(repr, connection.execute(sa.select(*map(sa.column, names)).select_from(sa.table(table))))
            )
            for table, names in columns.items()
        }


def test_s10_a_migration_killed_anywhere_is_run_again(
    engine: str, new_database: Callable[..., Database], apps: Apps
) -> None:
    """Killed just before every migration's last word, and between: nothing is half, no row is lost."""
    database = new_database(engine)
    environment = database.environment()
    leased = apps.lease(database)
    filled(make_cast(leased.app))
    with leased.app.app_context():
        db.session.remove()
        downgrade(revision=FIRST)
        looked = sa.inspect(db.engine)
        columns = {
            table: [column["name"] for column in looked.get_columns(table)]
            for table in looked.get_table_names()
            if table != "alembic_version"
        }
        before = old_rows(db.engine, columns)
        statements = statements_of(environment)
        downgrade(revision=FIRST)
        db.engine.dispose()
        assert old_rows(db.engine, columns) == before
        marks = [n for n, text in enumerate(statements) if text.startswith("UPDATE alembic_version")]
        assert len(marks) == len(VERSIONS) - 1
        for number in [*marks[:-1], marks[-1] - 2]:
            killed_before(environment, statements[number])
            assert old_rows(db.engine, columns) == before, statements[number]
            db.engine.dispose()
        statements_of(environment)
    assert differences(leased.app) == []
    with leased.app.app_context():
        assert old_rows(db.engine, columns) == before
        assert len(Base.metadata.sorted_tables) + 1 == len(sa.inspect(db.engine).get_table_names())
    leased.disconnect()


def clock_jumps(cast: Cast, by: timedelta) -> None:
    """The server's clock goes forward or back: everything that it has noted lies so much further off."""
    with cast.app.app_context(), transaction():
        for table in Base.metadata.sorted_tables:
            moments = [column for column in table.c if isinstance(column.type, UtcDateTime)]
            key = list(table.primary_key)
            for row in db.session.execute(sa.select(*key, *moments)).mappings().all() if moments else ():
                noted = {column.name: row[column] - by for column in moments if row[column] is not None}
                if noted:
                    same = [column == row[column] for column in key]
                    db.session.execute(sa.update(table).where(*same).values(noted))


def test_s12_a_server_whose_clock_is_a_day_wrong_keeps_the_order(cast: Cast) -> None:
    """A day early, a day late, and right again: phones go on as before, the desk at most logs in again."""
    amina, sent = cast.amina, []
    cursor: dict[str, Any] = {"epoch": cast.a.epoch, "after": 0}
    desk = f"/api/desk/walks/{cast.a.id}/changes"
    newcomer = cast.app.test_client()
    joined = newcomer.post("/api/join", json={"code": cast.a.code}).json
    rejoin = {"rejoin": joined["rejoin"]}
    for turn, by in enumerate((-DAY, 2 * DAY, -DAY)):
        clock_jumps(cast, by)
        photo, pin_id = a_photo(turn, kind="PNG"), uuid4()
        pin = {"photos": [{"sha256": sha256(photo)}]}
        answers = [amina.put_pin(pin_id, **pin), amina.put_pin(pin_id, **pin), amina.put_photo(photo)]
        assert [answer.status_code for answer in answers] == [201, 200, 201]
        cast.encode_photos()
        sent.append(str(pin_id))
        page = amina.changes(**cursor)
        assert "reset" not in page
        assert [item["id"] for item in page["items"]] == sent[-1:]
        assert page["seq"] > cursor["after"]
        cursor = {"epoch": page["epoch"], "after": page["seq"]}
        cast.log_out_all()
        assert [item["id"] for item in cast.fatima.get(desk).json["items"]] == sent
        assert newcomer.post(f"/api/walks/{cast.a.id}/rejoin", json=rejoin).status_code == 200
        assert ask_ready(cast.app) == (200, [])
    assert [item["number"] for item in amina.feed()] == [1, 2, 3]
    assert cast.count(Photo, Photo.state == "ready") == 3


def refusal(tmp_path: Path, words: tuple[str, ...], environment: dict[str, str]) -> str:
    """What `flask <words>` says when it will not start."""
    log = tmp_path / f"{uuid4()}.log"
    process = WarmProcess(words, ROOT, inherited() | environment, log)
    try:
        assert process.wait(30) == 1
    except subprocess.TimeoutExpired:
        process.terminate()
        raise
    return log.read_text(encoding="utf-8")


def refusal_without_room(words: tuple[str, ...], environment: dict[str, str]) -> str:
    """The same with no room for any file above 40 kB; nor may half a compiled file stay behind."""
    hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
    done = subprocess.run(
        [sys.executable, "-B", "-m", "flask", "--app", "app", *words],
        cwd=ROOT,
        env=inherited() | environment,
        capture_output=True,
        text=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (40_000, hard)),
    )
    assert done.returncode == 1, done.stderr
    return done.stderr


def with_revision(database: Database, revision: str, apps: Apps) -> None:
    leased = apps.lease(database)
    with leased.app.app_context(), db.engine.begin() as connection:
        connection.execution_options(write=True)
        connection.execute(sa.text("UPDATE alembic_version SET version_num = :it"), {"it": revision})
    leased.disconnect()


@pytest.mark.parametrize("engine_of", ENGINES)
def test_s17_a_database_of_another_version_is_one_plain_line(
    engine_of: str, new_database: Callable[..., Database], apps: Apps, tmp_path: Path
) -> None:
    database = new_database(engine_of)
    environment = database.environment(PORT="9")
    with_revision(database, "9999", apps)
    assert is_one_line(refusal(tmp_path, ("serve",), environment), "9999", "newer")
    with_revision(database, "0002", apps)
    assert is_one_line(refusal(tmp_path, ("worker",), environment), "0002", "flask --app app db upgrade")


def test_s17_a_full_disk_at_an_upgrade_is_one_plain_line(
    new_database: Callable[..., Database], apps: Apps, tmp_path: Path
) -> None:
    """A limit on the size of files stands for the disk; once it is gone the same start goes on."""
    database = new_database("sqlite")
    leased = apps.lease(database)
    with leased.app.app_context():
        downgrade(revision=FIRST)
        db.session.remove()
    leased.disconnect()
    environment = database.environment(PORT="9")
    for command in (("serve",), ("backup", "restore", "--yes")):
        assert is_one_line(refusal_without_room(command, environment), "no room", "again")
    assert "no backup" in refusal(tmp_path, ("backup", "restore", "--yes"), environment)
    assert differences(apps.lease(database).app) == []


def test_s17_a_missing_key_or_folder_or_store_is_one_plain_line(tmp_path: Path) -> None:
    file = tmp_path / "a file"
    file.write_bytes(b"")
    good = {"DATA_DIR": str(tmp_path / "data"), "SECRET_KEY": SECRET_KEY}
    remote = {"DATABASE_URL": "postgresql://nobody@127.0.0.1:1/nothing"}
    for wrong, word in (
        ({"SECRET_KEY": "", **remote}, "SECRET_KEY"),
        ({"SECRET_KEY": "too short"}, "SECRET_KEY"),
        ({"DATA_DIR": str(file / "data")}, "DATA_DIR"),
        ({"DATABASE_URL": "mysql://x"}, "DATABASE_URL"),
        (remote, "DATABASE_URL"),
        ({"PHOTO_STORE": "ftp://x"}, "PHOTO_STORE"),
        ({"PUBLIC_URL": "trygg.example.org"}, "PUBLIC_URL"),
        ({"WEB_WORKERS": "none"}, "WEB_WORKERS"),
    ):
        assert is_one_line(refusal(tmp_path, ("serve",), good | wrong), word), wrong
    assert not (tmp_path / "data" / "trygga-steg.db").exists()


def test_what_a_server_loads_late_leaves_no_compiled_file(
    new_database: Callable[..., Database], tmp_path: Path
) -> None:
    """On a full disk Python writes half of one, and stumbles over it at every start from then on."""
    folder = tmp_path / "late"
    folder.mkdir()
    (folder / "late.py").write_text("DAY = 1", encoding="ascii")
    environment = {**new_database("sqlite").environment(), "PYTHONDONTWRITEBYTECODE": ""}
    script = f"import sys, app.wsgi; sys.path.insert(0, {str(folder)!r}); import late"
    subprocess.run([sys.executable, "-c", script], cwd=ROOT, env=environment, check=True)
    assert [path.name for path in folder.iterdir()] == ["late.py"]
