"""A herd while the web workers are killed every two seconds: all in, all photos encoded, nothing twice.

200 phones x 6 pins with a photo of 300 kB each. A phone sends again until it has proof, as the contract
says, and waits as long as the server asks. What happens to a request whose worker is killed shows as no
answer at all, which is a network's fault to a phone.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import random
import signal
import struct
import tempfile
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from bench.client import Answer, Client
from bench.herd import Desk, Load, join, make_load
from bench.machine import Server, start_app
from bench.walks import make_walk

PHONES = int(os.environ.get("BENCH_PHONES", "200"))
PINS = 6
PHOTO_BYTES = 300_000
KILL_EVERY_S = 2.0
LONGEST_S = 900.0
NICE = 16
LOST = (ConnectionError, asyncio.IncompleteReadError, TimeoutError)


@dataclass
class Storm:
    """What came of it."""

    statuses: Counter[int] = field(default_factory=Counter)
    unanswered: int = 0
    kills: int = 0
    proven_s: float = 0.0
    encoded_s: float = 0.0


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        server = start_app(Path(folder), worker=True)
        try:
            asyncio.run(_measure(server))
        finally:
            server.stop()


async def _measure(server: Server) -> None:
    bench = make_walk(server)
    clients = [(await join(server.port, bench.code))[0] for _ in range(PHONES)]
    loads = [_heavier(make_load(number, PINS)) for number in range(PHONES)]
    storm, over, begun = Storm(), asyncio.Event(), time.perf_counter()
    killing = asyncio.create_task(_kill(server, storm, over))
    prefix = f"/api/walks/{bench.walk_id}"
    await asyncio.gather(*(_phone(*pair, prefix, storm) for pair in zip(clients, loads, strict=True)))
    storm.proven_s = time.perf_counter() - begun
    over.set()
    await killing
    desk = Desk(Client(server.port, bench.desk_cookie), bench.walk_id)
    encoded = await _drain(desk, begun)
    storm.encoded_s = time.perf_counter() - begun
    wanted = {pin for load in loads for pin, _ in load.pins}
    odd = {status: n for status, n in storm.statuses.items() if status not in (200, 201, 429, 503)}
    print(f"storm   {len(wanted)} pins, {storm.kills} kills, {storm.unanswered} requests without answer")
    print(f"        missed {len(wanted - desk.seen.keys())}, more than sent {len(desk.seen.keys() - wanted)}")
    print(f"        {dict(sorted(storm.statuses.items()))}, others than 2xx, 429, 503: {odd or 'none'}")
    print(
        f"        proven after {storm.proven_s:.0f} s, {encoded} photos encoded after {storm.encoded_s:.0f} s"
    )


def _heavier(load: Load) -> Load:
    """The same load with every photo at 300 kB, and the pins that name them."""
    photos, pins = [], []
    for (pin, body), (_old, data) in zip(load.pins, load.photos, strict=True):
        padding = bytes(PHOTO_BYTES - len(data) - 4)
        heavy = data[:2] + b"\xff\xfe" + struct.pack(">H", len(padding) + 2) + padding + data[2:]
        sha256 = hashlib.sha256(heavy).hexdigest()
        photos.append((sha256, heavy))
        fields = json.loads(body) | {"photos": [{"sha256": sha256, "alt": "", "order": 0}]}
        pins.append((pin, json.dumps(fields).encode()))
    return Load(pins, photos)


async def _phone(client: Client, load: Load, prefix: str, storm: Storm) -> None:
    """Words first, then photos; each until it is proven."""
    calls = [(f"{prefix}/pins/{pin}", body, "application/json") for pin, body in load.pins]
    calls += [(f"{prefix}/photos/{sha256}", data, "image/jpeg") for sha256, data in load.photos]
    for path, body, kind in calls:
        tries = 0
        while not _is_proof(answer := await _ask(client, path, body, kind, storm), body):
            tries += 1
            asked = float(answer.headers.get("retry-after", "0")) if answer else 0.0
            await asyncio.sleep(asked or min(2.0**tries, 30.0) * random.uniform(0.1, 0.3))


async def _ask(client: Client, path: str, body: bytes, kind: str, storm: Storm) -> Answer | None:
    try:
        async with asyncio.timeout(60):
            answer = await client.ask("PUT", path, body, kind)
    except LOST:
        storm.unanswered += 1
        client.hang_up()
        return None
    storm.statuses[answer.status] += 1
    return answer


def _is_proof(answer: Answer | None, body: bytes) -> bool:
    if answer is None or answer.status not in (200, 201):
        return False
    return bool(answer.json().get("sha256") == hashlib.sha256(body).hexdigest())


async def _kill(server: Server, storm: Storm, over: asyncio.Event) -> None:
    """SIGKILL to every web worker, again and again; the photo worker is niced, and spared."""
    while not over.is_set():
        with suppress(TimeoutError):
            await asyncio.wait_for(over.wait(), KILL_EVERY_S)
        for pid in server.tree()[1:]:
            stat = Path(f"/proc/{pid}/stat")
            with suppress(OSError):
                if int(stat.read_text().rpartition(")")[2].split()[NICE]) == 0 and not over.is_set():
                    os.kill(pid, signal.SIGKILL)
                    storm.kills += 1


async def _drain(desk: Desk, begun: float) -> int:
    """Wait until every photo is encoded, as the desk sees it; how many are."""
    while time.perf_counter() - begun < LONGEST_S:
        ready = 0
        desk.epoch, desk.seq, desk.seen = "", 0, {}
        while True:
            path = f"/api/desk/walks/{desk.walk}/changes?epoch={desk.epoch}&after={desk.seq}&limit=500"
            page = (await desk.client.ask("GET", path)).json()
            pins = [item for item in page["items"] if item["type"] == "pin"]
            desk.seen |= {pin["id"]: pin["seq"] for pin in pins}
            ready += sum(photo["thumb_ready"] for pin in pins for photo in pin["photos"])
            desk.epoch, desk.seq = page["epoch"], page["seq"]
            if not page["more"]:
                break
        if ready >= PHONES * PINS:
            return ready
        await asyncio.sleep(3)
    return ready
