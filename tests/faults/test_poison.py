"""A photo that brings its decoder down, or holds it for ever (S13): three tries, set aside, others go on."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from app.adapters import children, images
from app.db import db
from app.models import Photo
from tests.builders import sha256
from tests.cast import Cast
from tests.photo_fixtures import photo

POISON = photo(0, (200, 150))
DEEDS = {"memory": "os.kill(os.getpid(), signal.SIGKILL)", "hang": "signal.pause()"}
CHILD = """import hashlib, importlib.util, os, signal, sys
spec = importlib.util.spec_from_file_location("image_child", {path!r})
child = sys.modules["image_child"] = importlib.util.module_from_spec(spec)
spec.loader.exec_module(child)
decode = child.render
def render(data, size, boxes):
    if hashlib.sha256(data).hexdigest() == {poison!r}:
        {deed}
    return decode(data, size, boxes)
child.render = render
child.confine()
child.serve(sys.stdin.buffer, sys.stdout.buffer)
"""


@pytest.fixture(autouse=True)
def children_end() -> Iterator[None]:
    images.close()
    yield
    images.close()


@pytest.mark.parametrize("deed", DEEDS)
def test_s13_a_poison_photo_is_tried_three_times_and_holds_nobody_up(
    deed: str, cast: Cast, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """At one picture the decoding process dies as when the kernel takes memory back, or never answers."""
    script = tmp_path / "child.py"
    text = CHILD.format(path=str(images.CHILD), poison=sha256(POISON), deed=DEEDS[deed])
    script.write_text(text, encoding="utf-8")
    monkeypatch.setattr(images, "CHILD", script)
    if deed == "hang":
        monkeypatch.setattr(children, "WALL_SECONDS", 2.0)
    good = [photo(number, (200, 150)) for number in range(1, 4)]
    for data in (good[0], POISON, *good[1:]):
        assert cast.amina.put_photo(data).status_code == 201
    for tries in (1, 2, 3):
        cast.encode_photos()
        assert states(cast)[sha256(POISON)] == ("received", tries)
        assert deed == "hang" or {states(cast)[sha256(data)] for data in good} == {("ready", 0)}
    cast.encode_photos()
    assert states(cast)[sha256(POISON)] == ("quarantined", 3)
    late = photo(4, (200, 150))
    assert cast.amina.put_photo(late).status_code == 201
    cast.encode_photos()
    assert {states(cast)[sha256(data)][0] for data in (*good, late)} == {"ready"}
    assert cast.amina.put_photo(POISON).status_code == 200


def states(cast: Cast) -> dict[str, tuple[str, int]]:
    with cast.app.app_context():
        rows = db.session.execute(sa.select(Photo.sent_sha256, Photo.state, Photo.tries))
        return {row.sent_sha256: (row.state, row.tries) for row in rows}
