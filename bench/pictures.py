"""Photos for measurement: texture like a real picture's, some 248 kB, every copy with its own bytes."""

from __future__ import annotations

import io
import struct
from functools import cache

from PIL import Image, ImageChops, ImageDraw

SIZE = (1600, 1200)
TARGET = (245_000, 251_000)


@cache
def texture() -> bytes:
    """A 1600 x 1200 JPEG tuned to the target size."""
    picture = Image.new("L", SIZE)
    for level in range(6):
        side = 25 * 2**level
        noise = Image.effect_noise((side, side * 3 // 4), 120 / (level + 1)).resize(
            SIZE, Image.Resampling.BICUBIC
        )
        picture = ImageChops.add(picture, noise, 2.0)
    draw = ImageDraw.Draw(picture)
    for step in range(40):
        draw.rectangle((step * 40, 300 + step * 7, step * 40 + 22, 900 - step * 5), fill=(step * 37) % 255)
    colour = Image.merge("RGB", (picture, ImageChops.offset(picture, 7), ImageChops.offset(picture, 13)))
    low, high = 5, 95
    while True:
        quality = (low + high) // 2
        buffer = io.BytesIO()
        colour.save(buffer, "JPEG", quality=quality)
        if TARGET[0] <= buffer.tell() <= TARGET[1] or low >= high:
            return buffer.getvalue()
        low, high = (quality + 1, high) if buffer.tell() < TARGET[0] else (low, quality - 1)


def photo(number: int) -> bytes:
    """The texture with a comment segment of its own, so that nothing can be de-duplicated."""
    data, comment = texture(), f"copy {number:012d}".encode()
    return data[:2] + b"\xff\xfe" + struct.pack(">H", len(comment) + 2) + comment + data[2:]
