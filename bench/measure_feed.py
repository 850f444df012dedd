"""The feed: "nothing new" at 1 000 and at 100 000 pins, and the desk's first load of 10 000."""

from __future__ import annotations

import asyncio
import os
import tempfile
import time
from pathlib import Path
from statistics import median

from bench.client import Client
from bench.machine import Server, start_app
from bench.walks import Bench, fill, make_walk


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
        fill(server, bench, pins)
        costs[pins], size = await _nothing_new(server, bench)
        print(f"feed {pins:6} pins: nothing new p50 {costs[pins]:.2f} ms, {size} bytes (<= 2 ms, <= 250)")
        if pins == 10_000:
            await _first_load(server, bench)
    print(f"feed 100 000 / 1 000: {costs[100_000] / costs[1_000]:.2f} (<= 1.25)")


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
