"""The photo worker: photos a second with nothing else to do, and disk after it."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import tempfile
import time
from pathlib import Path

from bench.herd import folder_bytes, run_app
from bench.machine import start_app
from bench.pictures import texture
from bench.walks import make_walk

PHOTOS = int(os.environ.get("BENCH_PHOTOS", "400"))


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        server = start_app(folder)
        try:
            bench = make_walk(server)
            asyncio.run(run_app(server, bench.code, bench.desk_cookie, 20, PHOTOS // 20))
        finally:
            server.stop()
        server = start_app(folder, worker=True, SECRET_KEY=server.env["SECRET_KEY"])
        try:
            _drain(folder)
        finally:
            server.stop()
        photos = len(texture()) * PHOTOS
        kept = sum(folder_bytes(part) for part in folder.iterdir() if part.is_dir() and part.name != "static")
        kept += (folder / "trygga-steg.db").stat().st_size
        print(f"disk     {kept / photos:.3f} x the photo bytes (<= 1.15)")


def _drain(folder: Path) -> None:
    """From the first finished photo to the last, so that starting does not count."""
    database = sqlite3.connect(folder / "trygga-steg.db", timeout=10)
    done, begun, first = 0, 0.0, 0
    while done < PHOTOS:
        done = database.execute("SELECT count(*) FROM photo WHERE state = 'ready'").fetchone()[0]
        if done and not begun:
            begun, first = time.perf_counter(), done
        time.sleep(0.05)
    seconds = time.perf_counter() - begun
    print(f"worker   {(PHOTOS - first) / seconds:.0f} photos/s (>= 50)")
