"""Bad input below JSON, on real processes: bodies without length, cut off or compressed; full disks.

The disk is made small by a limit on the size of files of the running server, and large again.
"""

from __future__ import annotations

import gzip
import os
import resource
import socket
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from app.models import Change, Photo, Pin
from tests.builders import a_photo, a_pin, encoded, sha256
from tests.cast import JSON, Cast
from tests.databases import Database
from tests.servers import Server, ServerFactory
from tests.waiting import wait_until
from tests.wire import Answer, Wire, ask

UNLIMITED = resource.RLIM_INFINITY
SMALL_FILE = 60_000


@pytest.fixture
def server(server_factory: ServerFactory, database: Database) -> Server:
    """One web process, so that every process is there once it answers."""
    return server_factory(database, WEB_WORKERS="1")


@pytest.fixture
def wire(cast: Cast, server: Server) -> Wire:
    """Amina's phone at the running server."""
    return Wire(cast.amina, server.port)


def chunks(data: bytes, size: int = 5000) -> Iterator[bytes]:
    return (data[start : start + size] for start in range(0, len(data), size))


def limit_files(server: Server, size: int) -> None:
    """No process of the server can write past `size` in any file; raised again by UNLIMITED."""
    for pid in descendants(server.pid):
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (size, UNLIMITED))


def descendants(pid: int) -> list[int]:
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [pid, *(each for child in children for each in descendants(int(child)))]


def noise(size: int) -> bytes:
    """A picture's header and random bytes: as large as is wanted."""
    return a_photo(1) + os.urandom(size)


def test_strange_bodies(cast: Cast, wire: Wire) -> None:
    """One server for all: each body has its answer, and the worker that gave it still serves."""
    pin, photo = encoded(a_pin()), noise(200_000)
    pin_url, photo_url = wire.phone.url("pins", uuid4()), wire.phone.url("photos", sha256(photo))

    whole = wire.put(photo_url, chunks(photo), "image/jpeg")
    assert (whole.status, whole.json["sha256"]) == (201, sha256(photo))
    assert wire.put(pin_url, chunks(pin, 50), JSON).status == 201
    endless = wire.put(wire.phone.url("photos", sha256(b"another")), chunks(bytes(9_000_000)), "image/jpeg")
    assert endless.code == "too_large"
    long = wire.put(wire.phone.url("pins", uuid4()), chunks(encoded(a_pin(text="x" * 300_000))), JSON)
    assert long.code == "too_large"
    for encoding in ("gzip", "br", "deflate, gzip"):
        packed = wire.put(pin_url, gzip.compress(pin), JSON, **{"Content-Encoding": encoding})
        assert packed.code == "encoded_body"
    bomb = gzip.compress(bytes(50_000_000))
    assert wire.put_photo(bomb, **{"Content-Encoding": "gzip"}).code == "encoded_body"
    assert wire.put(pin_url, pin, JSON, **{"Content-Length": "12"}).code == "malformed_json"
    assert wire.put(pin_url, b"", JSON, **{"Content-Length": "-1"}).status == 400
    assert (cast.count(Pin), cast.count(Photo)) == (1, 1)
    assert wire.put_pin(uuid4()).status == 201


def test_what_no_form_sends_is_answered_by_a_page(cast: Cast, server: Server) -> None:
    """Also where the app would have to read the body, or an address, to say what is wrong with it."""
    large, deep = b'{"a": "' + b"x" * 300_000 + b'"}', b"[" * 100_000

    def post(path: str, body: bytes, **headers: str) -> int:
        answer = ask(server.port, "POST", path, body, {"Content-Type": JSON} | headers)
        assert b"</html>" in answer.body
        return answer.status

    for path in ("/", "/kvitto", "/desk/login", "/desk/link/x", f"/v/{cast.a.code}/join", "/nowhere"):
        assert post(path, large) == 413
    for path, status in {"/": 422, "/kvitto": 422, "/desk/login": 415, "/desk/link/x": 410}.items():
        assert post(path, deep) == status
        assert post(path, b"", Origin="http://[::1") == 403
        assert post(path, b"", Host="[::1") == 421
    assert "Traceback" not in server.output()


def test_an_answer_is_heard_though_the_body_was_not_read(cast: Cast, wire: Wire) -> None:
    """A browser sends the whole body before it listens; a reset would look to it like no network."""
    photo = noise(6_000_000)
    url = wire.phone.url("photos", sha256(photo))
    assert ask(wire.port, "PUT", url, photo, {"Content-Type": "image/jpeg"}).code == "not_joined"
    assert ask(wire.port, "PUT", url, chunks(photo), {"Content-Type": "image/jpeg"}).code == "not_joined"
    assert wire.put(url, photo, "image/jpeg", **{"Sec-Fetch-Site": "cross-site"}).code == "cross_site"
    assert wire.put_photo(photo).status == 201
    again = wire.put_photo(photo)
    assert (again.status, again.json["sha256"]) == (200, sha256(photo))
    assert wire.put_photo(noise(12_000_000)).code == "too_large"


def test_a_body_that_breaks_off_leaves_nothing(cast: Cast, wire: Wire, server: Server) -> None:
    photo = noise(200_000)
    head = (
        f"PUT {wire.phone.url('photos', sha256(photo))} HTTP/1.1\r\nHost: localhost\r\n"
        f"Cookie: trygg_walk={wire.phone.token}\r\nContent-Type: image/jpeg\r\n"
        f"Content-Length: {len(photo)}\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", server.port)) as cut:
        cut.sendall(head.encode() + photo[:100_000])
    answer = wire.put_photo(photo)
    assert (answer.status, answer.json["sha256"]) == (201, sha256(photo))
    spool = next(Path(cast.app.config["SETTINGS"].data_dir).glob("photos/.spool"))
    wait_until(lambda: not list(spool.iterdir()), "the half upload cleared away")
    assert cast.count(Photo) == 1


def test_a_full_disk_refuses_photos_with_507_and_recovers(cast: Cast, wire: Wire, server: Server) -> None:
    photo = noise(2_000_000)
    limit_files(server, 1_500_000)
    refused = wire.put_photo(photo)
    assert (refused.status, refused.code, refused.json["retry"]) == (507, "storage_full", True)
    assert int(refused.headers["Retry-After"]) > 0
    assert wire.put_pin(uuid4()).status == 201
    assert wire.get(wire.phone.url()).status == 200
    assert cast.count(Photo) == 0
    spool = next(Path(cast.app.config["SETTINGS"].data_dir).glob("photos/.spool"))
    assert list(spool.iterdir()) == []
    limit_files(server, UNLIMITED)
    assert wire.put_photo(photo).status == 201


@pytest.mark.sqlite_is_enough  # PostgreSQL's files are another machine's; its "disk full" is told by SQLSTATE
def test_a_full_database_refuses_pins_with_507_and_loses_none(cast: Cast, wire: Wire, server: Server) -> None:
    first = uuid4()
    assert wire.put_pin(first).status == 201
    limit_files(server, SMALL_FILE)
    pin_id, answer = fill(wire)
    assert (answer.status, answer.code) == (507, "storage_full")
    assert wire.get(wire.phone.url("changes")).status == 200
    held = cast.count(Pin)
    assert cast.count(Change) == held
    limit_files(server, UNLIMITED)
    assert wire.put_pin(pin_id, text="å" * 4000).status == 201
    assert wire.put_pin(first).status == 200
    assert cast.count(Pin) == cast.count(Change) == held + 1


def fill(wire: Wire) -> tuple[UUID, Answer]:
    """Send pins until one is refused: its id, and the answer."""
    for _ in range(200):
        pin_id = uuid4()
        answer = wire.put_pin(pin_id, text="å" * 4000)
        if answer.status != 201:
            return pin_id, answer
    raise AssertionError("the disk never filled")
