"""Faces: found where they are, proposed for a human, and without the extra plainly not looked for."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from flask import Flask
from PIL import Image

from app.adapters import faces as face_finder
from app.adapters import faces_child
from app.db import db
from app.operations import faces
from tests.builders import a_photo, sha256
from tests.cast import Cast, make_cast

FACE = Path(__file__).resolve().parents[1] / "golden/face.jpg"
FOLDER = Path(__file__).resolve().parents[2] / "app/data/faces"


@pytest.fixture(autouse=True)
def child_ends() -> Iterator[None]:
    yield
    face_finder.close()


@pytest.fixture
def looking(app_factory: Callable[..., Flask]) -> Iterator[Cast]:
    """Everyone, where faces are looked for."""
    cast = make_cast(app_factory(FACES="on"))
    yield cast
    with cast.app.app_context():
        db.session.remove()


def a_street(*heights: int) -> bytes:
    """A picture with the same face at several heights, side by side."""
    street = Image.new("RGB", (1600, 1200), (90, 100, 110))
    with Image.open(FACE) as face:
        for place, height in enumerate(heights):
            width = round(face.width * height / face.height)
            street.paste(face.resize((width, height)), (100 + place * 400, 300))
    out = io.BytesIO()
    street.save(out, "JPEG", quality=85)
    return out.getvalue()


def send(cast: Cast, data: bytes) -> None:
    cast.amina.put_pin(photos=[{"sha256": sha256(data), "alt": ""}])
    cast.amina.put_photo(data)
    cast.encode_photos()


def look(cast: Cast) -> list[int]:
    with cast.app.app_context():
        found = [faces.propose(photo_id, datetime.now(UTC)) for photo_id in faces.waiting(10)]
        db.session.remove()
        return found


def staff_photo(cast: Cast) -> dict[str, Any]:
    [view] = cast.fatima.get(f"/api/desk/walks/{cast.a.id}/pins").json["pins"]
    photo: dict[str, Any] = view["photos"][0]
    return photo


def test_each_face_is_proposed_and_larger_than_found(looking: Cast) -> None:
    send(looking, a_street(300, 160))
    before = looking.fatima.get(f"/api/desk/walks/{looking.a.id}/changes").json
    assert look(looking) == [2]
    photo = staff_photo(looking)
    assert photo["looked_at"]
    assert photo["boxes"] == []
    boxes = sorted(photo["proposals"])
    for (x, y, width, height), (left, tall) in zip(boxes, ((100, 300), (500, 160)), strict=True):
        middle = (x + width / 2, y + height / 2)
        assert left < middle[0] < left + 300
        assert 300 < middle[1] < 300 + tall
        assert 0.3 * tall < height < 1.4 * tall
    query = {"epoch": before["epoch"], "after": before["seq"]}
    news = looking.fatima.get(f"/api/desk/walks/{looking.a.id}/changes", query_string=query).json
    assert len(news["items"]) == 1
    assert look(looking) == []


def test_a_proposal_hides_nothing_until_a_human_takes_it(looking: Cast) -> None:
    send(looking, a_street(300))
    look(looking)
    photo = staff_photo(looking)
    url = f"/api/desk/walks/{looking.a.id}/photos/{photo['id']}"
    with looking.fatima.get(f"{url}/full") as before:
        plain = before.get_data()
    taken = {"boxes": photo["proposals"], "proposals": []}
    answer = looking.fatima.put(f"{url}/redaction", json=taken, headers={"If-Match": f'"{photo["seq"]}"'})
    assert answer.json["previous"] == {"boxes": [], "proposals": photo["proposals"]}
    with looking.fatima.get(f"{url}/full") as after:
        burnt = after.get_data()
    x, y, width, height = photo["proposals"][0]
    spot = (x + width // 2, y + height // 2)
    with Image.open(io.BytesIO(plain)) as one, Image.open(io.BytesIO(burnt)) as other:
        assert sum(one.getpixel(spot)) > 60  # type: ignore[arg-type]
        assert sum(other.getpixel(spot)) < 9  # type: ignore[arg-type]


def test_a_picture_of_nobody_has_no_proposals(looking: Cast) -> None:
    send(looking, a_photo(7, (1600, 1200)))
    assert look(looking) == [0]
    assert staff_photo(looking)["proposals"] == []


def test_a_photo_over_which_the_model_dies_is_not_tried_for_ever(
    looking: Cast, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    dying = tmp_path / "dying.py"
    dying.write_text("import sys; sys.stdout.write('+'); sys.stdout.flush(); sys.stdin.buffer.read(4)")
    monkeypatch.setattr(face_finder, "SCRIPT", dying)
    send(looking, a_street(200))
    assert look(looking) == [0]
    assert look(looking) == []


def test_a_model_that_cannot_even_begin_leaves_the_photo_to_be_looked_at(
    looking: Cast, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    broken = tmp_path / "broken.py"
    broken.write_text("raise SystemExit")
    send(looking, a_street(300))
    face_finder.close()
    with monkeypatch.context() as patch:
        patch.setattr(face_finder, "SCRIPT", broken)
        with pytest.raises(face_finder.Unable):
            look(looking)
    assert staff_photo(looking)["looked_at"] is None
    assert look(looking) == [1]


def test_without_the_extra_nothing_is_looked_for_and_the_desk_says_so(
    looking: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    face_finder.are_looked_for.cache_clear()
    with monkeypatch.context() as patch:
        patch.setattr(face_finder, "find_spec", lambda _name: None)
        send(looking, a_street(300))
        assert look(looking) == []
        photo = staff_photo(looking)
        assert (photo["state"], photo["looked_at"], photo["proposals"]) == ("ready", None, [])
        assert '"faces": false' in looking.fatima.get(f"/desk/walks/{looking.a.id}").text
    face_finder.are_looked_for.cache_clear()
    assert '"faces": true' in looking.fatima.get(f"/desk/walks/{looking.a.id}").text
    assert look(looking) == [1]


@pytest.mark.sqlite_is_enough
def test_the_operator_may_switch_it_off(app_factory: Callable[..., Flask]) -> None:
    cast = make_cast(app_factory(FACES="off"))
    send(cast, a_street(300))
    assert look(cast) == []


def test_boxes_over_each_other_are_one_face() -> None:
    rows = [[0, 0, 10, 10, 0.9], [1, 1, 10, 10, 0.8], [50, 0, 10, 10, 0.7], [8, 0, 10, 10, 0.6]]
    kept = faces_child.apart(np.array(rows, dtype=np.float32))
    assert [round(float(row[4]), 1) for row in kept] == [0.9, 0.7, 0.6]
    assert faces_child.apart(np.zeros((0, 5), dtype=np.float32)).shape == (0, 5)


def test_the_model_is_the_one_that_was_looked_at_and_brings_its_licence() -> None:
    told = json.loads((FOLDER / "VENDOR.json").read_text())
    assert hashlib.sha256((FOLDER / told["file"]).read_bytes()).hexdigest() == told["sha256"]
    assert "Permission is hereby granted" in (FOLDER / "LICENSE.txt").read_text()
    assert (FOLDER / told["file"]).stat().st_size < 8_000_000
