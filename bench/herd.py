"""The herd: phones come back into coverage at once, and a desk polls meanwhile.

50 phones x 20 pins with a photo each, through authorisation and validation to durable storage.
Run against the app, the floor and an endpoint that only reads, interleaved.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import time
import uuid
from dataclasses import dataclass, field
from pathlib import Path

from bench.client import Client
from bench.machine import Server
from bench.pictures import photo

PHONES = 50
PINS = 20
POLL_S = 0.25


@dataclass
class Result:
    """One herd: seconds, per-request milliseconds, server CPU and memory, what the desk saw."""

    pins: int
    seconds: float = 0.0
    last_pin_s: float = 0.0
    desk_lag_s: float = 0.0
    cpu_ms_per_pin: float = 0.0
    peak_pss_mb: float = 0.0
    sent_per_photo_byte: float = 0.0
    missed: int = 0
    doubled: int = 0
    requests_ms: list[float] = field(default_factory=list)
    statuses: dict[int, int] = field(default_factory=dict)

    @property
    def per_second(self) -> float:
        return self.pins / self.seconds

    @property
    def p95_ms(self) -> float:
        return sorted(self.requests_ms)[int(len(self.requests_ms) * 0.95)]


@dataclass
class Load:
    """What each phone will send, made before the clock starts."""

    pins: list[tuple[str, bytes]]
    photos: list[tuple[str, bytes]]


def make_load(phone: int, pins: int) -> Load:
    photos, bodies = [], []
    for number in range(pins):
        data = photo(phone * 1000 + number)
        sha256 = hashlib.sha256(data).hexdigest()
        photos.append((sha256, data))
        bodies.append((str(uuid.uuid4()), pin_body(sha256, phone, number)))
    return Load(bodies, photos)


def pin_body(sha256: str, phone: int, number: int) -> bytes:
    there = {"lat": 60.165 + number * 3e-4, "lon": 24.936 + phone * 3e-4}
    body = {
        "schema": 1,
        "client": "bench",
        "rev": 1,
        "base_rev": None,
        "made_at": "2026-11-12T18:00:00Z",
        "kind": "problem",
        "category": "lighting",
        "there": there,
        "here": there | {"accuracy_m": 6.0, "age_s": 1.0},
        "source": "sensor",
        "text": "Lampan är trasig sedan i höst",
        "photos": [{"sha256": sha256, "alt": "", "order": 0}],
    }
    return json.dumps(body).encode()


async def join(port: int, code: str) -> tuple[Client, str]:
    client = Client(port)
    answer = await client.ask("POST", "/api/join", json.dumps({"code": code}).encode())
    if answer.status != 201:
        raise SystemExit(f"join: {answer.status} {answer.body[:200]!r}")
    client.cookie = answer.headers["set-cookie"].split(";")[0]
    client.hang_up()  # the herd comes back into coverage: every connection is new
    return client, answer.json()["walk_id"]


async def run_app(
    server: Server, code: str, desk_cookie: str, phones: int = PHONES, pins: int = PINS
) -> Result:
    """A herd on the app; the desk's own feed decides what was seen."""
    joined = [await join(server.port, code) for _ in range(phones)]
    walk = joined[0][1]
    desk = Desk(Client(server.port, desk_cookie), walk)
    await desk.catch_up()
    return await _run(server, [client for client, _ in joined], f"/api/walks/{walk}", desk, pins)


async def run_plain(server: Server, prefix: str, phones: int = PHONES, pins: int = PINS) -> Result:
    """The same herd on the floor ("/api/walks/x") or the reading endpoint ("/null")."""
    return await _run(server, [Client(server.port) for _ in range(phones)], prefix, None, pins)


class Desk:
    """A reader of the change feed that remembers which pins it saw, and when."""

    def __init__(self, client: Client, walk: str) -> None:
        self.client, self.walk = client, walk
        self.epoch, self.seq = "", 0
        self.seen: dict[str, int] = {}
        self.doubled = 0
        self.saw_last_s = 0.0

    async def poll(self) -> bool:
        path = f"/api/desk/walks/{self.walk}/changes?epoch={self.epoch}&after={self.seq}&limit=500"
        answer = await self.client.ask("GET", path)
        if answer.status != 200:
            raise SystemExit(f"desk: {answer.status} {answer.body[:300]!r}")
        page = answer.json()
        for item in page["items"]:
            if item["type"] == "pin":
                self.doubled += self.seen.get(item["id"]) == item["seq"]
                if item["id"] not in self.seen:
                    self.saw_last_s = time.perf_counter()
                self.seen[item["id"]] = item["seq"]
        self.epoch, self.seq = page["epoch"], page["seq"]
        return bool(page["more"])

    async def catch_up(self) -> None:
        while await self.poll():
            pass


async def _run(server: Server, clients: list[Client], prefix: str, desk: Desk | None, pins: int) -> Result:
    loads = [make_load(phone, pins) for phone in range(len(clients))]
    result = Result(len(clients) * pins)
    wanted = {pin for load in loads for pin, _ in load.pins}
    cpu, begun, done = server.cpu_s(), time.perf_counter(), asyncio.Event()
    watching = asyncio.create_task(_watch(server, result, done))
    polling = asyncio.create_task(_poll(desk, wanted, result, done)) if desk else None
    await asyncio.gather(*(_phone(*pair, prefix, result) for pair in zip(clients, loads, strict=True)))
    result.seconds = time.perf_counter() - begun
    result.cpu_ms_per_pin = (server.cpu_s() - cpu) * 1000 / result.pins
    done.set()
    await watching
    if polling and desk:
        await polling
        result.missed, result.doubled = len(wanted - desk.seen.keys()), desk.doubled
    photo_bytes = sum(len(data) for load in loads for _, data in load.photos)
    result.sent_per_photo_byte = sum(client.sent for client in clients) / photo_bytes
    return result


async def _phone(client: Client, load: Load, prefix: str, result: Result) -> None:
    """All text first, then the photos, one after the other, as a phone does."""
    calls = [(f"{prefix}/pins/{pin}", body, "application/json") for pin, body in load.pins]
    calls += [(f"{prefix}/photos/{sha256}", data, "image/jpeg") for sha256, data in load.photos]
    for path, body, kind in calls:
        begun = time.perf_counter()
        answer = await client.ask("PUT", path, body, kind)
        result.requests_ms.append((time.perf_counter() - begun) * 1000)
        if kind == "application/json":
            result.last_pin_s = time.perf_counter()
        result.statuses[answer.status] = result.statuses.get(answer.status, 0) + 1


async def _watch(server: Server, result: Result, done: asyncio.Event) -> None:
    while not done.is_set():
        result.peak_pss_mb = max(result.peak_pss_mb, server.pss_mb())
        await asyncio.sleep(0.2)


async def _poll(desk: Desk, wanted: set[str], result: Result, done: asyncio.Event) -> None:
    last = False
    while not last and not wanted <= desk.seen.keys():
        last = done.is_set()
        await desk.catch_up()
        await asyncio.sleep(POLL_S)
    result.desk_lag_s = desk.saw_last_s - result.last_pin_s


def folder_bytes(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
