"""Start to first answer, memory at rest with web and worker, and how soon all is well after SIGKILL."""

from __future__ import annotations

import os
import signal
import tempfile
import time
import urllib.request
from contextlib import suppress
from pathlib import Path

from bench.machine import start_app

SETTLE_S = 3.0
KILLS = 5


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        start_app(Path(folder), worker=True).stop()  # makes the database and the compressed files
        server = start_app(Path(folder), worker=True)
        try:
            time.sleep(SETTLE_S)
            print(f"start    first answer after {server.started_s:.2f} s (<= 1.5)")
            print(f"idle     {server.pss_mb():.0f} MB PSS in {len(server.tree())} processes (<= 150)")
        finally:
            server.stop()
        killed = ", ".join(f"{each:.2f}" for each in _killed(Path(folder)))
        print(f"killed   ready again after {killed} s (<= 3)")


def _killed(folder: Path) -> list[float]:
    """SIGKILL to every process at some moment, then the time from the start until /readyz says yes."""
    times = []
    for turn in range(KILLS):
        server = start_app(folder, worker=True)
        time.sleep(turn * 0.3)
        for pid in server.tree():
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        server.process.wait()
        begun = time.perf_counter()
        again = start_app(folder, worker=True)
        urllib.request.urlopen(f"http://localhost:{again.port}/readyz", timeout=10).close()
        times.append(time.perf_counter() - begun)
        again.stop()
    return times
