"""Black-outs of a photo: which boxes may be burnt in, and how long the original is kept.

Pure. A box is [x, y, width, height] in pixels of the photo's full encoding, from the top left.
Knows no picture and no store.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

Box = list[int]

MOST_BOXES = 100
SMALLEST_SIDE = 2
DAYS = range(1, 366)
DEFAULT_DAYS = 30
FACE_GROWTH = 1.3
"""A face's box leaves out hair, ears and chin; people are known by them too."""


def clipped(boxes: Iterable[Sequence[float]], width: int, height: int) -> list[Box]:
    """The boxes in whole pixels inside the picture; what lies outside or is too thin is left out.

    Edges are rounded outwards: a redaction may cover a pixel too much, never one too few.
    """
    kept: list[Box] = []
    for x, y, wide, high in boxes:
        left, top = max(0, int(x)), max(0, int(y))
        right, bottom = min(width, _up(x + wide)), min(height, _up(y + high))
        box = [left, top, right - left, bottom - top]
        if min(box[2:]) >= SMALLEST_SIDE and box not in kept:
            kept.append(box)
    return kept[:MOST_BOXES]


def grown(box: Sequence[float], factor: float = FACE_GROWTH) -> list[float]:
    """The box larger by `factor` on each axis, about its middle."""
    x, y, wide, high = box
    return [x - wide * (factor - 1) / 2, y - high * (factor - 1) / 2, wide * factor, high * factor]


def kept_until(redacted_at: datetime, days: int) -> datetime:
    """When the original of a photo that was redacted then is purged."""
    return redacted_at + timedelta(days=days)


def _up(value: float) -> int:
    whole = int(value)
    return whole if whole == value else whole + 1
