"""A receipt tells numbers and a day to whoever has its code: true when asked, and nothing else."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest

from app.db import db
from app.models import Participant, Photo, Pin
from tests.builders import a_photo, sha256
from tests.cast import Cast, Phone
from tests.operations.keeping import make, place, put_back

__all__ = ["place"]
FIRST, SECOND = a_photo(1), a_photo(2)


def receipt(phone: Phone) -> dict[str, Any]:
    answer = phone.client.post(phone.url("receipt"))
    assert answer.status_code == 200, answer.text
    return dict(answer.json)


def ask(cast: Cast, code: str) -> tuple[int, list[int]]:
    """The status of the page, and the numbers in its sentences."""
    answer = cast.nobody.post("/kvitto", data={"code": code}, headers={"Accept-Language": "en"})
    found = re.findall(r"(\d+) (?:pin|photo)s? (?:has|have|is|are)", answer.text)
    return answer.status_code, [int(number) for number in found]


def test_it_says_what_is_here_at_the_moment_it_is_asked(cast: Cast) -> None:
    amina, pin_id = cast.amina, str(uuid4())
    both = [{"sha256": sha256(FIRST)}, {"sha256": sha256(SECOND)}]
    code = receipt(amina)["code"]
    assert ask(cast, code) == (200, [])
    amina.put_pin(pin_id, photos=both)
    amina.put_pin(photos=[{"sha256": sha256(FIRST)}])
    amina.put_photo(FIRST)
    assert receipt(amina) == {"code": code, "pins": 2, "photos": 1, "waiting": 1}
    assert ask(cast, code) == (200, [2, 1, 1])
    amina.put_photo(SECOND)
    assert ask(cast, code) == (200, [2, 2])
    assert ask(cast, code.lower().replace("-", " ").replace("0", "o")) == (200, [2, 2])
    amina.withdraw(pin_id)
    assert ask(cast, code) == (200, [1, 1])
    cast.set_walk(cast.a, state="archived")
    assert ask(cast, code) == (200, [1, 1])


def test_it_tells_nothing_but_numbers_and_the_day(cast: Cast) -> None:
    amina = cast.amina
    amina.put_pin(text="Hemligt", photos=[{"sha256": sha256(FIRST)}])
    amina.put_photo(FIRST)
    pin = cast.one(Pin)
    with cast.app.app_context():
        db.session.execute(db.update(Pin).values(review="hidden", quarantine="over_quota"))
        db.session.execute(db.update(Photo).values(review="hidden"))
        db.session.commit()
    text = cast.nobody.post("/kvitto", data={"code": receipt(amina)["code"]}).text
    assert ask(cast, receipt(amina)["code"]) == (200, [1, 1])
    for secret in ("Hemligt", "Kajen", "Staden", str(pin.id), str(amina.id), str(cast.a.id), cast.a.code):
        assert secret not in text
    assert not re.search(r"\d\d:\d\d|60\.\d", text)


def test_no_code_is_another_phones_and_nothing_of_it_lies_in_the_database(cast: Cast) -> None:
    other = cast.another_phone(cast.a)
    codes = {receipt(phone)["code"] for phone in (cast.amina, other, cast.bengt)}
    assert len(codes) == 3
    assert all(re.fullmatch(r"[0-9A-HJKMNP-TV-Z]{5}-[0-9A-HJKMNP-TV-Z]{5}", code) for code in codes)
    kept = str(cast.one(Participant, Participant.id == other.id))
    assert not any(code in kept or code.replace("-", "") in kept for code in codes)


@pytest.mark.parametrize("code", ["00000-00000", "ÅÄÖ", "\x00" * 10, "0" * 5000, "ABCDE-FGHJ\ud800"[:10]])
def test_a_wrong_code_is_told_so(cast: Cast, code: str) -> None:
    receipt(cast.amina)
    assert ask(cast, code)[0] == 404


def test_guessing_is_capped_and_the_right_code_still_answers(cast: Cast) -> None:
    code = receipt(cast.amina)["code"]
    statuses = [ask(cast, f"{n:010}")[0] for n in range(12)]
    assert statuses[0] == 404
    assert statuses[-1] == 429
    assert ask(cast, code)[0] == 200


def test_a_restored_server_says_that_it_lacks_them_until_the_phone_has_come_back(
    cast: Cast, place: str
) -> None:
    amina, pin_id = cast.amina, str(uuid4())
    amina.put_pin()
    name = make(cast, place).name
    amina.put_pin(pin_id)
    code = receipt(amina)["code"]
    assert ask(cast, code) == (200, [2, 0])
    put_back(cast, place, name)
    assert ask(cast, code)[0] == 404  # given after the backup: this database has never heard of it
    assert receipt(amina) == {"code": code, "pins": 1, "photos": 0, "waiting": 0}
    assert ask(cast, code) == (200, [1, 0])
    amina.put_pin(pin_id)
    assert ask(cast, code) == (200, [2, 0])


def test_it_outlives_a_change_of_the_key(cast: Cast) -> None:
    code = receipt(cast.amina)["code"]
    before = cast.app.config["SETTINGS"]
    cast.app.config["SETTINGS"] = replace(before, secret_key="n" * 64, previous_keys=(before.secret_key,))
    assert ask(cast, code)[0] == 200
    assert receipt(cast.amina)["code"] == code
    cast.app.config["SETTINGS"] = replace(before, secret_key="n" * 64, previous_keys=())
    assert ask(cast, code)[0] == 404
    assert receipt(cast.amina)["code"] != code
    cast.app.config["SETTINGS"] = before


def test_an_empty_field_is_asked_to_be_filled_and_a_wrong_code_to_be_looked_at(cast: Cast) -> None:
    english = {"Accept-Language": "en"}
    empty = cast.nobody.post("/kvitto", data={"code": " "}, headers=english)
    wrong = cast.nobody.post("/kvitto", data={"code": "K7M2P-X4T9R"}, headers=english)
    assert (empty.status_code, wrong.status_code) == (422, 404)
    assert "Type the code that the phone shows" in empty.text
    assert "If it is typed right, open the app" in wrong.text
