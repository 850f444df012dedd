"""A map pack of 5 km² of dense city from a .osm.pbf: CPU, memory, size, and whether all runs are alike.

BENCH_PBF names a real file instead of the made-up city, BENCH_BBOX its box.
"""

from __future__ import annotations

import hashlib
import os
import re
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from app.rules.packs import area_km2, box_of, box_text
from bench.city import City
from bench.machine import ROOT

RUNS = 3
COLUMNS, ROWS = 25, 20
MEASURED = """
import resource, sys
from pathlib import Path
from app.operations.pack_builds import Order, build
from app.rules.packs import box_of
made = build(Path(sys.argv[1]), Order("bench", box_of(sys.argv[2])), Path(sys.argv[3]), lambda *told: None)
used = resource.getrusage(resource.RUSAGE_SELF)
print(used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, made.bytes, made.index_bytes, made.doors)
"""


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        source = Path(os.environ.get("BENCH_PBF", folder / "city.osm.pbf"))
        bbox = os.environ.get("BENCH_BBOX", "")
        if "BENCH_PBF" not in os.environ:
            city = City(COLUMNS, ROWS)
            city.write(source)
            bbox = box_text(city.box)
        runs = [_run(source, bbox, folder / str(number)) for number in range(RUNS)]
    cpu = statistics.median(run[0] for run in runs)
    memory, size, index_size, doors = runs[0][1:5]
    print(f"basemap  {area_km2(box_of(bbox)):.1f} km², {doors:.0f} doors: {cpu:.1f} s CPU (<= 5)")
    print(
        f"         {size / 1e6:.2f} MB of map, {index_size / 1e3:.0f} kB of addresses, {memory:.0f} MB of RAM"
    )
    print(f"         {len({run[5] for run in runs})} kind of bytes in {RUNS} runs (1)")


def _run(source: Path, bbox: str, folder: Path) -> tuple[float, float, float, float, float, str]:
    """One build in a process of its own, start and imports and all."""
    command = [sys.executable, "-c", MEASURED, str(source), bbox, str(folder)]
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    cpu, memory, size, index_size, doors = (float(part) for part in re.findall(r"[\d.]+", done.stdout))
    made = b"".join(path.read_bytes() for path in sorted(folder.iterdir()))
    return cpu, memory, size, index_size, doors, hashlib.sha256(made).hexdigest()
