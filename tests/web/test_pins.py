"""PUT of a pin: whole, idempotent, answered with proof."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from app.models import Pin
from tests.builders import a_photo, a_pin, encoded, sha256
from tests.cast import Cast


def desk_view(cast: Cast) -> dict[str, Any]:
    return cast.fatima.get(f"/api/desk/walks/{cast.a.id}/changes").json["items"][0]


FULL = {
    "secondary": "vegetation",
    "place_type": "square",
    "here": {"lat": 60.1701, "lon": 24.9501, "accuracy_m": 8.5, "age_s": 2.0},
    "address": "Kajen 5",
    "text_lang": "sv",
    "severity": 3,
    "acute": True,
    "feeling_day": 4,
    "feeling_dark": 1,
    "avoids": True,
    "when": ["night", "winter"],
    "affected": ["women", "elderly"],
    "proposal": "Laga lampan.",
    "voice": "resident",
    "group": "Hyresgästerna",
    "photos": [{"sha256": "a" * 64, "alt": "En lampa", "order": 0, "phase": "before"}],
}


def test_it_works(cast: Cast) -> None:
    pin_id = uuid4()
    answer = cast.amina.put_pin(pin_id)
    assert answer.status_code == 201
    assert answer.json == {
        "id": str(pin_id),
        "rev": 1,
        "sha256": sha256(encoded(a_pin())),
        "epoch": cast.a.epoch,
        "seq": 1,
        "number": 1,
    }


def test_every_field_arrives_at_the_desk(cast: Cast) -> None:
    assert cast.amina.put_pin(stop_id=str(cast.a.stop_id), **FULL).status_code == 201
    view = desk_view(cast)
    same = {name: value for name, value in FULL.items() if name not in ("here", "photos")}
    assert {name: view[name] for name in same} == same
    assert view["here"] == {"lat": 60.1701, "lon": 24.9501}
    assert (view["accuracy_m"], view["stop_id"]) == (8.5, str(cast.a.stop_id))
    assert [(photo["alt"], photo["state"]) for photo in view["photos"]] == [("En lampa", "expected")]
    assert view["late"] is view["outside"] is view["conflict"] is view["withdrawn"] is False


def test_it_numbers_pins_in_order_of_arrival_within_the_walk(cast: Cast) -> None:
    assert [cast.amina.put_pin().json["number"] for _ in range(3)] == [1, 2, 3]
    assert cast.bengt.put_pin().json["number"] == 1


def test_it_takes_a_revision_and_keeps_the_number(cast: Cast) -> None:
    pin_id = uuid4()
    cast.amina.put_pin(pin_id)
    answer = cast.amina.put_pin(pin_id, rev=2, base_rev=1, text="Mer.", severity=2)
    assert (answer.status_code, answer.json["number"], answer.json["seq"]) == (200, 1, 2)
    view = desk_view(cast)
    assert (view["text"], view["severity"], view["rev"], view["conflict"]) == ("Mer.", 2, 2, False)


def test_two_edits_of_one_revision_keep_what_each_changed(cast: Cast) -> None:
    pin_id = uuid4()
    cast.amina.put_pin(pin_id, severity=1)
    cast.amina.put_pin(pin_id, rev=2, base_rev=1, severity=3)
    cast.amina.put_pin(pin_id, rev=3, base_rev=1, severity=1, text="Bara texten.")
    view = desk_view(cast)
    assert (view["severity"], view["text"], view["conflict"]) == (3, "Bara texten.", False)


def test_one_field_edited_twice_keeps_both_and_asks_a_human_and_no_photo_goes(cast: Cast) -> None:
    """One person with two phones: Amina came back on a second one, and both were offline."""
    pin_id, (one, two) = uuid4(), ({"sha256": sha256(a_photo(n))} for n in (1, 2))
    cast.amina.put_pin(pin_id, text="Först")
    cast.amina.put_pin(pin_id, rev=2, base_rev=1, text="Den ena", photos=[one])
    answer = cast.amina.put_pin(pin_id, rev=2, base_rev=1, text="Den andra", photos=[two])
    assert (answer.status_code, answer.json["rev"]) == (200, 2)
    view = desk_view(cast)
    assert (view["text"], view["conflict"]) == ("Den andra", True)
    assert {photo["sha256"] for photo in view["photos"]} == {one["sha256"], two["sha256"]}
    history = cast.fatima.get(f"/api/desk/walks/{cast.a.id}/pins/{pin_id}/history").json["revisions"]
    assert [each["lost"] for each in history if each.get("lost")] == [{"text": "Den ena"}]


def test_an_edit_of_approved_words_hides_them_again(cast: Cast) -> None:
    pin_id, other = uuid4(), cast.another_phone(cast.a)
    cast.amina.put_pin(pin_id, text="Godkänd")
    url = f"/api/desk/walks/{cast.a.id}/pins/{pin_id}/text-review"
    assert other.feed()[0]["text"] is None
    approved = cast.fatima.put(url, json={"text": "approved"}, headers={"If-Match": '"1"'})
    assert approved.status_code == 200, approved.text
    assert other.feed()[0]["text"] == "Godkänd"
    cast.amina.put_pin(pin_id, rev=2, base_rev=1, text="Något helt annat")
    assert other.feed()[0]["text"] is None
    assert cast.amina.feed()[0]["text"] == "Något helt annat"


def test_withdrawn_it_stays_with_staff_alone(cast: Cast) -> None:
    pin_id, other = uuid4(), cast.another_phone(cast.a)
    cast.amina.put_pin(pin_id)
    answer = cast.amina.withdraw(pin_id)
    assert (answer.status_code, answer.json["rev"], answer.json["seq"]) == (200, 2, 2)
    assert cast.amina.withdraw(pin_id).json == answer.json
    assert desk_view(cast)["withdrawn"] is True
    assert cast.amina.feed()[0]["withdrawn"] is True
    assert all(item.get("gone") for item in other.feed())
    assert cast.one(Pin).withdrawn_at is not None


def test_what_never_came_cannot_be_withdrawn(cast: Cast) -> None:
    answer = cast.amina.withdraw(uuid4())
    assert (answer.status_code, answer.json["code"]) == (404, "not_found")


def test_others_see_where_and_what_kind_but_no_words_and_no_person(cast: Cast) -> None:
    cast.amina.put_pin(**FULL)
    (item,) = cast.another_phone(cast.a).feed()
    told = {"type", "id", "seq", "rev", "number", "kind", "category", "symbol_group", "lat", "lon", "status"}
    assert item.keys() == told | {"late", "mine", "text", "photos"}
    assert (item["mine"], item["text"], item["photos"]) == (False, None, [])


def test_sensitive_and_private_pins_stay_with_staff(cast: Cast) -> None:
    cast.amina.put_pin(category="harassment")
    cast.amina.put_pin(staff_only=True)
    assert cast.another_phone(cast.a).feed() == []
    assert len(cast.amina.feed()) == 2


def test_others_are_not_shown_once_the_walk_is_closed_or_the_organiser_says_no(cast: Cast) -> None:
    cast.amina.put_pin()
    other = cast.another_phone(cast.a)
    assert [item.get("gone", False) for item in other.feed()] == [False]
    cast.set_walk(cast.a, others_visible=False)
    assert [item.get("gone") for item in other.feed()] == [True]
    cast.set_walk(cast.a, others_visible=True, state="closed")
    assert [item.get("gone") for item in other.feed()] == [True]
    assert cast.amina.feed()[0]["mine"] is True
