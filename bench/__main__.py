"""`python -m bench [name …]`: measure, print, and write what docs/BENCHMARKS.md shows.

Names: herd, correct, worker, feed, start, basemap, phone. Without names, all of them.
"""

from __future__ import annotations

import importlib
import sys

NAMES = ("start", "herd", "correct", "worker", "feed", "basemap", "phone")


def main(names: list[str]) -> None:
    unknown = set(names) - set(NAMES)
    if unknown:
        raise SystemExit(f"unknown: {', '.join(sorted(unknown))}; known: {', '.join(NAMES)}")
    for name in names or NAMES:
        importlib.import_module(f"bench.measure_{name}").main()


main(sys.argv[1:])
