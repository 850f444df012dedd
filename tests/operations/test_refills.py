"""After a restore phones send again what is missing, and staff are told how much has come."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from app.cli_keeping import doctor
from app.db import db
from app.models import Photo, Refill
from app.operations.photos import photo_store
from tests.builders import a_photo, a_pin, encoded, sha256
from tests.cast import Cast
from tests.operations.keeping import LATER, PHOTO, lived_in, make, place, put_back

__all__ = ["lived_in", "place"]


def figures(cast: Cast) -> Any:
    return cast.fatima.get(f"/api/desk/walks/{cast.a.id}/refilled").json


def test_what_phones_send_again_after_a_restore_is_counted_and_new_pins_are_not(
    lived_in: Cast, place: str
) -> None:
    cast, amina = lived_in, lived_in.amina
    name = make(cast, place).name
    assert figures(cast)["code"] == "not_found"
    body = a_pin(photos=[{"sha256": sha256(LATER)}])
    pin_id, proof = _sent(cast, body)
    assert amina.put_photo(LATER).status_code == 201
    held = {"pins": [proof], "photos": [sha256(LATER)]}
    assert amina.missing(**held) == {"pins": [], "ratings": [], "photos": []}
    put_back(cast, place, name)
    assert (figures(cast)["pins"], figures(cast)["photos"]) == (0, 0)
    lacking = amina.missing(**held)
    assert (lacking["pins"], lacking["photos"]) == ([pin_id], [sha256(LATER)])
    assert amina.missing(**held) == lacking
    assert cast.count(Refill) == 2
    assert (figures(cast)["pins"], figures(cast)["photos"]) == (0, 0)
    assert amina.put_json(amina.url("pins", pin_id), body).status_code == 201
    assert (figures(cast)["pins"], figures(cast)["photos"]) == (1, 0)
    assert amina.put_photo(LATER).status_code == 201
    amina.put_pin()
    amina.put_photo(a_photo(9))
    assert (figures(cast)["pins"], figures(cast)["photos"]) == (1, 1)
    page = cast.fatima.get(f"/desk/walks/{cast.a.id}").text
    assert 'id="refilled"' in page
    cast.set_walk(cast.a, epoch_at=None)
    assert 'id="refilled"' not in cast.fatima.get(f"/desk/walks/{cast.a.id}").text


def _sent(cast: Cast, body: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """A pin of Amina's that the server has proved to have: its id, and what her phone keeps of it."""
    pin_id = str(uuid4())
    assert cast.amina.put_json(cast.amina.url("pins", pin_id), body).status_code == 201
    return pin_id, {"id": pin_id, "rev": 1, "sha256": sha256(encoded(body))}


def test_a_phone_that_lacks_nothing_and_a_server_that_lost_nothing_write_nothing(cast: Cast) -> None:
    _pin_id, proof = _sent(cast, a_pin())
    assert cast.amina.missing(pins=[proof], photos=["a" * 64])["photos"] == ["a" * 64]
    assert cast.count(Refill) == 0


def test_the_doctor_tells_how_much_has_come_back(lived_in: Cast) -> None:
    cast = lived_in
    photo = cast.one(Photo)
    with cast.app.app_context():
        for key, _written in list(photo_store().listing()):
            photo_store().delete(key)
    runner = cast.app.test_cli_runner()
    assert "1 photo is asked for" in runner.invoke(doctor, ["--ask-phones"]).output
    with cast.app.app_context():
        db.session.remove()
    assert cast.amina.missing(photos=[photo.sent_sha256])["photos"] == [sha256(PHOTO)]
    assert cast.amina.put_photo(PHOTO).status_code == 201
    cast.encode_photos()
    told = runner.invoke(doctor).output
    assert f"walk {cast.a.id}: 0 pins and 1 photos have come back from phones since" in told
