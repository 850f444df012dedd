"""Paper: posters, cards and maps as PDF, set by typst from the templates in data/paper.

Owns the process that sets them (`paper_child.py`). Promises that text reaches a template as data
alone, that the same data give the same bytes, that a sheet which takes too long is given up, and that
no more than two are set at a time. Does not know what stands on a sheet.
"""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

CHILD = Path(__file__).with_name("paper_child.py")
FOLDER = Path(__file__).resolve().parent.parent / "data" / "paper"
WALL_SECONDS = 20.0
AT_A_TIME = 2

Sheet = Literal["poster", "cards", "map"]

_presses = threading.BoundedSemaphore(AT_A_TIME)


class PaperFailed(Exception):
    """The sheet could not be set; the message is the typesetter's."""


def pdf(sheet: Sheet, data: Mapping[str, Any]) -> bytes:
    """The sheet as PDF. Raises PaperFailed."""
    with _presses:
        try:
            done = subprocess.run(  # noqa: S603  # our own file, no shell; what people typed goes in as data
                [sys.executable, "-I", "-B", str(CHILD), str(FOLDER), sheet],
                input=json.dumps(data, sort_keys=True).encode(),
                capture_output=True,
                timeout=WALL_SECONDS,
                env={"RAYON_NUM_THREADS": "1"},
                cwd="/",
                check=False,
            )
        except subprocess.TimeoutExpired as late:
            raise PaperFailed("it took too long") from late
    if done.returncode:
        raise PaperFailed(done.stderr.decode(errors="replace").strip().rpartition("\n")[2])
    return done.stdout
