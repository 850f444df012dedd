"""Photos in by hash, and our own encodings back to those who may see them."""

from __future__ import annotations

import io
from typing import Any
from uuid import uuid4

import pytest
from PIL import Image

from app.models import Photo, PhotoEncoding
from tests.builders import a_photo, sha256
from tests.cast import Cast, Phone

PHOTO = a_photo(1, (640, 480))


@pytest.fixture
def shown(cast: Cast) -> str:
    """The id of Amina's photo, encoded, on a pin that everyone on the walk sees."""
    cast.amina.put_pin(photos=[{"sha256": sha256(PHOTO), "alt": "En lampa"}])
    cast.amina.put_photo(PHOTO)
    cast.encode_photos()
    return str(cast.one(Photo).id)


def get(phone: Phone, photo_id: str, size: str = "thumb", **headers: str) -> Any:
    answer = phone.client.get(phone.url("photos", photo_id, size), headers=headers)
    answer.get_data()
    answer.close()
    return answer


def review(cast: Cast, photo_id: str, word: str) -> None:
    seq = cast.one(Photo).seq
    url = f"/api/desk/walks/{cast.a.id}/photos/{photo_id}/review"
    answer = cast.fatima.put(url, json={"photo": word}, headers={"If-Match": f'"{seq}"'})
    assert answer.status_code == 200, answer.text


def test_it_works(cast: Cast) -> None:
    first, again = cast.amina.put_photo(PHOTO), cast.amina.put_photo(PHOTO)
    assert (first.status_code, again.status_code) == (201, 200)
    assert (
        first.json
        == again.json
        == {
            "id": sha256(PHOTO),
            "rev": 1,
            "sha256": sha256(PHOTO),
            "epoch": cast.a.epoch,
            "seq": 1,
        }
    )


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_each_format_is_served_as_our_own_jpeg(cast: Cast, kind: str) -> None:
    sent = a_photo(2, (2000, 1500), kind)
    cast.amina.put_pin(photos=[{"sha256": sha256(sent)}])
    assert cast.amina.put_photo(sent, kind=f"image/{kind.lower()}").status_code == 201
    cast.encode_photos()
    photo_id = str(cast.one(Photo).id)
    for size, longest in (("full", 1600), ("thumb", 320)):
        answer = get(cast.amina, photo_id, size)
        assert answer.mimetype == "image/jpeg"
        with Image.open(io.BytesIO(answer.get_data())) as picture:
            assert (picture.format, max(picture.size)) == ("JPEG", longest)
            assert not picture.getexif()
    assert cast.one(Photo).upload_key is None


def test_the_same_photo_on_two_pins_is_stored_once(cast: Cast) -> None:
    for _ in range(2):
        cast.amina.put_pin(photos=[{"sha256": sha256(PHOTO)}])
    cast.amina.put_photo(PHOTO)
    cast.encode_photos()
    views = cast.fatima.get(f"/api/desk/walks/{cast.a.id}/changes").json["items"]
    assert len({view["photos"][0]["id"] for view in views}) == 1
    assert cast.count(PhotoEncoding) == 2


def test_ones_own_photo_is_shown_and_another_phone_waits_for_approval(cast: Cast, shown: str) -> None:
    other = cast.another_phone(cast.a)
    assert get(cast.amina, shown).status_code == 200
    assert get(other, shown).status_code == 404
    assert other.feed()[0]["photos"] == []
    review(cast, shown, "approved")
    assert get(other, shown).status_code == 200
    assert other.feed()[0]["photos"] == [{"id": shown, "w": 640, "h": 480, "alt": "En lampa"}]
    review(cast, shown, "hidden")
    assert get(other, shown).status_code == 404
    assert get(cast.amina, shown).status_code == 404


def test_an_approved_photo_goes_with_its_last_visible_pin(cast: Cast) -> None:
    pin_id, other = uuid4(), cast.another_phone(cast.a)
    cast.amina.put_pin(pin_id, photos=[{"sha256": sha256(PHOTO)}])
    cast.amina.put_photo(PHOTO)
    cast.encode_photos()
    photo_id = str(cast.one(Photo).id)
    review(cast, photo_id, "approved")
    assert get(other, photo_id).status_code == 200
    cast.amina.withdraw(pin_id)
    assert get(other, photo_id).status_code == 404


def test_it_is_asked_for_each_time_and_sent_once(cast: Cast, shown: str) -> None:
    first = get(cast.amina, shown, "full")
    assert first.headers["Cache-Control"] == "private, no-cache"
    again = get(cast.amina, shown, "full", **{"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.get_data()) == (304, b"")


def test_before_it_is_encoded_nothing_is_served(cast: Cast) -> None:
    cast.amina.put_photo(PHOTO)
    assert get(cast.amina, str(cast.one(Photo).id)).status_code == 404
    assert get(cast.amina, str(uuid4())).status_code == 404
    assert get(cast.amina, str(cast.one(Photo).id), "original").status_code == 404
