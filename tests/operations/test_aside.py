"""The waiting room, what was set aside, hints, and all of one phone in one act."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from flask import Flask
from PIL import Image

from app.db import transaction
from app.models import Audit, Participant, Photo, Pin, Walk
from app.operations import aside, hints, join, review, walks
from app.problems import Problem
from tests.builders import NOW, a_photo, sha256
from tests.cast import Cast, Phone, make_cast

LATER = NOW + timedelta(minutes=1)


def act(cast: Cast, operation: Callable[..., Any], *args: Any) -> Any:
    """Fatima does something now."""
    with cast.app.app_context(), transaction():
        return operation(cast.staff("fatima"), cast.a.id, *args, NOW)


def asked(cast: Cast, operation: Callable[..., Any]) -> Any:
    with cast.app.app_context():
        return operation(cast.staff("fatima"), cast.a.id)


def newcomer(cast: Cast) -> Phone:
    """A phone that joined walk A by its code, now."""
    with cast.app.app_context(), transaction():
        joined = join.join(cast.a.code, NOW)
    browser = cast.app.test_client()
    browser.set_cookie("trygg_walk", joined.token, domain="localhost", path=f"/api/walks/{cast.a.id}")
    return Phone(browser, cast.a, joined.participant_id, joined.token)


def seen(phone: Phone) -> set[str]:
    """Ids of the pins that a phone is shown."""
    return {item["id"] for item in phone.feed() if item["type"] == "pin" and not item.get("gone")}


def thumb_status(phone: Phone, photo_id: UUID) -> int:
    answer = phone.client.get(phone.url("photos", photo_id, "thumb"))
    answer.close()
    return answer.status_code


def a_picture(side: int) -> bytes:
    """Squares of light and dark, as large as asked for."""
    picture = Image.new("L", (8, 6))
    picture.putdata([(37 * n * n + 11 * n) % 256 for n in range(48)])
    file = io.BytesIO()
    picture.resize((side, side * 3 // 4), Image.Resampling.BICUBIC).save(file, "JPEG", quality=85)
    return file.getvalue()


def test_who_joins_a_walk_with_a_waiting_room_is_seen_when_let_in(cast: Cast) -> None:
    act(cast, walks.set_waiting_room, NOW)
    phone, pin_id = newcomer(cast), uuid4()
    assert phone.put_pin(pin_id).status_code == 201
    assert str(pin_id) in seen(phone)
    assert str(pin_id) not in seen(cast.amina)
    let_in = act(cast, review.let_wait, phone.id, False)
    assert let_in == {"previous": True, "waits": False, "pins": 1}
    assert str(pin_id) in seen(cast.amina)
    assert act(cast, review.let_wait, phone.id, True)["previous"] is False
    gone = [item for item in cast.amina.feed() if item["id"] == str(pin_id)]
    assert [item.get("gone") for item in gone] == [True]


def test_what_arrives_after_being_let_in_is_seen_at_once(cast: Cast) -> None:
    act(cast, walks.set_waiting_room, NOW)
    phone = newcomer(cast)
    act(cast, review.let_wait, phone.id, False)
    pin_id = uuid4()
    phone.put_pin(pin_id)
    assert str(pin_id) in seen(cast.amina)


@pytest.mark.parametrize(("wait_from", "waits"), [(None, False), (NOW, True), (LATER, False)])
def test_only_who_joins_from_the_chosen_time_on_waits(cast: Cast, wait_from: Any, waits: bool) -> None:
    act(cast, walks.set_waiting_room, wait_from)
    phone = newcomer(cast)
    assert (cast.one(Participant, Participant.id == phone.id).waiting_at is not None) is waits
    assert cast.one(Participant, Participant.id == cast.amina.id).waiting_at is None


def test_switching_the_waiting_room_off_lets_nobody_in_by_itself(cast: Cast) -> None:
    act(cast, walks.set_waiting_room, NOW)
    phone, pin_id = newcomer(cast), uuid4()
    phone.put_pin(pin_id)
    act(cast, walks.set_waiting_room, None)
    assert str(pin_id) not in seen(cast.amina)


def test_everybody_is_let_in_and_waits_again_in_one_act(cast: Cast) -> None:
    act(cast, walks.set_waiting_room, NOW)
    before = newcomer(cast)
    act(cast, review.let_wait, before.id, False)
    phones = [newcomer(cast), newcomer(cast)]
    for phone in phones:
        phone.put_pin()
    with cast.app.app_context(), transaction():
        assert aside.let_all_in(cast.staff("fatima"), cast.a.id, LATER) == 2
    assert len(seen(cast.amina)) == 2
    assert act(cast, aside.take_back_in, LATER) == 2
    assert seen(cast.amina) == set()
    assert asked(cast, aside.overview)["phones"][-1]["waits"] == 0


def test_a_waiting_participant_s_photo_and_answer_stay_with_staff(cast: Cast) -> None:
    act(cast, walks.set_waiting_room, NOW)
    phone, jpeg = newcomer(cast), a_photo(3)
    phone.put_pin(photos=[{"sha256": sha256(jpeg)}])
    phone.put_photo(jpeg)
    cast.encode_photos()
    photo = cast.one(Photo)
    act(cast, review.review_photo, photo.id, "approved", photo.seq)
    assert (thumb_status(phone, photo.id), thumb_status(cast.amina, photo.id)) == (200, 404)
    act(cast, review.let_wait, phone.id, False)
    assert thumb_status(cast.amina, photo.id) == 200


def test_pins_above_the_quota_are_approved_and_set_aside_again_in_one_act(
    app_factory: Callable[..., Flask],
) -> None:
    cast = make_cast(app_factory(PINS_PER_DEVICE="1"))
    other, ids = cast.another_phone(cast.a), [uuid4() for _ in range(3)]
    for pin_id in ids:
        cast.amina.put_pin(pin_id)
    assert seen(other) == {str(ids[0])}
    (phone,) = asked(cast, aside.overview)["phones"]
    assert (phone["id"], phone["pins"], phone["aside"]) == (cast.amina.id, 3, 2)
    assert act(cast, aside.release, cast.amina.id, True) == 2
    assert seen(other) == set(map(str, ids))
    assert asked(cast, aside.overview)["phones"][0]["released"] == 2
    assert act(cast, aside.release, cast.amina.id, False) == 2
    assert seen(other) == {str(ids[0])}
    assert cast.count(Audit, Audit.act == "release_participant") == 2


def test_a_photo_above_the_quota_is_shown_once_approved(app_factory: Callable[..., Flask]) -> None:
    cast = make_cast(app_factory(PHOTOS_PER_DEVICE="1"))
    cast.amina.put_photo(a_photo(4))
    jpeg = a_photo(5)
    cast.amina.put_pin(photos=[{"sha256": sha256(jpeg)}])
    cast.amina.put_photo(jpeg)
    cast.encode_photos()
    photo, other = cast.one(Photo, Photo.sent_sha256 == sha256(jpeg)), cast.another_phone(cast.a)
    assert photo.quarantine == "over_quota"
    assert asked(cast, aside.overview)["phones"][0]["photos_aside"] == 1
    assert thumb_status(other, photo.id) == 404
    act(cast, review.review_photo, photo.id, "approved", photo.seq)
    assert thumb_status(other, photo.id) == 200


def test_a_photo_that_cannot_be_shown_is_told_with_its_reason_and_tried_again(cast: Cast) -> None:
    whole = a_photo(7, (640, 480))
    broken = whole[: len(whole) // 2]
    cast.amina.put_pin(photos=[{"sha256": sha256(broken)}])
    assert cast.amina.put_photo(broken).status_code == 201
    cast.encode_photos()
    (told,) = asked(cast, aside.overview)["photos"]
    assert (told["reason"], told["sent_bytes"], told["pins"]) == ("unreadable", len(broken), [1])
    assert told["is_kept"]
    act(cast, aside.try_again, told["id"])
    assert cast.one(Photo).state == "received"
    cast.encode_photos()
    assert cast.one(Photo).state == "quarantined"


def test_a_finished_photo_is_not_opened_again(cast: Cast) -> None:
    cast.amina.put_photo(a_photo(1))
    cast.encode_photos()
    photo_id = cast.one(Photo).id
    with pytest.raises(Problem, match="not_found"):
        act(cast, aside.try_again, photo_id)


def test_a_photo_saved_again_in_another_size_is_pointed_out(cast: Cast) -> None:
    big, small = a_picture(800), a_picture(500)
    for phone, jpeg in ((cast.amina, big), (cast.another_phone(cast.a), small)):
        phone.put_pin(photos=[{"sha256": sha256(jpeg)}])
        phone.put_photo(jpeg)
    cast.another_phone(cast.a).put_pin(photos=[{"sha256": sha256(big)}])
    cast.encode_photos()
    assert asked(cast, hints.of_walk) == [
        {"kind": "same_photo", "pins": [1, 3]},
        {"kind": "alike_photo", "pins": [1, 2, 3]},
    ]


def test_hidden_and_withdrawn_pins_are_dealt_with(cast: Cast) -> None:
    jpeg = sha256(a_photo(1))
    ids: list[UUID] = [uuid4(), uuid4()]
    for pin_id in ids:
        cast.amina.put_pin(pin_id, photos=[{"sha256": jpeg}])
    assert asked(cast, hints.of_walk) == [{"kind": "same_photo", "pins": [1, 2]}]
    cast.amina.withdraw(ids[0])
    assert asked(cast, hints.of_walk) == []


@pytest.mark.parametrize("operation", [aside.overview, hints.of_walk])
def test_another_organisation_is_told_nothing(cast: Cast, operation: Callable[..., Any]) -> None:
    with cast.app.app_context(), pytest.raises(Problem, match="not_found"):
        operation(cast.staff("nils"), cast.a.id)


def test_a_participant_of_another_walk_is_not_there(cast: Cast) -> None:
    for operation in (review.let_wait, aside.release):
        with pytest.raises(Problem, match="not_found"):
            act(cast, operation, cast.bengt.id, True)


def test_each_act_is_in_the_log_and_in_the_pin_s_history(cast: Cast) -> None:
    pin_id = uuid4()
    cast.amina.put_pin(pin_id)
    act(cast, review.let_wait, cast.amina.id, True)
    act(cast, review.let_wait, cast.amina.id, False)
    act(cast, walks.set_waiting_room, NOW)
    assert cast.count(Audit, Audit.act == "let_in_participant") == 2
    assert cast.count(Audit, Audit.act == "walk_waiting_room", Audit.walk_id == cast.a.id) == 1
    with cast.app.app_context():
        told = review.history(cast.staff("fatima"), cast.a.id, pin_id)
    assert [row["act"] for row in told[1:]] == [{"participant_waits": True}, {"participant_waits": False}]


def test_letting_in_twice_moves_nothing_the_second_time(cast: Cast) -> None:
    cast.amina.put_pin()
    seq = cast.one(Walk, Walk.id == cast.a.id).feed_seq
    assert act(cast, review.let_wait, cast.amina.id, False) == {"previous": False, "waits": False, "pins": 1}
    assert cast.one(Walk, Walk.id == cast.a.id).feed_seq == seq


def test_pins_column_of_the_first_load_tells_who_waits_and_what_is_aside(cast: Cast) -> None:
    act(cast, walks.set_waiting_room, NOW)
    phone = newcomer(cast)
    phone.put_pin()
    cast.amina.put_pin()
    with cast.app.app_context(), transaction() as session:
        session.execute(sa.update(Pin).where(Pin.number == 2).values(quarantine="over_quota"))
    columns = cast.fatima.get(f"/api/desk/walks/{cast.a.id}/map").json
    bits = {name: 1 << place for place, name in enumerate(columns["flag_bits"])}
    assert [bool(flags & bits["participant_waits"]) for flags in columns["flags"]] == [True, False]
    assert [bool(flags & bits["quarantine"]) for flags in columns["flags"]] == [False, True]
