"""Pictures made by script: ordinary ones, odd but honest ones, and hostile ones.

Each `Sample` says what must become of it: "ready", a refusal at the header, or quarantine by the
decoder. Whatever is smuggled in carries MARK, which must never be found in what we serve.
"""

from __future__ import annotations

import io
import random
import struct
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

from PIL import Image, ImageCms, PngImagePlugin

MARK = b"SMUGGLED-59.3293N-18.0686E"
CORNERS = ("red", "green", "blue", "white")


@dataclass(frozen=True)
class Sample:
    """A named file and what must become of it."""

    name: str
    make: Callable[[], bytes]
    fate: str

    @property
    def data(self) -> bytes:
        return _made(self.make)


@cache
def _made(make: Callable[[], bytes]) -> bytes:
    return make()


@cache
def photo(number: int = 0, size: tuple[int, int] = (1600, 1200)) -> bytes:
    """An ordinary photo as a phone sends it: about 248 kB at 2 Mpx, another picture for each number."""
    noise = random.Random(number)
    small = Image.frombytes("RGB", (100, 75), noise.randbytes(100 * 75 * 3))
    grain = Image.effect_noise(size, 6).convert("RGB")
    return jpeg(Image.blend(small.resize(size, Image.Resampling.BICUBIC), grain, 0.3), optimize=True)


def jpeg(picture: Image.Image, **options: Any) -> bytes:
    return _saved(picture, "JPEG", **{"quality": 80, **options})


def corners(size: tuple[int, int] = (64, 48)) -> Image.Image:
    """Red, green, blue and white quarters, from the top left in reading order."""
    picture = Image.new("RGB", size)
    across, down = size[0] // 2, size[1] // 2
    for index, colour in enumerate(CORNERS):
        picture.paste(Image.new("RGB", (across, down), colour), (index % 2 * across, index // 2 * down))
    return picture


def turned(orientation: int) -> bytes:
    """A JPEG stored askew, that its EXIF orientation sets upright as `corners()`."""
    undo = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }
    stored = corners().transpose(undo[orientation]) if orientation in undo else corners()
    exif = Image.Exif()
    exif[0x0112] = orientation
    return jpeg(stored, exif=exif)


def segment(marker: int, body: bytes) -> bytes:
    """A JPEG segment."""
    return struct.pack(">BBH", 0xFF, marker, len(body) + 2) + body


def with_segments(data: bytes, *segments: bytes) -> bytes:
    """`data`, a JPEG, with segments put in after its start."""
    return data[:2] + b"".join(segments) + data[2:]


def chunk(name: bytes, body: bytes) -> bytes:
    """A PNG chunk."""
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def png(width: int, height: int, depth: int = 8, colour: int = 2, pixels: bytes | None = None) -> bytes:
    """A PNG by hand. Without `pixels` all are zero, made row by row, so that a bomb is cheap to make."""
    head = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    samples = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}.get(colour, 1)
    if pixels is None:
        press = zlib.compressobj(9)
        row = bytes(1 + (width * samples * depth + 7) // 8)
        pixels = b"".join(press.compress(row) for _ in range(height)) + press.flush()
    return PngImagePlugin._MAGIC + chunk(b"IHDR", head) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def claimed_jpeg(width: int, height: int, frame: int = 0xC0, precision: int = 8, in_scan: int = 3) -> bytes:
    """A JPEG that says much of itself and holds nothing."""
    parts = b"".join(bytes((number, 0x11, 0)) for number in (1, 2, 3))
    head = segment(frame, struct.pack(">BHHB", precision, height, width, 3) + parts)
    scan = segment(0xDA, bytes((in_scan,)) + bytes(2 * in_scan + 3))
    return b"\xff\xd8" + segment(0xE0, b"JFIF\0\1\1\0\0\1\0\1\0\0") + head + scan + bytes(64) + b"\xff\xd9"


def webp(*chunks: tuple[bytes, bytes]) -> bytes:
    """A WebP by hand."""
    parts = (name + struct.pack("<I", len(data)) + data + bytes(len(data) % 2) for name, data in chunks)
    body = b"".join(parts)
    return b"RIFF" + struct.pack("<I", len(body) + 4) + b"WEBP" + body


def webp_canvas(width: int, height: int, flags: int = 0) -> bytes:
    """The body of a VP8X chunk."""
    return bytes((flags, 0, 0, 0)) + (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")


def _saved(picture: Image.Image, kind: str, **options: Any) -> bytes:
    out = io.BytesIO()
    picture.save(out, kind, **options)
    return out.getvalue()


def _exif() -> Image.Exif:
    exif = Image.Exif()
    exif[0x010E] = MARK.decode()
    exif.get_ifd(0x8825).update({1: "N", 2: (59.0, 19.0, 45.0), 3: "E", 4: (18.0, 4.0, 7.0)})
    return exif


def _zip() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("payload.js", MARK)
    return out.getvalue()


def _wide_profile() -> bytes:
    """A display profile that is not sRGB, with MARK in its tail."""
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("XYZ")).tobytes() + MARK


def _many_scans(times: int) -> bytes:
    """A progressive JPEG of 12 Mpx whose last scan is repeated."""
    data = jpeg(_flat((4_000, 3_000)), progressive=True)
    last = data.rindex(b"\xff\xda")
    return data[:last] + data[last:-2] * times + b"\xff\xd9"


def _second_frame() -> bytes:
    """A small picture's frame before that of the real one."""
    return with_segments(jpeg(corners()), claimed_jpeg(9, 9)[20:39])


def _many_segments() -> bytes:
    return with_segments(jpeg(corners()), *[segment(0xFE, b"")] * 9000)


def _swollen_text() -> bytes:
    """A compressed text of a thousandth of its size."""
    data = _saved(corners(), "PNG")
    return data[:33] + chunk(b"zTXt", b"a\0\0" + zlib.compress(bytes(900_000))) + data[33:]


def _mpo() -> bytes:
    return _saved(corners(), "MPO", save_all=True, append_images=[corners()], exif=_exif())


def _frames(kind: str) -> bytes:
    pictures = [Image.new("RGB", (32, 32), colour) for colour in ("red", "green", "blue")]
    return _saved(pictures[0], kind, save_all=True, append_images=pictures[1:], duration=50)


def _png_text() -> bytes:
    text = PngImagePlugin.PngInfo()
    text.add_text("Comment", MARK.decode())
    text.add_itxt("XML:com.adobe.xmp", MARK.decode(), zip=True)
    return _saved(corners(), "PNG", pnginfo=text, exif=_exif())


def _palette() -> bytes:
    return _saved(corners().quantize(16), "PNG", transparency=0)


def _grey16() -> bytes:
    return _saved(Image.new("I;16", (40, 30), 40000), "PNG")


def _broken_exif() -> bytes:
    return with_segments(jpeg(corners()), segment(0xE1, b"Exif\0\0MM\0*\xff\xff\xff\xff" + MARK))


def _xmp() -> bytes:
    body = b"http://ns.adobe.com/xap/1.0/\0<x:xmpmeta>" + MARK + b"</x:xmpmeta>"
    return with_segments(jpeg(corners()), segment(0xE1, body))


def _html_comment() -> bytes:
    return with_segments(jpeg(corners()), segment(0xFE, b"<script>alert(1)</script>" + MARK))


def _iptc() -> bytes:
    return with_segments(jpeg(corners()), segment(0xED, b"Photoshop 3.0\x008BIM\x04\x04" + MARK))


def _flat(size: tuple[int, int], mode: str = "RGB") -> Image.Image:
    return Image.new(mode, size)


NOT_IMAGE = "photo_not_image"
TOO_LARGE = "too_large"
UNREADABLE = "unreadable"
TOO_HEAVY = "too_heavy"
READY = "ready"

FOREIGN = [
    Sample("gif named jpg", lambda: _saved(corners(), "GIF"), NOT_IMAGE),
    Sample("tiff named jpg", lambda: _saved(corners(), "TIFF"), NOT_IMAGE),
    Sample("bmp", lambda: _saved(corners(), "BMP"), NOT_IMAGE),
    Sample("ico", lambda: _saved(corners(), "ICO"), NOT_IMAGE),
    Sample("svg named jpg", lambda: b"<svg xmlns='http://www.w3.org/2000/svg' onload='x()'/>", NOT_IMAGE),
    Sample("html", lambda: b"<!doctype html><script>alert(1)</script>", NOT_IMAGE),
    Sample("pdf", lambda: b"%PDF-1.7\n" + bytes(200), NOT_IMAGE),
    Sample("zip", _zip, NOT_IMAGE),
    Sample("heic", lambda: b"\0\0\0\x18ftypheic" + bytes(200), NOT_IMAGE),
    Sample("nothing", lambda: b"", NOT_IMAGE),
    Sample("text", lambda: b"not a picture, " * 40, NOT_IMAGE),
]
MALFORMED = [
    Sample("jpeg start alone", lambda: b"\xff\xd8\xff", NOT_IMAGE),
    Sample("jpeg start and script", lambda: b"\xff\xd8\xff" + b"<script>" * 20, NOT_IMAGE),
    Sample("jpeg cut in its header", lambda: photo()[:200], NOT_IMAGE),
    Sample("jpeg without frame", lambda: b"\xff\xd8" + segment(0xDA, bytes(10)) + bytes(64), NOT_IMAGE),
    Sample("jpeg with two frames", _second_frame, NOT_IMAGE),
    Sample("jpeg without width", lambda: claimed_jpeg(0, 100), NOT_IMAGE),
    Sample("jpeg, arithmetic", lambda: claimed_jpeg(64, 64, frame=0xC9), NOT_IMAGE),
    Sample("jpeg, lossless", lambda: claimed_jpeg(64, 64, frame=0xC3), NOT_IMAGE),
    Sample("jpeg, 12 bits", lambda: claimed_jpeg(64, 64, frame=0xC1, precision=12), NOT_IMAGE),
    Sample("jpeg of segments", _many_segments, NOT_IMAGE),
    Sample("png of impossible depth", lambda: png(8, 8, depth=3), NOT_IMAGE),
    Sample("png without pixels", lambda: png(8, 8)[:33] + chunk(b"IEND", b""), NOT_IMAGE),
    Sample("animated png", lambda: _frames("PNG"), NOT_IMAGE),
    Sample("animated webp", lambda: _frames("WEBP"), NOT_IMAGE),
    Sample("webp of bad signature", lambda: webp((b"VP8L", b"\0" * 32)), NOT_IMAGE),
    Sample("webp lossy of bad signature", lambda: webp((b"VP8 ", b"\0" * 32)), NOT_IMAGE),
]
BOMBS = [
    Sample("png of 900 Mpx", lambda: png(30_000, 30_000, depth=1, colour=0), TOO_LARGE),
    Sample("png of 169 Mpx", lambda: png(13_000, 13_000, depth=1, colour=0), TOO_LARGE),
    Sample("png of 49 Mpx in colour", lambda: png(7_000, 7_000), TOO_LARGE),
    Sample("png of 20 Mpx with alpha", lambda: png(5_000, 4_000, colour=6), TOO_LARGE),
    Sample("png of one endless row", lambda: png(20_001, 1), TOO_LARGE),
    Sample("jpeg of 4 Gpx", lambda: claimed_jpeg(65_500, 65_500), TOO_LARGE),
    Sample("jpeg, progressive, 50 Mpx", lambda: claimed_jpeg(8_165, 6_123, frame=0xC2), TOO_LARGE),
    Sample("jpeg, scan by scan, 50 Mpx", lambda: claimed_jpeg(8_165, 6_123, in_scan=1), TOO_LARGE),
    Sample("webp of 268 Mpx", lambda: webp((b"VP8X", webp_canvas(16_383, 16_383))), TOO_LARGE),
    Sample("webp of 12 Mpx", lambda: _saved(_flat((4_000, 3_000)), "WEBP", method=0), TOO_LARGE),
]
HEAVY = [
    Sample("jpeg of 50 Mpx", lambda: jpeg(_flat((8_165, 6_123))), READY),
    Sample("jpeg just under half size", lambda: jpeg(_flat((3_199, 3_199))), READY),
    Sample("jpeg, progressive, 20 Mpx", lambda: jpeg(_flat((5_472, 3_648)), progressive=True), READY),
    Sample("jpeg, cmyk, 12 Mpx", lambda: jpeg(_flat((4_000, 3_000), "CMYK")), READY),
    Sample("png of 12 Mpx", lambda: png(4_000, 3_000), READY),
    Sample("png of 8 Mpx with alpha", lambda: png(3_300, 2_500, colour=6), READY),
    Sample("png of 12 Mpx in one bit", lambda: png(4_000, 3_000, depth=1, colour=0), READY),
    Sample("webp of 5 Mpx", lambda: _saved(_flat((2_600, 2_000)), "WEBP", method=0), READY),
    Sample("jpeg of a hundred scans", lambda: _many_scans(100), TOO_HEAVY),
]
BROKEN = [
    Sample("jpeg cut in half", lambda: photo()[: len(photo()) // 2], UNREADABLE),
    Sample("png cut in half", lambda: _cut(_saved(corners((400, 300)), "PNG")), UNREADABLE),
    Sample("webp cut in half", lambda: _cut(_saved(corners((400, 300)), "WEBP")), UNREADABLE),
    Sample("png with too few pixels", lambda: png(900, 900, pixels=zlib.compress(bytes(300))), UNREADABLE),
    Sample("jpeg that holds nothing", lambda: claimed_jpeg(640, 480), UNREADABLE),
    Sample(
        "webp whose canvas lies",
        lambda: webp((b"VP8X", webp_canvas(640, 480)), (b"VP8 ", _saved(corners(), "WEBP")[20:])),
        UNREADABLE,
    ),
]
CARRIERS = [
    Sample("jpeg and script behind", lambda: jpeg(corners()) + b"<script>" + MARK + b"</script>", READY),
    Sample("jpeg and zip behind", lambda: jpeg(corners()) + _zip(), READY),
    Sample("jpeg with html comment", _html_comment, READY),
    Sample("jpeg with position", lambda: jpeg(corners(), exif=_exif()), READY),
    Sample("jpeg with broken exif", _broken_exif, READY),
    Sample("jpeg with xmp", _xmp, READY),
    Sample("jpeg with iptc", _iptc, READY),
    Sample("jpeg with profile", lambda: jpeg(corners(), icc_profile=_wide_profile()), READY),
    Sample("jpeg with broken profile", lambda: jpeg(corners(), icc_profile=b"profile" + MARK), READY),
    Sample("jpeg of two pictures", _mpo, READY),
    Sample("png with texts", _png_text, READY),
    Sample("png with swollen text", _swollen_text, READY),
    Sample("png with profile", lambda: _saved(corners(), "PNG", icc_profile=_wide_profile()), READY),
    Sample("png and zip behind", lambda: _saved(corners(), "PNG") + _zip(), READY),
    Sample(
        "webp with exif and xmp",
        lambda: _saved(corners(), "WEBP", exif=_exif().tobytes(), xmp=b"<x:xmpmeta>" + MARK),
        READY,
    ),
]
ODD = [
    Sample("jpeg, cmyk", lambda: jpeg(corners().convert("CMYK")), READY),
    Sample("jpeg, grey", lambda: jpeg(corners().convert("L")), READY),
    Sample("jpeg, progressive", lambda: jpeg(corners(), progressive=True), READY),
    Sample("jpeg of one pixel", lambda: jpeg(_flat((1, 1))), READY),
    Sample("jpeg, very wide", lambda: jpeg(_flat((19_999, 3))), READY),
    Sample("png, 16-bit grey", _grey16, READY),
    Sample("png, 16-bit colour", lambda: png(40, 30, depth=16), READY),
    Sample("png with alpha", lambda: _saved(corners().convert("RGBA"), "PNG"), READY),
    Sample("png, grey with alpha", lambda: _saved(_flat((40, 30), "LA"), "PNG"), READY),
    Sample("png with palette and hole", _palette, READY),
    Sample("png with clear colour", lambda: _saved(corners(), "PNG", transparency=(255, 0, 0)), READY),
    Sample("png, one bit", lambda: _saved(_flat((40, 30), "1"), "PNG"), READY),
    Sample("webp with alpha", lambda: _saved(corners().convert("RGBA"), "WEBP", lossless=True), READY),
    *[Sample(f"jpeg turned {number}", lambda number=number: turned(number), READY) for number in range(1, 9)],
]
SAMPLES = [*FOREIGN, *MALFORMED, *BOMBS, *HEAVY, *BROKEN, *CARRIERS, *ODD]


def _cut(data: bytes) -> bytes:
    return data[: len(data) // 2]
