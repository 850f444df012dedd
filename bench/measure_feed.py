"""The feed: "nothing new" at 1 000 and at 100 000 pins, and the desk's first load of 10 000."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from bench.client import Client
from bench.machine import ROOT, Server, start_app
from bench.walks import Bench, make_walk

FILL = """
import sys
from datetime import UTC, datetime
from uuid import UUID
import sqlalchemy as sa
from app import create_app
from app.adapters.ids import new_id
from app.db import table, transaction
from app.models import Change, Issue, Pin, Walk
walk_id, upto = UUID(sys.argv[1]), int(sys.argv[2])
app = create_app()
now = datetime.now(UTC)
with app.app_context(), transaction() as session:
    walk = session.get(Walk, walk_id)
    pins, issues, changes = [], [], []
    for number in range(walk.pin_count + 1, upto + 1):
        pin, issue = new_id(), new_id()
        tenant = {"organisation_id": walk.organisation_id, "walk_id": walk_id}
        issues.append(tenant | {"id": issue, "status": "new", "title": {}, "decision": {}, "created_at": now})
        pins.append(tenant | {
            "id": pin, "issue_id": issue, "number": number, "seq": number, "rev": 1, "sha256": "0" * 64,
            "kind": ("problem", "positive", "idea")[number % 3],
            "category": ("lighting", "litter", "damage")[number % 3],
            "lat": 60.165 + (number * 7919 % 10000) * 1.4e-6,
            "lon": 24.936 + (number * 104729 % 10000) * 1.7e-6,
            "source": "sensor", "text": "", "text_public": {}, "acute": False, "when": [], "affected": [],
            "proposal": "", "staff_only": False, "visibility": "walk", "review": "new", "text_review": "new",
            "shown_to_walk": True, "is_late": False, "is_outside": False, "is_unknown_category": False,
            "has_conflict": False, "made_at": now, "received_at": now,
        })
        changes.append(tenant | {
            "thing": "pin", "thing_id": pin, "seq": number, "verb": "receive", "actor": "bench", "at": now})
    for model, rows in ((Issue, issues), (Pin, pins), (Change, changes)):
        for start in range(0, len(rows), 5000):
            session.execute(sa.insert(table(model)), rows[start:start + 5000])
    walk.pin_count = walk.feed_seq = upto
"""


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        server = start_app(Path(folder), WEB_WORKERS="1")
        try:
            asyncio.run(_measure(server, make_walk(server)))
        finally:
            server.stop()


async def _measure(server: Server, bench: Bench) -> None:
    costs = {}
    for pins in (1_000, 10_000, 100_000):
        _fill(server, bench, pins)
        costs[pins], size = await _nothing_new(server, bench)
        print(f"feed {pins:6} pins: nothing new p50 {costs[pins]:.2f} ms, {size} bytes (<= 2 ms, <= 250)")
        if pins == 10_000:
            await _first_load(server, bench)
    print(f"feed 100 000 / 1 000: {costs[100_000] / costs[1_000]:.2f} (<= 1.25)")


def _fill(server: Server, bench: Bench, pins: int) -> None:
    command = [sys.executable, "-c", FILL, bench.walk_id, str(pins)]
    subprocess.run(command, cwd=ROOT, env=server.env, check=True)


async def _nothing_new(server: Server, bench: Bench) -> tuple[float, int]:
    client = Client(server.port, bench.desk_cookie)
    path = f"/api/desk/walks/{bench.walk_id}/changes"
    head = (await client.ask("GET", f"{path}?limit=1")).json()
    seq = await _newest(client, path, head["epoch"])
    times, size = [], 0
    for _ in range(int(os.environ.get("BENCH_POLLS", "400"))):
        begun = time.perf_counter()
        answer = await client.ask("GET", f"{path}?epoch={head['epoch']}&after={seq}")
        times.append((time.perf_counter() - begun) * 1000)
        size = len(answer.body)
    return median(times), size


async def _newest(client: Client, path: str, epoch: str) -> int:
    """The feed's end: a cursor from the future is told to start over and learns nothing else."""
    low, high = 0, 1 << 40
    while low < high:
        middle = (low + high + 1) // 2
        page = (await client.ask("GET", f"{path}?epoch={epoch}&after={middle}&limit=1")).json()
        low, high = (low, middle - 1) if page.get("reset") else (middle, high)
    return low


async def _first_load(server: Server, bench: Bench) -> None:
    client = Client(server.port, bench.desk_cookie)
    times, size = [], 0
    for _ in range(5):
        begun = time.perf_counter()
        answer = await client.ask("GET", f"/api/desk/walks/{bench.walk_id}/map", Accept_Encoding="gzip")
        times.append(time.perf_counter() - begun)
        size = len(answer.body)
    print(
        f"first load of 10 000 pins: first {times[0]:.3f} s, then {median(times):.3f} s, {size / 1000:.0f} kB"
    )
