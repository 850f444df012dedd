"""Finds faces in our own encodings, where the extra `[redact]` is installed.

Owns the process that looks (`faces_child.py`), one at a time for the whole machine's sake. Promises
to be honest about what it can do: `are_looked_for` is false where the extra is missing. Finds no
number plates; judges nothing, a human does.
"""

from __future__ import annotations

import atexit
import struct
import threading
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from app.adapters.children import Child, Lost

SCRIPT = Path(__file__).with_name("faces_child.py")
REQUEST = struct.Struct("<I")
ANSWER = struct.Struct("<I")
BOX = struct.Struct("<ffff")
ENVIRONMENT = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}

_lock = threading.Lock()
_idle: list[Child] = []


@cache
def are_looked_for() -> bool:
    """Whether this installation can look for faces."""
    return find_spec("onnxruntime") is not None and find_spec("numpy") is not None


def find_faces(jpeg: bytes) -> list[tuple[float, ...]]:
    """Boxes of faces, x, y, width and height in the picture's pixels, surest first. Raises Lost."""
    with _lock:
        child = _waiting_child() or Child(SCRIPT, ENVIRONMENT)
        try:
            with child.asked(REQUEST.pack(len(jpeg)), jpeg):
                (count,) = ANSWER.unpack(child.read(ANSWER.size))
                found = list(BOX.iter_unpack(child.read(count * BOX.size)))
        except BaseException:
            child.close()
            raise
        _idle.append(child)
        return found


def _waiting_child() -> Child | None:
    while _idle:
        child = _idle.pop()
        if child.is_alive():
            return child
    return None


@atexit.register
def close() -> None:
    """End the child that waits for work."""
    while _idle:
        _idle.pop().close()


__all__ = ["Lost", "are_looked_for", "close", "find_faces"]
