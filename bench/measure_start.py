"""Start to first answer, and memory at rest with web and worker."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

from bench.machine import start_app

SETTLE_S = 3.0


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
