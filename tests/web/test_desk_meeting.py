"""The projector's page: what a room is shown, and what it never is."""

from __future__ import annotations

import re
from uuid import uuid4

import pytest

from app.db import db, transaction
from app.models import Photo, Pin
from tests.builders import LAT, LON, a_photo, sha256
from tests.cast import Cast

SEEN = "Lampan är trasig."


def shown(cast: Cast) -> str:
    answer = cast.fatima.get(f"/desk/walks/{cast.a.id}/meeting?lang=en")
    assert answer.status_code == 200
    return answer.text


def slides(cast: Cast) -> list[str]:
    return re.findall(r'<section class="slide.*?(?=<section class="slide|</main>)', shown(cast), re.DOTALL)


def a_sent_pin(cast: Cast, pin: str = "approved", words: str = "approved", **fields: object) -> None:
    """A pin of Amina's that the desk has looked at."""
    pin_id = uuid4()
    assert cast.amina.put_pin(pin_id, **fields).status_code == 201
    with cast.app.app_context(), transaction():
        row = db.session.get_one(Pin, pin_id)
        row.review, row.text_review = pin, words


def test_there_is_a_first_slide_one_for_each_stop_and_a_last_one(cast: Cast) -> None:
    first, stop, last = slides(cast)
    assert "The quay after dark" in first
    assert "Bron" in stop
    assert "Thank you!" in last


def test_an_approved_pin_is_shown_at_its_stop(cast: Cast) -> None:
    a_sent_pin(cast)
    _first, stop, _last = slides(cast)
    assert SEEN in stop
    assert "Lighting" in stop


def test_a_pin_far_from_every_stop_is_shown_between_them(cast: Cast) -> None:
    a_sent_pin(cast, there={"lat": LAT + 0.005, "lon": LON})
    _first, stop, between, _last = slides(cast)
    assert SEEN not in stop
    assert SEEN in between


def test_what_is_good_comes_first(cast: Cast) -> None:
    for kind in ("idea", "problem", "positive"):
        a_sent_pin(cast, kind=kind, text=f"Detta: {kind}.")
    text = shown(cast)
    assert text.index("Detta: positive") < text.index("Detta: problem") < text.index("Detta: idea")


@pytest.mark.parametrize(
    "how",
    [
        {"pin": "new"},
        {"pin": "hidden"},
        {"words": "new"},
        {"words": "hidden"},
        {"staff_only": True},
        {"category": "harassment"},
    ],
    ids=str,
)
def test_what_no_one_has_approved_for_others_is_not_shown(cast: Cast, how: dict[str, object]) -> None:
    a_sent_pin(cast, **how)  # type: ignore[arg-type]
    assert SEEN not in shown(cast)


def test_the_public_words_stand_for_the_original(cast: Cast) -> None:
    a_sent_pin(cast)
    with cast.app.app_context(), transaction():
        db.session.query(Pin).one().text_public = {"sv": "En lampa är släckt."}
    text = shown(cast)
    assert "En lampa är släckt." in text
    assert SEEN not in text


def test_what_a_hidden_participant_sent_is_not_shown(cast: Cast) -> None:
    a_sent_pin(cast)
    hidden = cast.fatima.put(
        f"/api/desk/walks/{cast.a.id}/participants/{cast.amina.id}/hidden", json={"hidden": True}
    )
    assert hidden.status_code == 200
    assert SEEN not in shown(cast)


@pytest.mark.parametrize(("review", "times"), [("new", 0), ("hidden", 0), ("approved", 1)])
def test_a_photo_is_shown_once_it_is_approved(cast: Cast, review: str, times: int) -> None:
    jpeg = a_photo(1, (40, 30))
    a_sent_pin(cast, photos=[{"sha256": sha256(jpeg), "alt": "En lampa"}])
    assert cast.amina.put_photo(jpeg).status_code == 201
    cast.encode_photos()
    with cast.app.app_context(), transaction():
        db.session.query(Photo).one().review = review
    assert shown(cast).count("<img class=") == times


def test_answers_are_shown_as_counts_once_three_have_answered(cast: Cast) -> None:
    phones = [cast.amina, *(cast.another_phone(cast.a) for _ in range(2))]
    for phone, score in zip(phones[:2], (2, 4), strict=True):
        phone.put_rating(score=score)
    assert "Too few answers to show." in shown(cast)
    phones[2].put_rating(score=4, text="Hemligt svar")
    _first, stop, _last = slides(cast)
    counts = re.findall(r'<th scope="row">(\d)</th>.*?bars__count">(\d+)<', stop)
    assert counts == [("1", "0"), ("2", "1"), ("3", "0"), ("4", "2"), ("5", "0")]
    assert "3 answers" in stop
    assert "Hemligt svar" not in stop


def test_no_time_and_nobody_is_named(cast: Cast) -> None:
    a_sent_pin(cast)
    text = shown(cast)
    assert str(cast.amina.id) not in text
    assert "18:30" not in text
    assert "<time" not in text


def test_the_wall_is_told_what_it_may_still_show(cast: Cast) -> None:
    a_sent_pin(cast)
    a_sent_pin(cast, words="hidden")
    url = f"/api/desk/walks/{cast.a.id}/meeting/shown"
    told = cast.fatima.get(url).json["pins"]
    assert [(pin["number"], pin["text"]) for pin in told] == [(1, SEEN), (2, "")]
    with cast.app.app_context(), transaction():
        db.session.query(Pin).filter(Pin.number == 1, Pin.walk_id == cast.a.id).one().review = "hidden"
    assert [pin["number"] for pin in cast.fatima.get(url).json["pins"]] == [2]
