"""Herd against floor and reader, and against itself while photos are encoded; medians of three rounds."""

from __future__ import annotations

import asyncio
import os
import tempfile
from pathlib import Path
from statistics import median

from bench.herd import Result, run_app, run_plain
from bench.machine import start_app, start_floor
from bench.walks import make_walk

ROUNDS = int(os.environ.get("BENCH_ROUNDS", "3"))


def main() -> None:
    rounds: dict[str, list[Result]] = {"reader": [], "floor": [], "app": [], "working": []}
    for _ in range(ROUNDS):
        rounds["reader"].append(_floor("/null/api/walks/x"))
        rounds["floor"].append(_floor("/api/walks/x"))
        rounds["app"].append(_app())
        rounds["working"].append(_app(worker=True))
    for name, results in rounds.items():
        print(f"{name:7} {_line(results)}")
    floor = median(result.per_second for result in rounds["floor"])
    reader = median(result.per_second for result in rounds["reader"])
    app = median(result.per_second for result in rounds["app"])
    working = median(result.per_second for result in rounds["working"])
    print(f"floor/reader {floor / reader:.2f} (>= 0.25)   app/floor {app / floor:.2f} (>= 0.5)")
    print(f"with the photo worker at work / paused {working / app:.2f} (>= 0.7)")


def _line(results: list[Result]) -> str:
    def middle(name: str) -> float:
        return median(getattr(result, name) for result in results)

    statuses = sorted({status for result in results for status in result.statuses})
    parts = [
        f"{middle('per_second'):6.0f} pins/s",
        f"p95 {middle('p95_ms'):5.0f} ms",
        f"cpu {middle('cpu_ms_per_pin'):5.2f} ms/pin",
        f"pss {max(result.peak_pss_mb for result in results):4.0f} MB",
        f"sent {middle('sent_per_photo_byte'):.3f}x",
        f"desk lag {max(result.desk_lag_s for result in results):5.2f} s",
        f"missed {sum(result.missed for result in results)}",
        f"doubled {sum(result.doubled for result in results)}",
    ]
    return "  ".join([*parts, str(statuses)])


def _floor(prefix: str) -> Result:
    with tempfile.TemporaryDirectory() as folder:
        server = start_floor(Path(folder))
        try:
            return asyncio.run(run_plain(server, prefix))
        finally:
            server.stop()


def _app(worker: bool = False) -> Result:
    with tempfile.TemporaryDirectory() as folder:
        server = start_app(Path(folder), worker=worker)
        try:
            bench = make_walk(server)
            return asyncio.run(run_app(server, bench.code, bench.desk_cookie))
        finally:
            server.stop()
