"""What a photo's header alone decides."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.rules.photos import (
    MAX_DECODE_BYTES,
    DeviceUse,
    Header,
    PhotoRefused,
    PhotoType,
    decoding_scale,
    has_too_many_scans,
    is_over_quota,
    read_header,
)
from tests.photo_fixtures import (
    BOMBS,
    CARRIERS,
    FOREIGN,
    HEAVY,
    MALFORMED,
    ODD,
    Sample,
    claimed_jpeg,
    photo,
    png,
    segment,
    webp,
    webp_canvas,
    with_segments,
)

QUOTA = DeviceUse(pins=60, photos=120, photo_bytes=60_000_000)

pytestmark = pytest.mark.sqlite_is_enough


def header_of(data: bytes) -> Header:
    return read_header(io.BytesIO(data))


def named(sample: Sample) -> str:
    return sample.name


def test_it_works() -> None:
    header = header_of(photo())
    assert (header.type, header.size) == (PhotoType.JPEG, (1600, 1200))


@pytest.mark.parametrize("sample", [*FOREIGN, *MALFORMED, *BOMBS], ids=named)
def test_it_refuses(sample: Sample) -> None:
    with pytest.raises(PhotoRefused) as refused:
        header_of(sample.data)
    assert str(refused.value) == sample.fate


@pytest.mark.parametrize("sample", [*CARRIERS, *ODD, *HEAVY], ids=named)
def test_it_takes_in_whatever_may_be_honest(sample: Sample) -> None:
    assert header_of(sample.data).decode_bytes <= MAX_DECODE_BYTES


@pytest.mark.parametrize(
    ("data", "kind", "size"),
    [
        (png(30, 20), PhotoType.PNG, (30, 20)),
        (claimed_jpeg(300, 200), PhotoType.JPEG, (300, 200)),
        (webp((b"VP8X", webp_canvas(300, 200))), PhotoType.WEBP, (300, 200)),
        (webp((b"VP8L", b"\x2f\x1f\xc0\x02\x00" + bytes(20))), PhotoType.WEBP, (32, 12)),
        (webp((b"VP8 ", b"\0\0\0\x9d\x01\x2a\x40\x01\xf0\x00" + bytes(20))), PhotoType.WEBP, (320, 240)),
    ],
)
def test_it_reads_each_kind_of_header(data: bytes, kind: PhotoType, size: tuple[int, int]) -> None:
    header = header_of(data)
    assert (header.type, header.size) == (kind, size)


def test_it_finds_the_frame_behind_large_metadata() -> None:
    padded = with_segments(photo(), *[segment(0xE1, bytes(65_000))] * 40)
    assert header_of(padded).size == (1600, 1200)


def test_a_progressive_picture_costs_its_coefficients() -> None:
    plain = header_of(claimed_jpeg(4000, 3000))
    assert header_of(claimed_jpeg(4000, 3000, frame=0xC2)).decode_bytes == plain.decode_bytes + 72_000_000
    assert header_of(claimed_jpeg(4000, 3000, in_scan=1)).decode_bytes == plain.decode_bytes + 72_000_000


def test_fifty_megapixels_are_taken_and_one_more_row_is_not() -> None:
    assert header_of(claimed_jpeg(10_000, 5_000)).pixels == 50_000_000
    with pytest.raises(PhotoRefused):
        header_of(claimed_jpeg(10_000, 5_001))


@pytest.mark.parametrize(("long", "scale"), [(1, 1), (1600, 1), (3199, 1), (3200, 2), (6400, 4), (20_000, 8)])
def test_decoding_never_shrinks_below_our_largest_encoding(long: int, scale: int) -> None:
    assert decoding_scale(long, 1) == decoding_scale(1, long) == scale


def test_scans_are_counted_against_pixels() -> None:
    header = header_of(claimed_jpeg(4000, 3000, frame=0xC2))
    assert not has_too_many_scans(header, 12)
    assert has_too_many_scans(header, 100)
    assert not has_too_many_scans(header_of(claimed_jpeg(64, 48, frame=0xC2)), 1000)


@pytest.mark.parametrize(
    ("use", "is_over"),
    [
        (QUOTA, False),
        (DeviceUse(61, 0, 0), True),
        (DeviceUse(0, 121, 0), True),
        (DeviceUse(0, 0, 60_000_001), True),
    ],
)
def test_a_device_has_a_quota(use: DeviceUse, is_over: bool) -> None:
    assert is_over_quota(use, QUOTA) is is_over


@given(
    st.binary(max_size=400),
    st.sampled_from([b"", b"\xff\xd8\xff", png(8, 8)[:24], photo()[:160], b"RIFF0000WEBPVP8L"]),
)
def test_no_bytes_make_it_fail_otherwise(tail: bytes, start: bytes) -> None:
    try:
        header = header_of(start + tail)
    except PhotoRefused:
        return
    assert header.decode_bytes <= MAX_DECODE_BYTES


@given(st.data())
def test_a_damaged_header_is_refused_or_read(data: st.DataObject) -> None:
    sent = bytearray(photo()[:700])
    at = data.draw(st.integers(0, len(sent) - 1))
    sent[at] = data.draw(st.integers(0, 255))
    try:
        header = header_of(bytes(sent))
    except PhotoRefused:
        return
    assert header.decode_bytes <= MAX_DECODE_BYTES
