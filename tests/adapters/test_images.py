"""Pictures through the real decoder, in its real child process."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from app.adapters import children, image_child, images
from app.adapters.children import READY, Child, Lost, Unable
from app.adapters.images import BadPhoto, Encoded, encode
from app.rules import photos
from tests.photo_fixtures import (
    BOMBS,
    BROKEN,
    CARRIERS,
    HEAVY,
    MARK,
    ODD,
    SAMPLES,
    Sample,
    corners,
    jpeg,
    photo,
    turned,
)

MAY_GROW_MB = 150
REMAINS = (MARK, b"Exif", b"xmp", b"XMP", b"ICC_PROFILE", b"Photoshop", b"8BIM", b"MPF", b"script", b"PK\3\4")
ALLOWED_MARKERS = {0xD8, 0xE0, 0xDB, 0xC0, 0xC4, 0xDA, 0xD9}

pytestmark = pytest.mark.sqlite_is_enough


@pytest.fixture(autouse=True, scope="module")
def children_end() -> Iterator[None]:
    yield
    images.close()


def named(sample: Sample) -> str:
    return sample.name


def fate_of(sample: Sample) -> str:
    try:
        encode(sample.data)
    except BadPhoto as bad:
        return bad.reason.value
    return "ready"


def both(encoded: Encoded) -> list[bytes]:
    return [encoded.full, encoded.thumb]


def markers(data: bytes) -> list[int]:
    """Every marker of a JPEG, in order; fails when anything stands outside the segments."""
    found, at = [0xD8], 2
    assert data.startswith(b"\xff\xd8")
    while True:
        assert data[at] == 0xFF
        marker = data[at + 1]
        found.append(marker)
        at += 2 + int.from_bytes(data[at + 2 : at + 4])
        if marker == 0xDA:
            break
    end = data.index(b"\xff\xd9", at)
    assert end + 2 == len(data)
    return [*found, 0xD9]


def opened(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data), formats=("JPEG",))


def test_an_ordinary_photo_gives_both_encodings() -> None:
    encoded = encode(photo())
    assert (encoded.full_size, encoded.thumb_size) == ((1600, 1200), (320, 240))
    assert (opened(encoded.full).size, opened(encoded.thumb).size) == ((1600, 1200), (320, 240))


def test_the_child_and_the_rules_agree_on_the_largest_side() -> None:
    assert image_child.FULL_SIDE == photos.FULL_SIDE


def test_there_are_enough_hostile_samples() -> None:
    assert len({sample.name for sample in SAMPLES}) == len(SAMPLES) >= 60


@pytest.mark.parametrize("sample", [*HEAVY, *BROKEN, *CARRIERS, *ODD], ids=named)
def test_each_sample_meets_its_fate(sample: Sample) -> None:
    assert fate_of(sample) == sample.fate


@pytest.mark.parametrize("sample", BOMBS, ids=named)
def test_a_bomb_is_not_decoded_even_when_it_got_past_the_door(sample: Sample) -> None:
    assert fate_of(sample) == "too_heavy"


@pytest.mark.parametrize("sample", [*CARRIERS, *ODD], ids=named)
def test_nothing_but_the_picture_comes_through(sample: Sample) -> None:
    for data in both(encode(sample.data)):
        assert not [remains for remains in REMAINS if remains in data]
        assert set(markers(data)) <= ALLOWED_MARKERS
        assert not opened(data).getexif()
        assert "icc_profile" not in opened(data).info


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_turned_picture_is_set_upright(orientation: int) -> None:
    encoded = encode(turned(orientation))
    upright, picture = corners(), opened(encoded.full)
    assert picture.size == upright.size
    for at in ((8, 8), (56, 8), (8, 40), (56, 40)):
        seen, meant = picture.getpixel(at), upright.getpixel(at)
        assert max(abs(a - b) for a, b in zip(seen, meant, strict=True)) < 40


def test_transparency_lies_on_white() -> None:
    out = io.BytesIO()
    Image.new("RGBA", (40, 30), (0, 0, 0, 0)).save(out, "PNG")
    assert min(opened(encode(out.getvalue()).full).getpixel((20, 15))) > 250


def test_sixteen_bit_grey_keeps_its_brightness() -> None:
    out = io.BytesIO()
    Image.new("I;16", (40, 30), 32768).save(out, "PNG")
    assert abs(opened(encode(out.getvalue()).full).getpixel((20, 15)) - 128) < 4


def test_a_large_picture_is_shrunk_to_its_long_edge() -> None:
    encoded = encode(jpeg(Image.new("RGB", (3000, 4000), "teal")))
    assert (encoded.full_size, encoded.thumb_size) == ((1200, 1600), (240, 320))


@pytest.mark.parametrize("quality", [40, 60, 80])
def test_encoding_again_does_not_add_bytes(quality: int) -> None:
    sent = jpeg(opened(photo()), quality=quality, optimize=True)
    encoded = encode(sent)
    assert len(encoded.full) <= 1.02 * len(sent)


def test_both_encodings_take_little_more_than_the_upload() -> None:
    encoded = encode(photo())
    assert len(encoded.full) + len(encoded.thumb) <= 1.12 * len(photo())


MEASURE = """
import os, resource, sys
from app.adapters import children, images
def peak():
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmHWM"))
with open(sys.argv[1], "rb") as file:
    before = peak()
    try:
        images.encode(file.read())
    except images.BadPhoto:
        pass
images.close()
print((peak() - before + resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss) // 1024)
"""


@pytest.mark.parametrize("sample", [*HEAVY, *BOMBS[:3]], ids=named)
def test_memory_stays_within_its_bound(sample: Sample, tmp_path: object) -> None:
    path = os.path.join(str(tmp_path), "picture")
    with open(path, "wb") as file:
        file.write(sample.data)
    answer = subprocess.run([sys.executable, "-c", MEASURE, path], check=True, capture_output=True, text=True)
    assert int(answer.stdout) <= MAY_GROW_MB


def test_a_child_that_wants_more_memory_than_it_may_says_so() -> None:
    size = (9_000, 5_500)
    data = jpeg(Image.new("RGB", size), progressive=True, subsampling=0)
    child = images._Child()
    try:
        with pytest.raises(BadPhoto):
            child.encode(data, size)
    finally:
        child.close()


def test_a_killed_child_is_reported_and_the_next_photo_goes_on() -> None:
    child = images._Child()
    os.kill(child._process.pid, signal.SIGKILL)
    child._process.wait()
    with pytest.raises(Lost):
        child.encode(photo(), (1600, 1200))
    child.close()
    assert encode(photo()).full_size == (1600, 1200)


def test_a_hanging_child_is_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(children, "WALL_SECONDS", 0.3)
    child = images._Child()
    os.kill(child._process.pid, signal.SIGSTOP)
    with pytest.raises(Lost):
        child.encode(photo(), (1600, 1200))
    child.close()


def test_a_child_that_cannot_even_begin_blames_no_picture(tmp_path: Path) -> None:
    script = tmp_path / "child.py"
    script.write_text("raise SystemExit('broken')")
    child = Child(script, {})
    with pytest.raises(Unable), child.asked(b"a picture"):
        pass
    child.close()


def test_a_child_leaves_no_compiled_file_that_a_full_disk_could_cut(tmp_path: Path) -> None:
    (tmp_path / "pixels.py").write_text("WORK = 'done'")
    script = tmp_path / "child.py"
    lines = f"import sys; sys.path.insert(0, {str(tmp_path)!r}); import pixels"
    script.write_text(f"{lines}; sys.stdout.write({READY.decode()!r} + pixels.WORK); sys.stdout.flush()")
    child = Child(script, {})
    with child.asked():
        assert child.read(4) == b"done"
    child.close()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["child.py", "pixels.py"]


def test_a_child_holds_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", "not for children")
    child = images._Child()
    try:
        child.encode(photo(), (1600, 1200))
        with open(f"/proc/{child._process.pid}/environ", "rb") as environment:
            assert b"SECRET" not in environment.read()
    finally:
        child.close()


def test_a_child_whose_parent_is_gone_ends() -> None:
    child = images._Child()
    child._to_child.close()
    assert child._process.wait(timeout=20) == 0
    child._from_child.close()


def test_several_threads_decode_at_once() -> None:
    results: list[tuple[int, int]] = []

    def work() -> None:
        results.extend(encode(photo(number)).full_size for number in range(3))

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == [(1600, 1200)] * 9
