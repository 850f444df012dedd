"""The only code that decodes a stranger's picture, run as a small process of its own.

Owns pixels: bytes in, our two encodings out. Promises that nothing of the original but its light
comes through (no EXIF, comment, XMP, profile or tail), that it can write no file, and that it dies
rather than take more memory or time than it may. `app.adapters.images` starts it by its path, with
an empty environment; it imports nothing of the app, so it is small and holds no secret.
"""

from __future__ import annotations

import io
import os
import resource
import select
import struct
import sys
from collections.abc import Sequence
from contextlib import suppress
from typing import BinaryIO, NamedTuple

from PIL import Image, ImageCms, ImageDraw, JpegImagePlugin, PngImagePlugin, WebPImagePlugin

FORMATS = tuple(
    plugin.format
    for plugin in (
        JpegImagePlugin.JpegImageFile,
        PngImagePlugin.PngImageFile,
        WebPImagePlugin.WebPImageFile,
    )
)
FULL_SIDE = 1600
FULL_QUALITY = 80
THUMB_SIDE = 320
THUMB_QUALITY = 75
LOOK_STEP = 3

MEMORY_BYTES = 132_000_000
CPU_SECONDS = 20
IDLE_SECONDS = 10

REQUEST = struct.Struct("<IIII")
BOX = struct.Struct("<IIII")
STATUS = struct.Struct("<BI")
ANSWER = struct.Struct("<IIIIIIQ")
DONE, UNREADABLE, TOO_HEAVY = 0, 1, 2
BLACK = 0

ORIENTATION = 0x0112
UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


class Rendered(NamedTuple):
    """Our encodings of one picture, both JPEG."""

    full: bytes
    full_size: tuple[int, int]
    thumb: bytes
    thumb_size: tuple[int, int]
    look: int


def render(data: bytes, size: tuple[int, int], boxes: Sequence[tuple[int, ...]] = ()) -> Rendered:
    """Decode the picture in `data` once and encode it twice, with `boxes` filled: x, y, width, height.

    Boxes are painted over the pixels before anything is encoded, so that nothing below them is left.
    Raises whatever Pillow raises for a broken picture, and ValueError when the decoder sees
    another size than the header that was judged.
    """
    picture = Image.open(io.BytesIO(data), formats=FORMATS)
    if picture.size != size:
        raise ValueError("size differs from the header")
    turn = _turn(picture)
    shrink = max(1, max(size) // FULL_SIDE)
    picture.draft(None, (max(1, size[0] // shrink), max(1, size[1] // shrink)))
    picture.load()
    tables = _coarsest_tables(picture) if turn is None and max(size) <= FULL_SIDE else STANDARD_TABLES
    full = _plain(_fit(_resizable(picture), FULL_SIDE), picture.info.get("icc_profile"))
    if turn is not None:
        full = full.transpose(turn)
    black_out(full, boxes)
    thumb = _fit(full, THUMB_SIDE)
    return Rendered(
        full=_jpeg(full, qtables=tables, subsampling="4:2:0"),
        full_size=full.size,
        thumb=_jpeg(thumb, quality=THUMB_QUALITY),
        thumb_size=thumb.size,
        look=_look(thumb),
    )


def black_out(picture: Image.Image, boxes: Sequence[tuple[int, ...]]) -> None:
    """Fill boxes of the picture with black, past all blending."""
    brush = ImageDraw.Draw(picture)
    for x, y, width, height in boxes:
        brush.rectangle((x, y, x + width - 1, y + height - 1), fill=BLACK)


def _turn(picture: Image.Image) -> Image.Transpose | None:
    """How to set the picture upright. Broken EXIF says nothing, whatever way it is broken."""
    try:
        return UPRIGHT.get(picture.getexif().get(ORIENTATION, 1))
    except Exception:
        return None


def _resizable(picture: Image.Image) -> Image.Image:
    """The picture in a mode that can be averaged: L, RGB, RGBA, LA or CMYK."""
    if picture.mode in ("L", "RGB", "RGBA", "LA", "CMYK"):
        has_clear_colour = picture.mode in ("L", "RGB") and "transparency" in picture.info
        return picture.convert("RGBA") if has_clear_colour else picture
    if picture.mode.startswith("I"):
        return picture.convert("I").point(lambda grey: grey / 257).convert("L")
    if picture.mode == "1":
        return picture.convert("L")
    return picture.convert("RGBA" if "transparency" in picture.info else "RGB")


def _fit(picture: Image.Image, side: int) -> Image.Image:
    """Shrink so that the long edge is `side`; a smaller picture stays as it is."""
    long = max(picture.size)
    if long <= side:
        return picture
    width, height = (max(1, round(edge * side / long)) for edge in picture.size)
    return picture.resize((width, height), Image.Resampling.LANCZOS, reducing_gap=1.0)


def _plain(picture: Image.Image, profile: bytes | None) -> Image.Image:
    """The picture as opaque sRGB, grey or colour, without anything that came beside its pixels."""
    if picture.mode in ("RGBA", "LA"):
        ground = Image.new("RGB", picture.size, "white")
        ground.paste(picture.convert("RGB"), mask=picture.getchannel("A"))
        picture = ground
    if profile:
        picture = _to_srgb(picture, profile)
    if picture.mode not in ("L", "RGB"):
        picture = picture.convert("RGB")
    picture.info = {}
    return picture


def _to_srgb(picture: Image.Image, profile: bytes) -> Image.Image:
    """Apply the profile. One that is broken, or meant for another mode, is worth nothing."""
    try:
        source = ImageCms.getOpenProfile(io.BytesIO(profile))
        if ImageCms.getProfileDescription(source).startswith("sRGB"):
            return picture
        converted = ImageCms.profileToProfile(picture, source, SRGB, outputMode="RGB")
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return picture
    return converted or picture


def _look(picture: Image.Image) -> int:
    """What the picture looks like, in 64 bits: where a grid of 9 by 8 grows clearly darker to the right.

    The difference hash (N. Krawetz, 2013) with a threshold, so that darkness and blank walls give no bits.
    Pictures that differ only in size, quality or light have looks that differ in few bits.
    """
    grid = picture.convert("L").resize((9, 8), Image.Resampling.BOX).tobytes()
    look = 0
    for place in range(64):
        left = place + place // 8
        look |= (grid[left] > grid[left + 1] + LOOK_STEP) << place
    return look


def _coarsest_tables(picture: Image.Image) -> list[list[int]]:
    """Our quantisation, or the sender's where that is coarser: finer would add bytes and no detail."""
    sent = getattr(picture, "quantization", None)
    if not sent:
        return STANDARD_TABLES
    both = [sent[min(sent)], sent[max(sent)]]
    return [
        [min(255, max(pair)) for pair in zip(ours, theirs, strict=True)]
        for ours, theirs in zip(STANDARD_TABLES, both, strict=True)
    ]


def _jpeg(picture: Image.Image, **options: object) -> bytes:
    out = io.BytesIO()
    picture.save(out, "JPEG", optimize=True, **options)
    return out.getvalue()


def _standard_tables() -> list[list[int]]:
    """The tables behind our quality figure, as the library itself writes them."""
    out = io.BytesIO()
    Image.new("RGB", (8, 8)).save(out, "JPEG", quality=FULL_QUALITY)
    tables = JpegImagePlugin.JpegImageFile(io.BytesIO(out.getvalue())).quantization
    return [list(tables[0]), list(tables[1])]


STANDARD_TABLES = _standard_tables()
SRGB = ImageCms.createProfile("sRGB")


def serve(source: BinaryIO, sink: BinaryIO) -> None:
    """Answer requests until the other end closes or has been silent for a while."""
    sink.write(b"+")  # ready, as app.adapters.children waits to hear
    sink.flush()
    while select.select([source], [], [], IDLE_SECONDS)[0]:
        head = source.read(REQUEST.size)
        if len(head) < REQUEST.size:
            return
        width, height, length, count = REQUEST.unpack(head)
        boxes, data = source.read(count * BOX.size), source.read(length)
        if len(data) < length:
            return
        _allow_cpu(CPU_SECONDS)
        sink.write(_answer(data, (width, height), list(BOX.iter_unpack(boxes))))
        sink.flush()


def _answer(data: bytes, size: tuple[int, int], boxes: Sequence[tuple[int, ...]]) -> bytes:
    """One reply. Whatever a hostile file makes the decoder raise is a fact about that file."""
    try:
        done = render(data, size, boxes)
    except MemoryError:
        return STATUS.pack(TOO_HEAVY, 0)
    except Exception as error:
        name = type(error).__name__.encode()
        return STATUS.pack(UNREADABLE, len(name)) + name
    sizes = ANSWER.pack(*done.full_size, len(done.full), *done.thumb_size, len(done.thumb), done.look)
    body = sizes + done.full + done.thumb
    return STATUS.pack(DONE, len(body)) + body


def confine() -> None:
    """Give up what decoding does not need: memory, files, cores; be first to go when memory ends."""
    with suppress(OSError), open("/proc/self/oom_score_adj", "w", encoding="ascii") as file:
        file.write("1000")
    _limit(resource.RLIMIT_DATA, _own_data_bytes() + MEMORY_BYTES)
    _limit(resource.RLIMIT_FSIZE, 0)
    _limit(resource.RLIMIT_CORE, 0)


def _own_data_bytes() -> int:
    with suppress(OSError), open("/proc/self/statm", encoding="ascii") as file:
        return int(file.read().split()[5]) * resource.getpagesize()
    return 100_000_000


def _allow_cpu(seconds: int) -> None:
    used = resource.getrusage(resource.RUSAGE_SELF)
    _limit(resource.RLIMIT_CPU, int(used.ru_utime + used.ru_stime) + seconds)


def _limit(kind: int, soft: int) -> None:
    _, hard = resource.getrlimit(kind)
    resource.setrlimit(kind, (soft if hard == resource.RLIM_INFINITY else min(soft, hard), hard))


if __name__ == "__main__":
    confine()
    with suppress(BrokenPipeError):
        serve(sys.stdin.buffer, sys.stdout.buffer)
    os._exit(0)
