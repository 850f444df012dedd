"""Apps that go from test to test: nothing stays behind, and an altered one goes no further."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask

from app.db import db
from app.models import Participant, Photo, Pin
from tests.apps import Apps
from tests.builders import a_photo, sha256
from tests.cast import Cast, make_cast
from tests.databases import Database

NewDatabase = Callable[[str], Database]


@pytest.fixture
def apps() -> Iterator[Apps]:
    """This test's own, none of them used before."""
    apps = Apps()
    yield apps
    apps.close()


def lived_in(app: Flask) -> Cast:
    """Someone walked, photographed and guessed here."""
    cast = make_cast(app)
    photo = a_photo(1)
    assert cast.amina.put_pin(photos=[{"sha256": sha256(photo)}]).status_code == 201
    assert cast.amina.put_photo(photo).status_code == 201
    assert cast.nobody.post("/api/join", json={"code": "0000-0000"}).status_code == 404
    return cast


def files_of(database: Database) -> list[Path]:
    return sorted(path for path in database.data_dir.rglob("*") if path.is_file())


def test_it_leaves_everything_behind(apps: Apps, engine: str, new_database: NewDatabase) -> None:
    here, there = new_database(engine), new_database(engine)
    first = apps.lease(here)
    cast = lived_in(first.app)
    before, pins = files_of(here), cast.count(Pin)
    apps.give_back(first)
    second = apps.lease(there)
    assert second.app is first.app
    assert str(here.data_dir) not in remembered(second.app)
    assert str(there.data_dir) in remembered(second.app)
    after = lived_in(second.app)
    assert (after.count(Pin), after.count(Photo), after.count(Participant)) == (1, 1, 2)
    assert len(files_of(there)) == len(before)
    apps.give_back(second)
    back = apps.lease(here)
    assert Cast(back.app, cast.amina, cast.bengt, cast.ids).count(Pin) == pins
    apps.give_back(back)


def remembered(app: Flask) -> str:
    """Everything that the app and what hangs on it hold, as text; but the engine, which is led elsewhere."""
    hung_on = {name: value for name, value in app.extensions.items() if value is not db and name != "migrate"}
    held = [*app.config.items(), *hung_on.items()]
    with app.app_context():
        return "\n".join(f"{name}: {value!r} {getattr(value, '__dict__', '')!r}" for name, value in held)


def test_two_at_once_are_two(apps: Apps, new_database: NewDatabase) -> None:
    database = new_database("sqlite")
    first, second = apps.lease(database), apps.lease(database)
    assert first.app is not second.app
    apps.give_back(first)
    other = apps.lease(database, ATTEMPTS_PER_ADDRESS="3")
    assert other.app is not first.app
    for one in (second, other):
        apps.give_back(one)


@pytest.mark.parametrize(
    ("alter", "goes_on"),
    [
        (lambda app: app.before_request(lambda: None), False),
        (lambda app: app.add_url_rule("/more", "more", lambda: ""), False),
        (lambda app: app.jinja_env.globals.update(more=1), False),
        (lambda app: app.config.update(TESTING=False, MORE=1), True),
        (lambda app: app.extensions.update(photo_store=None), True),
    ],
)
def test_an_altered_app_is_restored_or_not_used_again(
    apps: Apps, new_database: NewDatabase, alter: Callable[[Flask], object], goes_on: bool
) -> None:
    database = new_database("sqlite")
    first = apps.lease(database)
    alter(first.app)
    apps.give_back(first)
    second = apps.lease(database)
    assert (second.app is first.app) is goes_on
    assert second.app.testing
    assert "MORE" not in second.app.config
    assert second.app.extensions["photo_store"] is not None
    apps.give_back(second)
