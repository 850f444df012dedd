"""Finds faces in our own encodings, where the extra `[redact]` is installed.

Owns the process that looks (`faces_child.py`), one at a time for the whole machine's sake. Promises
to be honest about what it can do: `are_looked_for` is false where the extra is missing. Finds no
number plates; judges nothing, a human does.
"""

from __future__ import annotations

import struct
import threading
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from app.adapters.children import Child, Lost, Shelf, Unable

SCRIPT = Path(__file__).with_name("faces_child.py")
REQUEST = struct.Struct("<I")
ANSWER = struct.Struct("<I")
BOX = struct.Struct("<ffff")
ENVIRONMENT = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}

_lock = threading.Lock()
_shelf = Shelf(lambda: Child(SCRIPT, ENVIRONMENT))


@cache
def are_looked_for() -> bool:
    """Whether this installation can look for faces."""
    return find_spec("onnxruntime") is not None and find_spec("numpy") is not None


def find_faces(jpeg: bytes) -> list[tuple[float, ...]]:
    """Boxes of faces, x, y, width and height in the picture's pixels, surest first.

    Raises Unable, Lost.
    """
    with _lock, _shelf.borrowed() as child, child.asked(REQUEST.pack(len(jpeg)), jpeg):
        (count,) = ANSWER.unpack(child.read(ANSWER.size))
        return list(BOX.iter_unpack(child.read(count * BOX.size)))


def close() -> None:
    """End the child that waits for work."""
    _shelf.close()


__all__ = ["Lost", "Unable", "are_looked_for", "close", "find_faces"]
