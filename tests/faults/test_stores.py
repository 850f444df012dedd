"""The object store is gone, says no, says yes and means no, or does not answer (S6): uploads wait here.

The app speaks to a real S3 server over a road that goes bad.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest

from app.adapters import patient_store, photo_store
from app.models import Photo
from app.operations import photos
from app.operations.doctor import examine
from app.operations.waiting import carry_over
from tests.apps import AppFactory
from tests.builders import a_photo
from tests.cast import Cast, make_cast
from tests.chaos.proxy import Act, ChaosProxy, answer_with, hold, unreachable
from tests.databases import Database
from tests.servers import ServerFactory
from tests.stores import Bucket
from tests.web.test_health import ask as ask_ready
from tests.wire import Wire, ask

XML = b"application/xml"
SLOW_DOWN = b"<Error><Code>SlowDown</Code><Message>Reduce your request rate.</Message></Error>"
INTERNAL = b"<Error><Code>InternalError</Code><Message>We encountered an internal error.</Message></Error>"


@pytest.fixture
def road(
    bucket_settings: dict[str, str], bucket: Bucket, proxy_factory: Callable[[int], ChaosProxy]
) -> ChaosProxy:
    """The way to the bucket."""
    return proxy_factory(int(bucket.endpoint.rpartition(":")[2]))


@pytest.fixture
def gate() -> Iterator[threading.Event]:
    opened = threading.Event()
    yield opened
    opened.set()


@pytest.fixture
def cast_on(
    road: ChaosProxy, bucket: Bucket, app_factory: AppFactory, monkeypatch: pytest.MonkeyPatch
) -> Cast:
    """Everyone on an app whose bucket lies behind the road, and which is patient for moments only."""
    monkeypatch.setenv("AWS_ENDPOINT", road.url)
    monkeypatch.setattr(photo_store, "REQUEST_TIMEOUT", timedelta(seconds=2))
    monkeypatch.setattr(photo_store, "RETRY_TIMEOUT", timedelta(seconds=0.1))
    monkeypatch.setattr(patient_store, "REST_S", 0.0)
    cast = make_cast(app_factory(PHOTO_STORE=bucket.url))
    cast.app.extensions["photo_store"].may_wait = True
    return cast


def faults(gate: threading.Event) -> dict[str, Act]:
    return {
        "gone": unreachable(),
        "slow down": answer_with(503, SLOW_DOWN, XML),
        "200 with an error": answer_with(200, INTERNAL, XML),
        "200 and nothing kept": answer_with(200, b"", XML, ETag='"0123456789abcdef0123456789abcdef"'),
        "no answer": hold(gate),
    }


@pytest.mark.parametrize("fault", faults(threading.Event()))
def test_s06_uploads_wait_here_until_the_store_answers(
    fault: str, cast_on: Cast, road: ChaosProxy, gate: threading.Event
) -> None:
    cast = cast_on
    assert cast.amina.put_photo(a_photo(1, kind="PNG")).status_code == 201
    road.on("PUT", "/uploads/", faults(gate)[fault])
    if fault == "gone":
        road.on("*", "", unreachable())
    late = a_photo(2, kind="PNG")
    assert cast.amina.put_photo(late).status_code == 201
    assert cast.amina.put_photo(late).status_code == 200
    assert cast.amina.put_pin().status_code == 201
    assert waiting(cast) == 1
    if fault == "gone":
        assert ask_ready(cast.app) == (200, [])
        cast.encode_photos()
        assert cast.count(Photo, Photo.state == "received", Photo.tries == 0) == 2
    road.clear()
    gate.set()
    assert carried(cast) == 1
    assert (waiting(cast), carried(cast)) == (0, 0)
    assert cast.count(Photo, Photo.upload_key.like("waiting/%")) == 0
    cast.encode_photos()
    assert cast.count(Photo, Photo.state == "ready") == 2
    with cast.app.app_context():
        assert [finding for finding in examine() if finding] == []


def test_s06_what_waits_is_worked_on_here_and_a_worker_elsewhere_leaves_it_alone(
    cast_on: Cast, road: ChaosProxy, gate: threading.Event
) -> None:
    """The bucket takes no uploads but all else: the photo is ready at once. Without its file it waits."""
    cast = cast_on
    road.on("PUT", "/uploads/", faults(gate)["slow down"])
    for number in range(2):
        assert cast.amina.put_photo(a_photo(number, kind="PNG")).status_code == 201
    with cast.app.app_context():
        store = photos.photo_store()
        elsewhere = store.spool_dir / "elsewhere"
        store._here.path(patient_store.plain(store.waiting()[0])).rename(elsewhere)
    cast.encode_photos()
    states = [cast.count(Photo, Photo.state == state) for state in ("ready", "received", "quarantined")]
    assert states == [1, 1, 0]


def test_s06_a_worker_killed_once_the_bucket_has_it_leaves_no_second_copy(
    cast_on: Cast, road: ChaosProxy, gate: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*_args: object) -> None:
        raise SystemExit

    cast = cast_on
    road.on("PUT", "/uploads/", faults(gate)["slow down"])
    assert cast.amina.put_photo(a_photo(1, kind="PNG")).status_code == 201
    road.clear()
    with monkeypatch.context() as patch:
        patch.setattr(patient_store.PatientStore, "let_go", killed)
        with pytest.raises(SystemExit):
            carried(cast)
    assert waiting(cast) == 1
    assert (carried(cast), waiting(cast)) == (0, 0)
    cast.encode_photos()
    assert cast.count(Photo, Photo.state == "ready") == 1


def test_s06_where_nobody_carries_on_an_upload_stays_on_the_phone(
    cast_on: Cast, road: ChaosProxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    cast = cast_on
    cast.app.extensions["photo_store"].may_wait = False
    monkeypatch.setattr(patient_store, "REST_S", 60.0)
    road.down()
    for _ in range(3):
        answer = cast.amina.put_photo(a_photo(1))
        assert (answer.status_code, answer.json["code"], answer.json["retry"]) == (503, "busy", True)
    assert cast.count(Photo) == waiting(cast) == 0
    seen = len(road.exchanges)
    road.up()
    assert cast.amina.put_photo(a_photo(1)).status_code == 503
    assert len(road.exchanges) == seen


def test_s06_a_server_says_how_many_wait(
    cast_on: Cast, road: ChaosProxy, bucket: Bucket, database: Database, server_factory: ServerFactory
) -> None:
    server = server_factory(database, **(bucket.environment() | {"AWS_ENDPOINT": road.url}))
    road.down()
    wire = Wire(cast_on.amina, server.port)
    assert [wire.put_photo(a_photo(number, kind="PNG")).status for number in range(3)] == [201] * 3
    ready = ask(server.port, "GET", "/readyz")
    assert (ready.status, ready.json["waiting"]) == (200, 3)
    server.stop()
    road.up()
    assert carried(cast_on) == 3
    cast_on.encode_photos()
    assert cast_on.count(Photo, Photo.state == "ready") == 3


def waiting(cast: Cast) -> int:
    with cast.app.app_context():
        return len(photos.photo_store().waiting())


def carried(cast: Cast) -> int:
    with cast.app.app_context():
        return carry_over()
