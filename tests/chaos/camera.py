"""Pictures for simulated phones: real ones, small, and the same for the same dice."""

from __future__ import annotations

import io
import random

from PIL import Image

SIZE = (160, 120)


def photo(dice: random.Random) -> bytes:
    """A JPEG of some kilobytes that no other throw of the dice gives."""
    noise = Image.frombytes("L", (20, 15), dice.randbytes(300))
    return _jpeg(noise.resize(SIZE), 80)


def smaller(data: bytes) -> bytes:
    """The same picture in fewer bytes, as a phone makes it when told that it was too large."""
    with Image.open(io.BytesIO(data)) as picture:
        return _jpeg(picture.resize((SIZE[0] // 2, SIZE[1] // 2)), 60)


def _jpeg(picture: Image.Image, quality: int) -> bytes:
    file = io.BytesIO()
    picture.convert("RGB").save(file, "JPEG", quality=quality)
    return file.getvalue()
