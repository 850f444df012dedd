"""Review: what staff decide, what others then see, and how it is undone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa

from app.db import transaction
from app.models import Change, Membership, Participant, Pin, PinRevision, Walk
from app.operations import review
from app.problems import Problem
from tests.builders import a_photo, sha256
from tests.cast import Cast, Phone

NOW = datetime(2026, 6, 1, 20, 0, tzinfo=UTC)


def act(
    cast: Cast, operation: Callable[..., dict[str, Any]], *args: Any, who: str = "fatima"
) -> dict[str, Any]:
    """Run an operation as staff, in its own transaction."""
    with cast.app.app_context(), transaction():
        return operation(cast.staff(who), *args, NOW)


def sent_pin(phone: Phone, **fields: Any) -> UUID:
    pin_id = uuid4()
    answer = phone.put_pin(pin_id, **fields)
    assert answer.status_code == 201, answer.text
    return pin_id


def seq_of(cast: Cast, pin_id: UUID) -> int:
    seq: int = cast.one(Pin, Pin.id == pin_id).seq
    return seq


def with_photo(cast: Cast, seed: int = 1) -> tuple[UUID, dict[str, Any]]:
    """A pin of Amina's with one encoded photo, and that photo as staff see it."""
    data = a_photo(seed)
    pin_id = sent_pin(cast.amina, photos=[{"sha256": sha256(data), "alt": "Bron"}])
    assert cast.amina.put_photo(data).status_code == 201
    cast.encode_photos()
    items = cast.fatima.get(f"/api/desk/walks/{cast.a.id}/changes").json["items"]
    [view] = [item for item in items if item["id"] == str(pin_id)]
    return pin_id, view["photos"][0]


def photo_status(phone: Phone, photo: dict[str, Any], size: str = "full") -> int:
    """What a phone gets that asks for the photo."""
    with phone.client.get(phone.url("photos", photo["id"], size)) as answer:
        return answer.status_code


def seen_by_another(cast: Cast) -> dict[str, dict[str, Any]]:
    """The pins of walk A as a second phone's feed tells of them, by id."""
    other = cast.another_phone(cast.a)
    return {item["id"]: item for item in other.feed()}


@pytest.mark.parametrize(("to", "verb"), [("approved", "approve"), ("hidden", "hide")])
def test_a_review_moves_the_pin_in_the_feed_and_says_what_was_before(cast: Cast, to: str, verb: str) -> None:
    pin_id = sent_pin(cast.amina)
    seen = seq_of(cast, pin_id)
    answer = act(cast, review.review_pin, cast.a.id, pin_id, to, seen)
    assert answer["previous"] == "new"
    assert answer["pin"]["review"] == to
    assert answer["pin"]["seq"] > seen
    change = cast.one(Change, Change.thing_id == pin_id)
    assert (change.seq, change.verb) == (answer["pin"]["seq"], verb)
    assert cast.one(Walk, Walk.id == cast.a.id).feed_seq == change.seq


def test_undo_is_the_same_call_with_the_state_before(cast: Cast) -> None:
    pin_id = sent_pin(cast.amina)
    hidden = act(cast, review.review_pin, cast.a.id, pin_id, "hidden", seq_of(cast, pin_id))
    back = act(cast, review.review_pin, cast.a.id, pin_id, hidden["previous"], hidden["pin"]["seq"])
    assert back["previous"] == "hidden"
    assert back["pin"]["review"] == "new"
    assert not seen_by_another(cast)[str(pin_id)].get("gone")


def test_nothing_is_decided_about_a_version_that_was_not_seen(cast: Cast) -> None:
    pin_id = sent_pin(cast.amina)
    seen = seq_of(cast, pin_id)
    act(cast, review.review_pin, cast.a.id, pin_id, "approved", seen)
    with pytest.raises(Problem) as refused:
        act(cast, review.review_pin, cast.a.id, pin_id, "hidden", seen)
    assert refused.value.code == "stale"
    assert refused.value.extra["current"]["review"] == "approved"
    assert cast.one(Pin, Pin.id == pin_id).review == "approved"


def test_a_hidden_pin_goes_from_the_phones_that_had_drawn_it(cast: Cast) -> None:
    pin_id = sent_pin(cast.amina)
    other = cast.another_phone(cast.a)
    before = other.changes()
    assert [item["id"] for item in before["items"]] == [str(pin_id)]
    act(cast, review.review_pin, cast.a.id, pin_id, "hidden", seq_of(cast, pin_id))
    after = other.changes(epoch=before["epoch"], after=before["seq"])
    assert [(item["id"], item.get("gone")) for item in after["items"]] == [(str(pin_id), True)]
    own = cast.amina.changes(epoch=before["epoch"], after=before["seq"])
    assert [(item["id"], item["review"]) for item in own["items"]] == [(str(pin_id), "hidden")]


def test_a_pin_that_nobody_saw_leaves_no_trace_when_it_is_hidden(cast: Cast) -> None:
    pin_id = sent_pin(cast.amina, staff_only=True)
    act(cast, review.review_pin, cast.a.id, pin_id, "hidden", seq_of(cast, pin_id))
    assert str(pin_id) not in seen_by_another(cast)


def test_words_are_shown_to_others_only_while_approved(cast: Cast) -> None:
    pin_id = sent_pin(cast.amina, text="Lampan blinkar.")
    assert seen_by_another(cast)[str(pin_id)]["text"] is None
    approved = act(cast, review.review_text, cast.a.id, pin_id, "approved", seq_of(cast, pin_id))
    assert (approved["previous"], approved["pin"]["review"]) == ("new", "new")
    assert seen_by_another(cast)[str(pin_id)]["text"] == "Lampan blinkar."
    act(cast, review.review_text, cast.a.id, pin_id, "hidden", approved["pin"]["seq"])
    assert seen_by_another(cast)[str(pin_id)]["text"] is None


def test_a_photo_reaches_others_only_while_approved(cast: Cast) -> None:
    pin_id, photo = with_photo(cast)
    other = cast.another_phone(cast.a)
    assert photo_status(other, photo, "thumb") == 404
    approved = act(cast, review.review_photo, cast.a.id, UUID(photo["id"]), "approved", photo["seq"])
    assert approved["previous"] == "new"
    assert [view["id"] for view in approved["pins"]] == [str(pin_id)]
    assert photo_status(other, photo, "thumb") == 200
    assert [one["id"] for one in seen_by_another(cast)[str(pin_id)]["photos"]] == [photo["id"]]
    act(cast, review.review_photo, cast.a.id, UUID(photo["id"]), "hidden", approved["seq"])
    assert photo_status(other, photo, "thumb") == 404
    assert photo_status(cast.amina, photo) == 404
    assert seen_by_another(cast)[str(pin_id)]["photos"] == []


def test_hiding_the_pin_makes_its_approved_photo_unreachable_for_others(cast: Cast) -> None:
    pin_id, photo = with_photo(cast)
    act(cast, review.review_photo, cast.a.id, UUID(photo["id"]), "approved", photo["seq"])
    act(cast, review.review_pin, cast.a.id, pin_id, "hidden", seq_of(cast, pin_id))
    other = cast.another_phone(cast.a)
    assert photo_status(other, photo) == 404


def test_a_photo_on_two_pins_moves_both(cast: Cast) -> None:
    first, photo = with_photo(cast)
    second = sent_pin(cast.amina, photos=[{"sha256": photo["sha256"], "alt": ""}])
    answer = act(cast, review.review_photo, cast.a.id, UUID(photo["id"]), "approved", photo["seq"])
    assert {view["id"] for view in answer["pins"]} == {str(first), str(second)}
    assert all(view["photos"][0]["review"] == "approved" for view in answer["pins"])


def test_a_stale_photo_decision_shows_how_it_stands(cast: Cast) -> None:
    _pin_id, photo = with_photo(cast)
    act(cast, review.review_photo, cast.a.id, UUID(photo["id"]), "hidden", photo["seq"])
    with pytest.raises(Problem) as refused:
        act(cast, review.review_photo, cast.a.id, UUID(photo["id"]), "approved", photo["seq"])
    assert refused.value.code == "stale"
    assert refused.value.extra["current"]["review"] == "hidden"
    assert refused.value.extra["by"] == "Fatima"


def test_everything_from_a_participant_goes_and_comes_back(cast: Cast) -> None:
    pins = {str(sent_pin(cast.amina)) for _ in range(3)}
    bystander = str(sent_pin(cast.another_phone(cast.a)))
    hidden = act(cast, review.hide_participant, cast.a.id, cast.amina.id, True)
    assert hidden == {"previous": False, "hidden": True, "pins": 3}
    seen = seen_by_another(cast)
    assert {key for key, item in seen.items() if item.get("gone")} == pins
    assert not seen[bystander].get("gone")
    shown = act(cast, review.hide_participant, cast.a.id, cast.amina.id, hidden["previous"])
    assert shown["previous"] is True
    assert not any(item.get("gone") for item in seen_by_another(cast).values())


def test_a_hidden_participant_may_go_on_and_only_staff_see_it(cast: Cast) -> None:
    act(cast, review.hide_participant, cast.a.id, cast.amina.id, True)
    pin_id = sent_pin(cast.amina)
    assert str(pin_id) not in seen_by_another(cast)
    assert str(pin_id) in {item["id"] for item in cast.amina.feed()}
    act(cast, review.hide_participant, cast.a.id, cast.amina.id, False)
    assert str(pin_id) in seen_by_another(cast)


def test_hiding_a_participant_twice_moves_nothing_the_second_time(cast: Cast) -> None:
    sent_pin(cast.amina)
    act(cast, review.hide_participant, cast.a.id, cast.amina.id, True)
    seq = cast.one(Walk, Walk.id == cast.a.id).feed_seq
    again = act(cast, review.hide_participant, cast.a.id, cast.amina.id, True)
    assert again["previous"] is True
    assert cast.one(Walk, Walk.id == cast.a.id).feed_seq == seq
    assert cast.one(Participant, Participant.id == cast.amina.id).hidden_at is not None


@pytest.mark.parametrize("who", ["nils"])
def test_foreign_walks_and_foreign_things_look_like_none(cast: Cast, who: str) -> None:
    pin_id = sent_pin(cast.amina)
    seen = seq_of(cast, pin_id)
    attempts: list[tuple[Any, ...]] = [
        (review.review_pin, cast.a.id, pin_id, "hidden", seen),
        (review.review_text, cast.a.id, pin_id, "hidden", seen),
        (review.review_photo, cast.a.id, uuid4(), "hidden", 1),
        (review.hide_participant, cast.a.id, cast.amina.id, True),
    ]
    for attempt in attempts:
        with pytest.raises(Problem, match="not_found"):
            act(cast, *attempt, who=who)
    for attempt in attempts:
        with pytest.raises(Problem, match="not_found"):
            act(cast, attempt[0], cast.b.id, *attempt[2:])
    assert cast.one(Pin, Pin.id == pin_id).review == "new"


def test_every_act_is_kept_with_its_actor(cast: Cast) -> None:
    pin_id, photo = with_photo(cast)
    act(cast, review.review_pin, cast.a.id, pin_id, "approved", seq_of(cast, pin_id))
    act(cast, review.review_photo, cast.a.id, UUID(photo["id"]), "hidden", photo["seq"])
    act(cast, review.hide_participant, cast.a.id, cast.amina.id, True)
    with cast.app.app_context():
        told = review.history(cast.staff("fatima"), cast.a.id, pin_id)
    assert [(row["by"], row["name"]) for row in told] == [("participant", None)] + [
        ("facilitator", "Fatima")
    ] * 3
    assert [row["act"] for row in told[1:]] == [
        {"review": "approved"},
        {"photo": photo["id"], "review": "hidden"},
        {"participant_hidden": True},
    ]


def test_a_revision_after_a_review_still_merges_with_what_the_phone_had_sent(cast: Cast) -> None:
    pin_id = sent_pin(cast.amina, text="Mörkt.")
    act(cast, review.review_pin, cast.a.id, pin_id, "approved", seq_of(cast, pin_id))
    answer = cast.amina.put_pin(pin_id, rev=2, base_rev=1, text="Mycket mörkt.")
    assert answer.status_code == 200, answer.text
    pin = cast.one(Pin, Pin.id == pin_id)
    assert (pin.text, pin.review, pin.has_conflict) == ("Mycket mörkt.", "approved", False)
    assert cast.count(PinRevision, PinRevision.pin_id == pin_id) == 3


def test_changed_words_are_reviewed_anew(cast: Cast) -> None:
    pin_id = sent_pin(cast.amina, text="Mörkt.")
    act(cast, review.review_text, cast.a.id, pin_id, "approved", seq_of(cast, pin_id))
    cast.amina.put_pin(pin_id, rev=2, base_rev=1, text="Något helt annat.")
    assert cast.one(Pin, Pin.id == pin_id).text_review == "new"
    assert seen_by_another(cast)[str(pin_id)]["text"] is None


def test_the_walk_is_locked_before_anything_is_read(cast: Cast) -> None:
    """Without the lock first, two decisions on one version would both be taken."""
    pin_id = sent_pin(cast.amina)
    seen = seq_of(cast, pin_id)
    asked: list[str] = []
    with cast.app.app_context():
        from app.db import db

        @sa.event.listens_for(db.engine, "before_cursor_execute")
        def note(_c: Any, _cur: Any, statement: str, *_rest: Any) -> None:
            asked.append(statement)

        with transaction():
            review.review_pin(cast.staff("fatima"), cast.a.id, pin_id, "approved", seen, NOW)
        sa.event.remove(db.engine, "before_cursor_execute", note)
    first = next(statement for statement in asked if statement.lstrip().upper().startswith("SELECT"))
    assert "FROM walk" in first


def test_others_read_the_public_wording_and_never_the_original(cast: Cast) -> None:
    pin_id = sent_pin(cast.amina, text="Grannen Bo på nummer 7 slår sönder lampan")
    with cast.app.app_context(), transaction() as session:
        words = {"text_public": {"sv": "Lampan slås sönder"}, "text_review": "approved"}
        session.execute(sa.update(Pin).where(Pin.id == pin_id).values(words))
    assert seen_by_another(cast)[str(pin_id)]["text"] == "Lampan slås sönder"
    own = {item["id"]: item for item in cast.amina.feed()}
    assert own[str(pin_id)]["text"] == "Grannen Bo på nummer 7 slår sönder lampan"


def test_who_was_faster_is_named_among_the_organisations_own_people_alone(cast: Cast) -> None:
    def by() -> str | None:
        with pytest.raises(Problem) as refused:
            act(cast, review.review_pin, cast.a.id, pin_id, "hidden", 0)
        named: str | None = refused.value.extra["by"]
        return named

    pin_id = sent_pin(cast.amina)
    assert by() is None  # a participant has no name
    act(cast, review.review_pin, cast.a.id, pin_id, "approved", seq_of(cast, pin_id))
    assert by() == "Fatima"
    own = Membership.facilitator_id == cast.ids["fatima"]
    elsewhere = {"organisation_id": cast.ids["their organisation"]}
    with cast.app.app_context(), transaction() as session:
        session.execute(sa.update(Membership).where(own).values(elsewhere))
    assert by() is None
