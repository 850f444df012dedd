"""Which photos are taken in, judged from their first bytes alone.

Owns the accepted types, the limits on pixels and memory, and a device's quotas. Promises never to
decode a pixel: it reads headers only, so a hostile file costs microseconds. Does not know where
photos are kept, nor what happens to one that is refused.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from enum import StrEnum
from typing import BinaryIO

MAX_UPLOAD_BYTES = 8 * 1024 * 1024
MAX_PIXELS = 50_000_000
MAX_SIDE = 20_000
MAX_DECODE_BYTES = 100_000_000
FULL_SIDE = 1600
MAX_TRIES = 3

MAX_SEGMENTS = 4096
MAX_SCANNED_PIXELS = 1_000_000_000
"""A progressive JPEG may repeat its scans for ever; each one is a walk over the whole picture."""

START_OF_SCAN = 0xDA
PROGRESSIVE = 0xC2
FRAME_MARKERS = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
DECODABLE_FRAMES = frozenset({0xC0, 0xC1, PROGRESSIVE})

PNG_START = b"\x89PNG\r\n\x1a\n\x00\x00\x00\x0dIHDR"
PNG_DEPTHS = {0: (1, 2, 4, 8, 16), 2: (8, 16), 3: (1, 2, 4, 8), 4: (8, 16), 6: (8, 16)}
PNG_WITH_ALPHA = (4, 6)
PNG_OPAQUE_BYTES = 8.0
PNG_ALPHA_BYTES = 11.5
WEBP_ANIMATED = 0x02
WEBP_BYTES = 18.5


class PhotoType(StrEnum):
    """The picture formats that phones send and every browser can make."""

    JPEG = "image/jpeg"
    PNG = "image/png"
    WEBP = "image/webp"


class Refusal(StrEnum):
    """Why a file is not taken in. The values are codes of the problem catalogue."""

    NOT_IMAGE = "photo_not_image"
    TOO_LARGE = "too_large"


class Quarantine(StrEnum):
    """Why a photo that was taken in is shown to nobody until a human has looked."""

    UNREADABLE = "unreadable"
    TOO_HEAVY = "too_heavy"
    STUCK = "stuck"
    MISSING = "missing"
    OVER_QUOTA = "over_quota"


class PhotoRefused(Exception):
    """The header already says no."""

    def __init__(self, reason: Refusal) -> None:
        super().__init__(reason.value)
        self.reason = reason


@dataclass(frozen=True)
class Header:
    """What a picture says of itself before any pixel is read.

    `work_bytes` is the memory one decoded pixel costs on its way to our encodings, measured per
    format; `kept_bytes` is what the decoder holds of the whole picture besides. `scales` says that
    the decoder can shrink while it decodes.
    """

    type: PhotoType
    width: int
    height: int
    work_bytes: float
    kept_bytes: int = 0
    scales: bool = False

    @property
    def size(self) -> tuple[int, int]:
        return self.width, self.height

    @property
    def pixels(self) -> int:
        return self.width * self.height

    @property
    def decode_bytes(self) -> int:
        """An upper estimate of the memory that this picture takes to decode and shrink."""
        shrink = decoding_scale(self.width, self.height) if self.scales else 1
        return self.kept_bytes + int(self.work_bytes * self.pixels / (shrink * shrink))


@dataclass(frozen=True)
class DeviceUse:
    """What one device has sent to one walk, or may send before its things are set aside."""

    pins: int
    photos: int
    photo_bytes: int


def is_over_quota(use: DeviceUse, quota: DeviceUse) -> bool:
    """Whether a device has sent more than one person does; its things are kept, in quarantine."""
    return use.pins > quota.pins or use.photos > quota.photos or use.photo_bytes > quota.photo_bytes


def decoding_scale(width: int, height: int) -> int:
    """How much a JPEG decoder may shrink on the fly and still fill our largest encoding."""
    room = max(width, height) // FULL_SIDE
    return next(scale for scale in (8, 4, 2, 1) if room >= scale or scale == 1)


def has_too_many_scans(header: Header, scans: int) -> bool:
    """Whether a JPEG repeats its scans so often that decoding it is an attack on our time."""
    return header.kept_bytes > 0 and scans * header.pixels > MAX_SCANNED_PIXELS


def read_header(file: BinaryIO) -> Header:
    """Read the header of the picture in `file`, from its start.

    Raises PhotoRefused for anything but a still JPEG, PNG or WebP, and for a picture whose
    decoding would need too many pixels or too much memory.
    """
    file.seek(0)
    start = _take(file, 16)
    if start.startswith(b"\xff\xd8\xff"):
        header = _read_jpeg(file)
    elif start == PNG_START:
        header = _read_png(file)
    elif start.startswith(b"RIFF") and start.endswith((b"WEBPVP8 ", b"WEBPVP8L", b"WEBPVP8X")):
        header = _read_webp(file)
    else:
        raise PhotoRefused(Refusal.NOT_IMAGE)
    if min(header.size) < 1:
        raise PhotoRefused(Refusal.NOT_IMAGE)
    if max(header.size) > MAX_SIDE or header.pixels > MAX_PIXELS or header.decode_bytes > MAX_DECODE_BYTES:
        raise PhotoRefused(Refusal.TOO_LARGE)
    return header


def _take(file: BinaryIO, size: int) -> bytes:
    data = file.read(size)
    if len(data) < size:
        raise PhotoRefused(Refusal.NOT_IMAGE)
    return data


def _read_jpeg(file: BinaryIO) -> Header:
    """Walk the segments to the first scan: only it tells whether the whole picture is kept."""
    frame: _JpegFrame | None = None
    file.seek(2)
    for _segment in range(MAX_SEGMENTS):
        marker = _next_marker(file)
        (length,) = struct.unpack(">H", _take(file, 2))
        if length < 2:
            break
        if marker == START_OF_SCAN:
            if frame is None:
                break
            return frame.header(components_in_scan=_take(file, 1)[0])
        if marker in FRAME_MARKERS:
            if frame is not None:
                break
            frame = _JpegFrame(marker, _take(file, length - 2))
        else:
            file.seek(length - 2, 1)
    raise PhotoRefused(Refusal.NOT_IMAGE)


def _next_marker(file: BinaryIO) -> int:
    if _take(file, 1) != b"\xff":
        raise PhotoRefused(Refusal.NOT_IMAGE)
    marker = 0xFF
    while marker == 0xFF:
        marker = _take(file, 1)[0]
    return marker


class _JpegFrame:
    """A JPEG's start-of-frame segment: 8-bit, Huffman-coded, one, three or four components."""

    def __init__(self, marker: int, body: bytes) -> None:
        if marker not in DECODABLE_FRAMES or len(body) < 6:
            raise PhotoRefused(Refusal.NOT_IMAGE)
        precision, self.height, self.width, self.components = struct.unpack_from(">BHHB", body)
        if precision != 8 or self.components not in (1, 3, 4) or len(body) != 6 + 3 * self.components:
            raise PhotoRefused(Refusal.NOT_IMAGE)
        self.is_progressive = marker == PROGRESSIVE
        self.factors = [(factor >> 4, factor & 15) for factor in body[7::3]]
        if any(not (1 <= across <= 4 and 1 <= down <= 4) for across, down in self.factors):
            raise PhotoRefused(Refusal.NOT_IMAGE)

    def header(self, components_in_scan: int) -> Header:
        keeps_all = self.is_progressive or components_in_scan < self.components
        pixel = 2.5 if self.components == 1 else 7.5
        kept = self._coefficient_bytes() if keeps_all else 0
        return Header(PhotoType.JPEG, self.width, self.height, pixel, kept, scales=True)

    def _coefficient_bytes(self) -> int:
        # Two bytes per sample; a component holds fewer samples the smaller its sampling factor.
        largest = max(across for across, _ in self.factors) * max(down for _, down in self.factors)
        samples = sum(across * down for across, down in self.factors) / largest
        return int(2 * samples * self.width * self.height)


def _read_png(file: BinaryIO) -> Header:
    """IHDR, then the chunks before the pixels: transparency costs memory, animation is refused."""
    width, height, depth, colour, method, filtering, interlace = struct.unpack(">IIBBBBB", _take(file, 13))
    if depth not in PNG_DEPTHS.get(colour, ()) or method or filtering or interlace > 1:
        raise PhotoRefused(Refusal.NOT_IMAGE)
    work = PNG_ALPHA_BYTES if colour in PNG_WITH_ALPHA else PNG_OPAQUE_BYTES
    file.seek(4, 1)
    for _chunk in range(MAX_SEGMENTS):
        length, name = struct.unpack(">I4s", _take(file, 8))
        if name == b"IDAT":
            return Header(PhotoType.PNG, width, height, work)
        if name in (b"acTL", b"IHDR"):
            break
        if name == b"tRNS":
            work = PNG_ALPHA_BYTES
        file.seek(length + 4, 1)
    raise PhotoRefused(Refusal.NOT_IMAGE)


def _read_webp(file: BinaryIO) -> Header:
    """The first chunk: a lossy frame, a lossless frame, or the extended canvas."""
    file.seek(12)
    name, _length = struct.unpack("<4sI", _take(file, 8))
    body = _take(file, 10)
    if name == b"VP8 ":
        if body[3:6] != b"\x9d\x01\x2a":
            raise PhotoRefused(Refusal.NOT_IMAGE)
        width, height = (side & 0x3FFF for side in struct.unpack_from("<HH", body, 6))
    elif name == b"VP8L":
        if body[0] != 0x2F:
            raise PhotoRefused(Refusal.NOT_IMAGE)
        (bits,) = struct.unpack_from("<I", body, 1)
        width, height = (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    else:
        if body[0] & WEBP_ANIMATED:
            raise PhotoRefused(Refusal.NOT_IMAGE)
        width, height = (int.from_bytes(body[at : at + 3], "little") + 1 for at in (4, 7))
    return Header(PhotoType.WEBP, width, height, WEBP_BYTES)
