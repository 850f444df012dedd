"""Turns an uploaded photo into the two encodings that are ever shown.

Owns the child processes that decode (`image_child.py`) and the guards around them. Promises that
a hostile picture ends as `BadPhoto` or `Lost` and never as this process's death, that no
more than two pictures are decoded at a time and one heavy one, and that a child which hangs is
killed. Keeps no photo and
knows no database.
"""

from __future__ import annotations

import io
import os
import threading
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from app.adapters.children import Child, Shelf
from app.adapters.image_child import ANSWER, BOX, DONE, REQUEST, STATUS, TOO_HEAVY
from app.rules import photos
from app.rules.photos import Quarantine
from app.rules.redactions import Box

CHILD = Path(__file__).with_name("image_child.py")
DECODERS = min(2, len(os.sched_getaffinity(0)))
HEAVY_BYTES = 40_000_000
# Freed pages go back to the child's own heap: asking the kernel anew for every picture costs a fifth
# of its time. A child that has held a heavy picture is ended instead.
CHILD_ENVIRONMENT = {"MALLOC_MMAP_THRESHOLD_": "33554432", "MALLOC_TRIM_THRESHOLD_": "67108864"}
START_OF_SCAN = b"\xff\xda"


class BadPhoto(Exception):
    """The picture itself is at fault: trying again will not help. `reason` says how."""

    def __init__(self, reason: Quarantine) -> None:
        super().__init__(reason.value)
        self.reason = reason


@dataclass(frozen=True)
class Encoded:
    """Our two encodings, both JPEG; sizes are (width, height). `look`: see image_child."""

    full: bytes
    full_size: tuple[int, int]
    thumb: bytes
    thumb_size: tuple[int, int]
    look: int


def encode(data: bytes, boxes: Sequence[Box] = ()) -> Encoded:
    """Make both encodings of the picture in `data`, with `boxes` of the upright picture filled.

    Boxes are for pictures of our own, whose pixels the decoder does not shrink.

    Raises BadPhoto for a picture that cannot or must not be decoded, Lost when its decoder
    had to be given up, Unable when there is no decoder to be had.
    """
    header = _judge(data)
    if header.decode_bytes > HEAVY_BYTES:
        with _heavy, _cores, closing(_Child()) as child:
            return child.encode(data, header.size, boxes)
    with _cores, _shelf.borrowed() as child:
        return child.encode(data, header.size, boxes)


def _judge(data: bytes) -> photos.Header:
    try:
        header = photos.read_header(io.BytesIO(data))
    except photos.PhotoRefused as refused:
        too_large = refused.reason is photos.Refusal.TOO_LARGE
        raise BadPhoto(Quarantine.TOO_HEAVY if too_large else Quarantine.UNREADABLE) from refused
    if header.kept_bytes and photos.has_too_many_scans(header, data.count(START_OF_SCAN)):
        raise BadPhoto(Quarantine.TOO_HEAVY)
    return header


_heavy = threading.Lock()
_cores = threading.BoundedSemaphore(DECODERS)


class _Child(Child):
    """One decoding process."""

    def __init__(self) -> None:
        super().__init__(CHILD, CHILD_ENVIRONMENT)

    def encode(self, data: bytes, size: tuple[int, int], boxes: Sequence[Box] = ()) -> Encoded:
        painted = b"".join(BOX.pack(*box) for box in boxes)
        with self.asked(REQUEST.pack(*size, len(data), len(boxes)), painted, data):
            return self._answer()

    def _answer(self) -> Encoded:
        status, length = STATUS.unpack(self.read(STATUS.size))
        if status != DONE:
            self.read(length)
            raise BadPhoto(Quarantine.TOO_HEAVY if status == TOO_HEAVY else Quarantine.UNREADABLE)
        sizes = ANSWER.unpack(self.read(ANSWER.size))
        full, thumb = self.read(sizes[2]), self.read(sizes[5])
        return Encoded(full, sizes[0:2], thumb, sizes[3:5], sizes[6])


_shelf = Shelf(_Child, unharmed_by=BadPhoto)


def close() -> None:
    """End the children that wait for work."""
    _shelf.close()
