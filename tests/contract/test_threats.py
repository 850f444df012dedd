"""Threats of docs/THREATS.md: what is tried, and how little comes of it; a test for each, by its name."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask

from app.models import Audit, Photo, Pin, Walk
from app.rules.categories import catalogue
from app.rules.codes import ALPHABET, LENGTH
from tests.builders import a_photo, sha256
from tests.cast import Cast, Phone, make_cast
from tests.contract.tree import ROOT, text_of

ROW = re.compile(r"^\| \*\*(T\d+)\*\* [^|]*\|[^|]*\| (.+?) \|$", re.MULTILINE)
NAMED = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")


def desk(cast: Cast, path: str, **options: Any) -> Any:
    """Fatima's desk at something of walk A; with `json` it is put there."""
    method = cast.fatima.put if "json" in options else cast.fatima.get
    answer = method(f"/api/desk/walks/{cast.a.id}/{path}", **options)
    assert answer.status_code == 200, answer.text
    return answer.json


def pins_at_desk(cast: Cast) -> dict[int, dict[str, Any]]:
    return {pin["number"]: pin for pin in desk(cast, "pins")["pins"]}


def seen(phone: Phone) -> dict[int, dict[str, Any]]:
    """Pins that a phone is shown, by number."""
    return {pin["number"]: pin for pin in phone.feed() if pin["type"] == "pin" and not pin.get("gone")}


def joins(cast: Cast, code: str, address: str = "127.0.0.1") -> tuple[int, str]:
    answer = cast.nobody.post("/api/join", json={"code": code}, environ_base={"REMOTE_ADDR": address})
    return answer.status_code, answer.json.get("code", "")


def a_photo_at_the_desk(cast: Cast) -> dict[str, Any]:
    """Amina's pin 1 with a photo, encoded and not looked at."""
    jpeg = a_photo(1)
    assert cast.amina.put_pin(photos=[{"sha256": sha256(jpeg)}]).status_code == 201
    assert cast.amina.put_photo(jpeg).status_code == 201
    cast.encode_photos()
    return pins_at_desk(cast)[1]["photos"][0]


def photo_status(phone: Phone, photo: dict[str, Any]) -> int:
    answer = phone.client.get(phone.url("photos", photo["id"], "full"))
    answer.close()
    return answer.status_code


def test_t01_a_flood_is_set_aside_pointed_out_and_hidden_in_one_act(
    app_factory: Callable[..., Flask],
) -> None:
    cast = make_cast(app_factory(PINS_PER_DEVICE="5", PINS_PER_WALK="13"))
    bystander, reader = cast.another_phone(cast.a), cast.another_phone(cast.a)
    assert bystander.put_pin().status_code == 201
    assert {cast.amina.put_pin().status_code for _ in range(12)} == {201}
    assert bystander.put_pin().status_code == 201
    assert len(seen(reader)) == 7
    of_device, of_walk = desk(cast, "figures?lang=en")["alarms"]
    assert of_device.startswith("1 phone has sent far more")
    assert of_walk.startswith("14 pins wait for review")
    assert desk(cast, "hints?lang=en")["alarms"] == [of_device, of_walk]
    for page in ("", "/setup", "/lead"):
        assert of_walk in cast.fatima.get(f"/desk/walks/{cast.a.id}{page}?lang=en").text, page
    kinds = {hint["kind"]: hint["pins"] for hint in desk(cast, "hints")["hints"]}
    assert kinds["many_at_once"] == list(range(2, 14))
    hidden = desk(cast, f"participants/{cast.amina.id}/hidden", json={"hidden": True})
    assert hidden["pins"] == 12
    assert set(seen(reader)) == {1, 14}
    assert desk(cast, "hints")["alarms"] == []
    desk(cast, f"participants/{cast.amina.id}/hidden", json={"hidden": hidden["previous"]})
    assert len(seen(reader)) == 7
    desk(cast, "newcomers", json={"paused": True})
    assert joins(cast, cast.a.code) == (403, "newcomers_paused")
    assert bystander.put_pin().status_code == 201


def test_t02_codes_cannot_be_guessed(app_factory: Callable[..., Flask]) -> None:
    assert len(ALPHABET) ** LENGTH >= 2**40
    cast = make_cast(app_factory(ATTEMPTS_PER_ADDRESS="3", ATTEMPTS_IN_ALL="6"))
    told = [joins(cast, "0000-0000", f"10.0.{n}.1")[0] for n in range(5)]
    assert desk(cast, "figures")["alarms"] == []
    told += [joins(cast, "0000-0000", f"10.0.{n}.1")[0] for n in range(5, 10)]
    assert told == [404] * 6 + [429] * 4
    assert joins(cast, cast.a.code, "10.0.99.1") == (201, "")
    row = cast.one(Walk, Walk.id == cast.a.id)
    kept = f"{row.code_hmac} {row.code_cipher}"
    assert cast.a.code not in kept
    assert cast.a.code.replace("-", "") not in kept
    (alarm,) = desk(cast, "figures?lang=en")["alarms"]
    assert alarm.startswith("Somebody is trying codes at random")
    assert desk(cast, "hints?lang=en")["alarms"] == [alarm]
    cast.set_walk(cast.a, state="closing")
    assert desk(cast, "figures")["alarms"] == []
    assert joins(cast, cast.a.code) == (410, "walk_over")


def test_t03_a_code_that_got_about_is_renewed_and_newcomers_wait(cast: Cast) -> None:
    reader = cast.another_phone(cast.a)
    renewed = cast.fatima.post(f"/api/desk/walks/{cast.a.id}/code", json={}).json["code"]
    assert joins(cast, cast.a.code) == (404, "code_unknown")
    assert cast.amina.put_pin().status_code == 201
    form = {"mode": "now"}
    assert cast.fatima.post(f"/desk/walks/{cast.a.id}/waiting-room", data=form).status_code == 303
    assert "has let you in" in cast.nobody.get(f"/v/{renewed}/info?lang=en").text
    browser = cast.app.test_client()
    joined = browser.post("/api/join", json={"code": renewed}).json
    newcomer = Phone(browser, cast.a, joined["participant_id"], "")
    proof = newcomer.put_pin()
    assert (proof.status_code, proof.json["number"]) == (201, 2)
    assert set(seen(newcomer)) == {1, 2}
    assert set(seen(reader)) == {1}
    desk(cast, f"participants/{newcomer.id}/waiting", json={"waits": False})
    assert set(seen(reader)) == {1, 2}


def test_t04_no_photo_is_shown_before_a_human_approved_it_and_hiding_reaches_everybody(cast: Cast) -> None:
    photo, reader = a_photo_at_the_desk(cast), cast.another_phone(cast.a)
    assert (photo_status(cast.amina, photo), photo_status(reader, photo)) == (200, 404)
    assert seen(reader)[1]["photos"] == []
    path, seq = f"photos/{photo['id']}/review", {"If-Match": f'"{photo["seq"]}"'}
    approved = desk(cast, path, json={"photo": "approved"}, headers=seq)
    shown = reader.client.get(reader.url("photos", photo["id"], "full"))
    assert (shown.status_code, shown.headers["Cache-Control"]) == (200, "private, no-cache")
    shown.close()
    seq = {"If-Match": f'"{approved["seq"]}"'}
    hidden = desk(cast, path, json={"photo": "hidden"}, headers=seq)
    assert hidden["previous"] == "approved"
    assert (photo_status(cast.amina, photo), photo_status(reader, photo)) == (404, 404)
    assert cast.one(Photo).review == "hidden"
    assert cast.count(Audit, Audit.act == "review_photo") == 2


def test_t05_words_about_people_stay_at_the_desk_until_approved(cast: Cast) -> None:
    cast.amina.put_pin(text="Grannen Bo på nummer 7, 070-123 45 67", proposal="Flytta honom")
    reader = cast.another_phone(cast.a)
    assert seen(reader)[1]["text"] is None
    assert "Grannen" not in reader.client.get(reader.url("changes")).text
    pin = pins_at_desk(cast)[1]
    path, seq = f"pins/{pin['id']}/text-review", {"If-Match": f'"{pin["seq"]}"'}
    pin = desk(cast, path, json={"text": "hidden"}, headers=seq)["pin"]
    assert "Grannen" not in reader.client.get(reader.url("changes")).text
    assert pin["text_review"] == "hidden"
    names = [category[tag].lower() for category in catalogue()["categories"] for tag in ("sv", "en")]
    assert not [name for name in names if re.search("person|misstänkt|suspicio|främling|stranger", name)]


def test_t20_the_page_behind_a_poster_says_whose_it_is_and_asks_for_nothing(cast: Cast) -> None:
    first = cast.nobody.get(f"/v/{cast.a.code}?lang=en").text
    assert "Organised by Staden. The address at the top should be localhost." in re.sub(r"\s+", " ", first)
    second = cast.nobody.get(f"/v/{cast.a.code}/info?lang=en").text
    assert "We do not ask for your name" in second
    for page in (first, second):
        assert not re.search(r'<(input(?! type="hidden")|textarea|select)\b', page)
        assert not re.search(r'(?:href|src|action)="(?:https?:)?//', page)
    assert cast.fatima.get(f"/desk/walks/{cast.a.id}/qr").status_code == 200


def test_t34_one_phone_counts_as_one_voice_and_a_repeat_is_pointed_out(cast: Cast) -> None:
    picture = [{"sha256": sha256(a_photo(9))}]
    for _ in range(3):
        cast.amina.put_pin(photos=picture)
    cast.amina.put_pin(there={"lat": -33.9, "lon": 151.2})
    cast.another_phone(cast.a).put_pin()
    pins = pins_at_desk(cast)
    ids = [pin["issue_id"] for pin in pins.values()]
    merged = cast.fatima.post(
        f"/api/desk/walks/{cast.a.id}/issues/merge", json={"into": ids[0], "issues": ids[1:]}
    )
    assert merged.status_code == 200, merged.text
    issue = pins_at_desk(cast)[1]["issue"]
    assert (issue["members"], issue["voices"]) == (5, 2)
    assert pins[4]["outside"] is True
    assert {"kind": "same_photo", "pins": [1, 2, 3]} in desk(cast, "hints")["hints"]
    assert cast.count(Pin, Pin.review == "new") == 5
    cast.set_walk(cast.a, state="closing", closing_at=datetime.now(UTC))
    late = uuid4()
    cast.another_phone(cast.a).put_pin(late)
    assert {pin["id"] for pin in pins_at_desk(cast).values() if pin["late"]} == {str(late)}
    assert cast.count(Audit, Audit.act == "issues_merge") == 1


TABLE = {name: NAMED.findall(tests) for name, tests in ROW.findall(text_of("docs/THREATS.md"))}


@pytest.mark.parametrize("threat", sorted(TABLE))
def test_every_test_that_the_table_names_exists(threat: str) -> None:
    assert TABLE[threat]
    for file, test in TABLE[threat]:
        assert (ROOT / file).exists(), file
        assert re.search(rf"^def {test}\(", text_of(file), re.MULTILINE), f"{file}::{test}"


def test_every_test_here_is_in_the_table() -> None:
    ours = re.findall(r"^def (test_t(\d\d)_\w+)\(", text_of("tests/contract/test_threats.py"), re.MULTILINE)
    assert len(ours) >= 7
    assert not [
        test
        for test, n in ours
        if ("tests/contract/test_threats.py", test) not in TABLE.get(f"T{int(n)}", [])
    ]
