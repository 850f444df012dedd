"""Migrations: numbered, on both engines, with data in the tables, and nothing left that they forget."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask
from flask_migrate import downgrade, upgrade

from app.cli import migrate
from app.db import Base, db
from tests.builders import a_photo, sha256
from tests.cast import Cast, make_cast
from tests.contract.disasters import everything
from tests.databases import Database

VERSIONS = sorted(path for path in (Path(__file__).resolve().parents[2] / "migrations/versions").glob("*.py"))


def filled(cast: Cast) -> None:
    """A row in as many tables as everyone's ordinary doings reach."""
    photo = a_photo(1)
    answer = cast.amina.put_pin(photos=[{"sha256": sha256(photo)}], category="from_the_future", text="åäö ✓")
    assert answer.status_code == 201
    assert cast.amina.put_photo(photo).status_code == 201
    assert cast.amina.put_rating().status_code == 201
    cast.encode_photos()
    assert cast.fatima.get("/desk/").status_code == 200
    assert cast.nobody.post("/api/join", json={"code": "0000-0000"}).status_code == 404


def differences(app: Flask) -> list[object]:
    """What a new migration would have to do."""
    with app.app_context(), db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return list(compare_metadata(context, Base.metadata))


def tables(app: Flask) -> set[str]:
    with app.app_context():
        return set(sa.inspect(db.engine).get_table_names())


def test_migrations_make_exactly_the_models_tables(app: Flask) -> None:
    assert differences(app) == []
    assert tables(app) == {table.name for table in Base.metadata.sorted_tables} | {"alembic_version"}


def test_they_are_numbered_in_a_row_and_have_one_head() -> None:
    names = [path.name for path in VERSIONS]
    assert [name[:4] for name in names] == [f"{number:04}" for number in range(1, len(names) + 1)]
    for number, path in enumerate(VERSIONS, 1):
        text = path.read_text(encoding="utf-8")
        before = f'"{number - 1:04}"' if number > 1 else "None"
        assert re.search(rf'^revision = "{number:04}"$', text, re.M), path.name
        assert re.search(rf"^down_revision = {before}$", text, re.M), path.name


def test_a_filled_database_goes_through_every_step_and_back(
    new_database: Callable[..., Database], engine: str, app_factory: Callable[..., Flask]
) -> None:
    """To the newest, all rows in; then down to nothing and up again: the tables are the same ones."""
    from app import create_app
    from app.config import load_settings

    app = create_app(load_settings(new_database(engine, empty=True).environment()))
    with app.app_context():
        for path in VERSIONS:
            upgrade(revision=path.name[:4])
    cast = make_cast(app)
    filled(cast)
    before = everything(cast)
    with app.app_context():
        migrate()
        upgrade()
    assert everything(cast) == before
    assert sum(map(len, before.values())) > 20
    with app.app_context():
        db.session.remove()
        downgrade(revision="base")
        assert tables(app) == {"alembic_version"}
        upgrade()
    assert differences(app) == []
    filled(make_cast(app))
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.mark.parametrize("times", [1, 2])
def test_starting_again_migrates_nothing(app: Flask, times: int) -> None:
    with app.app_context():
        for _ in range(times):
            migrate()
    assert differences(app) == []


def test_every_row_belongs_to_an_organisation() -> None:
    """The tenant's id stands on every table but those that are nobody's."""
    nobodys = {"organisation", "facilitator", "role", "facilitator_role", "login_session", "rate_window"}
    nobodys |= {"authenticator", "recovery_code", "passkey", "sign_on", "spent"}
    without = {table.name for table in Base.metadata.sorted_tables if "organisation_id" not in table.c}
    assert without == nobodys
