"""Server faults of the road and of those who use it: repeated, swapped and late requests (S11), slow
clients (S14)."""

from __future__ import annotations

import asyncio
import random
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import uuid4, uuid5

import pytest
import sqlalchemy as sa

from app.db import db
from app.models import Change, Issue, Photo, Pin, PinPhoto, PinRevision, Rating
from app.web.auth import COOKIE
from tests.builders import a_photo, a_pin, a_rating, encoded, sha256
from tests.cast import JSON, Cast, Phone, WalkFacts
from tests.chaos.proxy import Act, ChaosProxy, Exchange, Road
from tests.contract.disasters import proves
from tests.faults.conftest import Deployment
from tests.faults.herd import BROKEN
from tests.servers import Server
from tests.waiting import wait_until
from tests.wire import Wire

Pair = tuple[asyncio.StreamReader, asyncio.StreamWriter]
HALF_OPEN, OTHERS = 200, 20
PHOTO = a_photo(7, (320, 240), kind="PNG")
PINS = 16
TABS = 4
LATEST_S = 0.3


def bad_road(seed: int) -> Act:
    """Of ten requests one is sent twice, one again long after, one has no answer; all are late."""
    dice = random.Random(seed)

    async def act(road: Road, exchange: Exchange) -> None:
        fate, late = dice.random(), dice.random() * LATEST_S
        await asyncio.sleep(late)
        answer = await road.ask(exchange)
        if 0.1 <= fate < 0.2:
            answer = await road.ask(exchange)
        if fate >= 0.1 and answer:
            await road.tell(exchange, answer)
        else:
            road.cut()
        if fate > 0.9:
            await asyncio.sleep(LATEST_S)
            await road.ask(exchange)

    return act


@dataclass(frozen=True)
class Message:
    path: tuple[object, ...]
    thing: object
    rev: int
    body: bytes
    kind: str = JSON


def story(walk: WalkFacts, number: int) -> list[Message]:
    """What one person does with one pin, in this order: place, picture, rate, change, perhaps take back."""
    pin, rating = uuid5(walk.id, f"pin {number}"), uuid5(walk.id, f"rating {number}")
    photo = a_photo(number, kind="PNG")
    first = a_pin(text=f"{number}", photos=[{"sha256": sha256(photo)}])
    answer = encoded(a_rating(walk.question_id, score=number % 5 + 1))
    told = [
        Message(("pins", pin), pin, 1, encoded(first)),
        Message(("photos", sha256(photo)), sha256(photo), 1, photo, "image/png"),
        Message(("ratings", rating), rating, 1, answer),
    ]
    if number % 2:
        told.append(Message(("pins", pin), pin, 2, encoded(first | {"rev": 2, "base_rev": 1, "text": "mer"})))
    if number % 3 == 0:
        rev = 2 + number % 2
        gone = encoded({"rev": rev, "base_rev": rev - 1})
        told.append(Message(("pins", pin, "withdrawal"), pin, rev, gone))
    return told


def live(wire: Wire, numbers: range) -> None:
    """Live these stories; a message is sent until it is proved, then the next."""
    for number in numbers:
        for message in story(wire.phone.walk, number):
            wait_until(lambda message=message: is_proved(wire, message), f"proof of {message.path}", 60)


def is_proved(wire: Wire, message: Message) -> bool:
    try:
        answer = wire.put(wire.phone.url(*message.path), message.body, message.kind)
    except BROKEN:
        return False
    return proves(answer, message.thing, message.rev, message.body, wire.phone.walk)


def state_of(cast: Cast, walk: WalkFacts) -> dict[str, Any]:
    """Everything that a walk holds but order, time and who; things by the number of their story."""
    numbers = {uuid5(walk.id, f"{kind} {n}"): n for n in range(PINS) for kind in ("pin", "rating")}
    of_walk = sa.select(Pin.id).where(Pin.walk_id == walk.id)
    revisions = sa.select(PinRevision).where(PinRevision.pin_id.in_(of_walk))

    def every(query: Any, what: Callable[[Any], Any]) -> list[Any]:
        return sorted(map(what, db.session.scalars(query)))

    def own(model: Any) -> Any:
        return sa.select(model).where(model.walk_id == walk.id)

    with cast.app.app_context():
        return {
            "pins": every(
                own(Pin), lambda pin: (numbers[pin.id], pin.rev, pin.sha256, pin.text, bool(pin.withdrawn_at))
            ),
            "conflicts": every(own(Pin), lambda pin: (numbers[pin.id], pin.has_conflict)),
            "revisions": every(
                revisions, lambda one: (numbers[one.pin_id], one.rev, one.base_rev, one.sha256)
            ),
            "photos": every(own(Photo), lambda photo: (photo.sent_sha256, photo.sent_bytes, photo.state)),
            "placed": every(own(PinPhoto), lambda one: (numbers[one.pin_id], one.sha256)),
            "ratings": every(own(Rating), lambda one: (numbers[one.id], one.rev, one.score)),
            "changes": every(own(Change), lambda one: (one.thing, numbers.get(one.thing_id, -1))),
            "issues": len(every(own(Issue), lambda one: one.id)),
        }


def test_s11_repeated_swapped_and_late_requests_end_as_a_clean_run(
    deployed: Deployment, proxy_factory: Callable[[int], ChaosProxy]
) -> None:
    """Amina's walk goes over a bad road, Bengt's the same way without one."""
    cast = deployed.cast
    server = deployed.server(PHOTO_WORKER="off")
    road = proxy_factory(server.port)
    road.on("PUT", "", bad_road(11))
    parts = [range(start, PINS, TABS) for start in range(TABS)]
    tabs = [threading.Thread(target=live, args=(Wire(cast.amina, road.port), part)) for part in parts]
    for tab in tabs:
        tab.start()
    live(Wire(cast.bengt, server.port), range(PINS))
    for tab in tabs:
        tab.join()
    wait_until(lambda: all(exchange.done for exchange in road.exchanges), "the last late request")
    server.stop()
    bad, clean = state_of(cast, cast.a), state_of(cast, cast.b)
    assert bad == clean
    assert len(road.exchanges) > len([m for n in range(PINS) for m in story(cast.b, n)])


async def half_open(
    port: int, phone: Phone, number: int
) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """An upload that has begun and does not go on: silent, within its head, or within its body."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    head = f"PUT {phone.url('photos', sha256(PHOTO))} HTTP/1.1\r\nHost: localhost:{port}\r\n"
    head += f"Cookie: {COOKIE}={phone.token}\r\nContent-Length: {len(PHOTO)}\r\nConnection: close\r\n\r\n"
    stops_after = (0, 20, len(head) + 10, len(head) + len(PHOTO) - 1)[number % 4]
    writer.write((head.encode() + PHOTO)[:stops_after])
    await writer.drain()
    return reader, writer


async def among_half_open(server: Server, cast: Cast) -> None:
    slow = [await half_open(server.port, cast.amina, number) for number in range(HALF_OPEN)]
    wire = Wire(cast.bengt, server.port)
    photos = [a_photo(number, (640, 480), kind="PNG") for number in range(OTHERS)]
    answers = await asyncio.gather(*(asyncio.to_thread(wire.put_photo, photo) for photo in photos))
    assert [answer.status for answer in answers] == [201] * OTHERS
    assert not any(reader.at_eof() for reader, _writer in slow)
    reader, writer = slow[-1]
    writer.write(PHOTO[-1:])
    assert (await reader.readline()).split()[1] == b"201"
    for _reader, writer in slow:
        writer.transport.abort()


@pytest.mark.sqlite_is_enough  # threads and sockets, not data
def test_s14_two_hundred_half_open_uploads_hold_up_nobody(deployed: Deployment) -> None:
    """Everybody else is answered while they all stay open; one of them goes on and is answered."""
    server = deployed.server(PHOTO_WORKER="off")
    asyncio.run(among_half_open(server, deployed.cast))
    server.stop()
    assert "Traceback" not in server.output()


@pytest.mark.sqlite_is_enough
def test_s14_requests_in_pieces_in_a_row_and_after_a_question_are_answered(deployed: Deployment) -> None:
    """One connection: a request byte by byte, two at once, one that asks before it sends, one in chunks."""
    server = deployed.server(PHOTO_WORKER="off")
    phone, body = deployed.cast.amina, encoded(a_pin())
    common = f"Host: localhost:{server.port}\r\nCookie: {COOKIE}={phone.token}\r\n"
    get = f"GET {phone.url('changes')} HTTP/1.1\r\n{common}\r\n".encode()

    def put(*headers: str) -> bytes:
        lines = "".join(f"{line}\r\n" for line in (*headers, "Content-Type: application/json"))
        return f"PUT {phone.url('pins', uuid4())} HTTP/1.1\r\n{common}{lines}\r\n".encode()

    with (
        connected(server) as connection,
        connection.makefile("rb") as told,
    ):
        whole = put(f"Content-Length: {len(body)}") + body
        for at in range(0, len(whole), 40):
            connection.sendall(whole[at : at + 40])
        assert status_of(told) == 201
        connection.sendall(get + get[:10])
        assert status_of(told) == 200
        connection.sendall(get[10:])
        assert status_of(told) == 200
        connection.sendall(put(f"Content-Length: {len(body)}", "Expect: 100-continue"))
        assert status_of(told) == 100
        connection.sendall(body)
        assert {status_of(told), status_of(told)} == {100, 201}
    with (
        connected(server) as connection,
        connection.makefile("rb") as told,
    ):
        connection.sendall(put("Transfer-Encoding: chunked", "Connection: close"))
        connection.sendall(b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body))
        assert status_of(told) == 201


def connected(server: Server) -> socket.socket:
    return socket.create_connection(("127.0.0.1", server.port), timeout=30)


def status_of(told: Any) -> int:
    """The status of the next answer, whose body is read away."""
    status, length = int(told.readline().split()[1]), 0
    while (line := told.readline()) != b"\r\n":
        if line.lower().startswith(b"content-length:"):
            length = int(line.split()[1])
    told.read(length)
    return status
