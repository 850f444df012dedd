"""`python -m bench [name …]`: measure, print, and write what docs/BENCHMARKS.md shows.

Names: start, herd, storm, correct, worker, feed, basemap, phone, desk, paper, restore. Without names, all.
`faces` is measured when it is named: its pictures come with a package that nothing else needs.
"""

from __future__ import annotations

import importlib
import sys

NAMES = (
    *("start", "herd", "storm", "correct", "worker", "feed", "basemap"),
    *("phone", "desk", "paper", "restore"),
)
NAMED = "faces"


def main(names: list[str]) -> None:
    unknown = set(names) - {*NAMES, NAMED}
    if unknown:
        raise SystemExit(f"unknown: {', '.join(sorted(unknown))}; known: {', '.join((*NAMES, NAMED))}")
    for name in names or NAMES:
        importlib.import_module(f"bench.measure_{name}").main()


main(sys.argv[1:])
