"""Stories of other systems' failures, as the server can show them: each told once, and not here.

Those of the phone and the desk are in tests/e2e; docs/RELIABILITY.md says which story is which.
"""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from PIL import Image

from app.db import db, transaction
from app.models import Issue, Organisation, Pin
from tests.builders import BOX, LAT, LON, an_owner, sha256
from tests.cast import Cast, Phone
from tests.photo_fixtures import corners, jpeg

FAR_AWAY = (59.0, 19.0, 45.0)
GPS = 0x8825
METRE = 1 / 111_000


def a_photo_that_says(latitude: tuple[float, ...] | None) -> bytes:
    """A picture with a place of its own in it, or with none."""
    exif = Image.Exif()
    if latitude:
        exif.get_ifd(GPS).update({1: "N", 2: latitude, 3: "E", 4: (18.0, 4.0, 7.0)})
    return jpeg(corners(), exif=exif)


def desk(cast: Cast, path: str, **options: Any) -> Any:
    answer = cast.fatima.open(f"/api/desk/walks/{cast.a.id}/{path}", **options)
    assert answer.status_code == 200, answer.text
    return answer.json


def pins_at_desk(cast: Cast) -> list[dict[str, Any]]:
    """Every page of the desk's list."""
    pins: list[dict[str, Any]] = []
    page: dict[str, Any] = {"more": True, "after": 0}
    while page.get("more"):
        page = desk(cast, f"pins?after={pins[-1]['number'] if pins else 0}&limit=40")
        pins += page["pins"]
    return pins


@pytest.mark.parametrize("latitude", [None, FAR_AWAY], ids=["without a place", "with a wrong one"])
def test_f05_a_photo_moves_no_pin_and_carries_no_place(
    cast: Cast, latitude: tuple[float, ...] | None
) -> None:
    """The pin is where the phone stood, whatever the picture says; what is shown of it says nothing."""
    photo, pin_id = a_photo_that_says(latitude), uuid4()
    here = {"lat": LAT, "lon": LON, "accuracy_m": 8.0, "age_s": 2.0}
    body = {"here": here, "photos": [{"sha256": sha256(photo)}]}
    assert cast.amina.put_pin(pin_id, **body).status_code == 201
    assert cast.amina.put_photo(photo).status_code == 201
    cast.encode_photos()
    [pin] = pins_at_desk(cast)
    assert (pin["lat"], pin["lon"], pin["accuracy_m"], pin["source"]) == (LAT, LON, 8.0, "sensor")
    for size in ("full", "thumb"):
        path = f"/api/desk/walks/{cast.a.id}/photos/{pin['photos'][0]['id']}/{size}"
        with cast.fatima.get(path) as shown:
            assert shown.status_code == 200
            assert b"Exif" not in shown.data
            assert b"GPS" not in shown.data


def test_f28_every_count_of_a_walk_is_the_same_number(cast: Cast) -> None:
    """Map, list, feed and table agree, whatever has been withdrawn, hidden or set aside."""
    dice = random.Random(28)
    phones = [cast.amina, *(cast.another_phone(cast.a) for _ in range(2))]
    west, south, east, north = BOX
    for _ in range(60):
        there = {"lat": dice.uniform(south, north), "lon": dice.uniform(west, east)}
        phone, pin_id = dice.choice(phones), uuid4()
        category = dice.choice(["lighting", "from_the_future"])
        assert phone.put_pin(pin_id, there=there, category=category).status_code == 201
        if dice.random() < 0.2:
            assert phone.withdraw(pin_id).status_code == 200
    desk(cast, f"participants/{phones[2].id}/hidden", method="PUT", json={"hidden": True})
    columns, listed = desk(cast, "map"), pins_at_desk(cast)
    fed = desk(cast, "changes?limit=500")["items"]
    assert columns["number"] == sorted(pin["number"] for pin in listed) == list(range(1, 61))
    assert sorted(item["id"] for item in fed) == sorted(pin["id"] for pin in listed)
    assert cast.count(Pin) == 60


def test_f28_a_switch_that_hides_others_hides_them(cast: Cast) -> None:
    reader = cast.another_phone(cast.a)
    assert cast.amina.put_pin().status_code == 201
    assert len(shown(reader)) == 1
    cast.set_walk(cast.a, others_visible=False)
    assert shown(reader) == {}
    assert len(shown(cast.amina)) == 1
    cast.set_walk(cast.a, others_visible=True)
    assert len(shown(reader)) == 1


def shown(phone: Phone) -> dict[str, dict[str, Any]]:
    """What a phone that begins anew is shown."""
    return {pin["id"]: pin for pin in phone.feed() if pin["type"] == "pin" and not pin.get("gone")}


def test_f29_what_the_city_decides_reaches_the_phone_that_asked(cast: Cast) -> None:
    """A pin gets somebody who answers for it, a day, a decision; each step is seen on Amina's phone."""
    pin_id = str(cast.amina.put_pin().json["id"])
    issue = str(cast.one(Pin).issue_id)
    with cast.app.app_context(), transaction():
        home = db.session.get_one(Organisation, cast.ids["organisation"])
        owner = str(an_owner(home, "Gatukontoret").id)
    yesterday = (datetime.now(UTC) - timedelta(days=1)).date().isoformat()
    cursor, seen = cast.amina.changes(), 0
    for fields, status in (
        ({"status": "planned", "owner_id": owner, "due_on": yesterday}, "planned"),
        ({"status": "in_progress"}, "in_progress"),
        ({"status": "done", "decision": {"sv": "Lampan är lagad."}}, "done"),
    ):
        answer = desk(cast, f"issues/{issue}", method="PUT", json=fields, headers={"If-Match": f'"{seen}"'})
        seen = answer["pins"][0]["issue"]["seq"]
        page = cast.amina.changes(epoch=cursor["epoch"], after=cursor["seq"])
        assert [(item["id"], item["status"]) for item in page["items"]] == [(pin_id, status)]
        cursor = page
    [pin] = pins_at_desk(cast)
    told = pin["issue"]
    assert (told["owner_id"], told["due_on"], told["decision"]) == (
        owner,
        yesterday,
        {"sv": "Lampan är lagad."},
    )


def test_f29_what_is_overdue_is_told_with_its_day_until_it_is_done(cast: Cast) -> None:
    """The day stays with the issue: no list of what is late is empty because a day was forgotten."""
    yesterday = (datetime.now(UTC) - timedelta(days=1)).date().isoformat()
    for _ in range(3):
        cast.amina.put_pin()
    issues = [pin["issue"]["id"] for pin in pins_at_desk(cast)]
    for issue in issues[:2]:
        body = {"status": "planned", "due_on": yesterday}
        desk(cast, f"issues/{issue}", method="PUT", json=body, headers={"If-Match": '"0"'})
    late = [pin["issue"] for pin in pins_at_desk(cast) if pin["issue"]["due_on"]]
    assert [(issue["id"], issue["due_on"], issue["status"]) for issue in late] == [
        (issue, yesterday, "planned") for issue in issues[:2]
    ]


def test_f30_two_hundred_pins_along_one_path_are_all_there_and_counted_by_person(cast: Cast) -> None:
    """Nothing is hidden or put together by itself; together is proposed, and voices are counted once."""
    phones = [cast.amina, *(cast.another_phone(cast.a) for _ in range(4))]
    for number in range(200):
        there = {"lat": LAT + number * METRE, "lon": LON}
        assert phones[number % 5].put_pin(there=there, text="Mörkt.").status_code == 201
    listed = pins_at_desk(cast)
    assert len(listed) == len(desk(cast, "map")["number"]) == cast.count(Issue) == 200
    assert {pin["review"] for pin in listed} == {"new"}
    proposed = desk(cast, "duplicates")["suggestions"]
    assert proposed
    assert {one["category"] for one in proposed} == {"lighting"}
    assert len({pin["issue"]["id"] for pin in listed}) == 200
    first, *others = [pin["issue"]["id"] for pin in listed[:40]]
    merged = desk(cast, "issues/merge", method="POST", json={"into": first, "issues": others})
    together = merged["pins"][0]["issue"]
    assert (together["members"], together["voices"]) == (40, 5)
    assert len(pins_at_desk(cast)) == 200
    assert cast.count(Issue, Issue.id == UUID(first)) == 1
