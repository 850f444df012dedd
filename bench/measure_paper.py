"""A walk's papers: how long the poster, the cards and the map take to be set, over HTTP.

The first of each is printed apart: it also starts what later ones find warm.
"""

from __future__ import annotations

import asyncio
import os
import tempfile
import time
from pathlib import Path
from statistics import median

from bench.client import Client
from bench.machine import start_app
from bench.walks import make_walk

SHEETS = ("poster.pdf?lang=sv,en", "poster.pdf?lang=sv", "cards.pdf?lang=sv", "map.pdf?lang=sv")
ROUNDS = 10
GOAL_S = 2.0


async def _times(client: Client, path: str) -> list[float]:
    found = []
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        answer = await client.ask("GET", path)
        if answer.status != 200 or not answer.body.startswith(b"%PDF"):
            raise SystemExit(f"{path}: {answer.status}")
        found.append(time.perf_counter() - begun)
    return found


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        server = start_app(Path(folder))
        try:
            bench = make_walk(server)
            for sheet in SHEETS:
                client = Client(server.port, bench.desk_cookie)
                first, *others = asyncio.run(_times(client, f"/desk/walks/{bench.walk_id}/{sheet}"))
                kept = "kept" if max(first, *others) <= GOAL_S else "MISSED"
                print(
                    f"{sheet:24} first {first:.2f} s, median {median(others):.2f}, worst {max(others):.2f}"
                    f" (<= {GOAL_S:g}, {kept})   load {os.getloadavg()[0]:.1f}",
                    flush=True,
                )
        finally:
            server.stop()
