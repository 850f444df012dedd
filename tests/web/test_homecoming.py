"""Pins and answers that a phone's file brought, when the phone itself sends them after all."""

from __future__ import annotations

from uuid import uuid4

import pytest

from app.models import PinPhoto, Rating
from tests.builders import a_pin, a_rating, encoded, sha256
from tests.cast import Cast
from tests.rescue_files import a_file, a_manifest, a_thing
from tests.web.test_rescue import NAMED, bring, capability_of, pins, take_in


def test_a_file_that_proves_nothing_stands_as_entered_by_staff_until_the_phone_comes_home(cast: Cast) -> None:
    amina, pin_id, rating_id = cast.amina, uuid4(), uuid4()
    body, answer = a_pin(), a_rating(amina.walk.question_id)
    things = [a_thing("pin", pin_id, body), a_thing("rating", rating_id, answer)]
    take_in(cast, bring(cast, a_file(a_manifest(amina.walk.id, things))))
    assert pins(cast)[0].participant_id is None
    assert cast.bengt.put_json(cast.bengt.url("pins", pin_id), body).json["code"] == "id_taken"
    other = cast.another_phone(cast.a)
    assert other.put_json(other.url("pins", pin_id), body | {"text": "Nej"}).json["code"] == "id_taken"
    assert amina.put_json(amina.url("pins", pin_id), body).status_code == 200
    assert amina.put_json(amina.url("ratings", rating_id), answer).status_code == 200
    assert pins(cast)[0].participant_id == amina.id
    assert cast.one(Rating).participant_id == amina.id
    later = body | {"rev": 2, "base_rev": 1, "text": "Nu lagad."}
    assert amina.put_json(amina.url("pins", pin_id), later).status_code == 200
    assert other.put_json(other.url("pins", pin_id), body).json["code"] == "id_taken"


def test_a_pin_that_a_changed_file_brought_comes_home_to_who_made_it_and_both_versions_are_kept(
    cast: Cast,
) -> None:
    amina, pin_id = cast.amina, uuid4()
    body = a_pin(text="Mina ord", secret_sha256=sha256(b"Amina's"))
    changed = body | {"text": "Andras ord"}
    take_in(cast, bring(cast, a_file(a_manifest(amina.walk.id, [a_thing("pin", pin_id, changed)]))))
    other = cast.another_phone(cast.a)
    for secret in (None, sha256(b"guessed")):
        sent = other.put_json(other.url("pins", pin_id), body | {"secret_sha256": secret})
        assert sent.json["code"] == "id_taken"
    assert cast.bengt.put_json(cast.bengt.url("pins", pin_id), body).json["code"] == "id_taken"
    assert (pins(cast)[0].participant_id, pins(cast)[0].has_conflict) == (None, False)
    assert body["secret_sha256"] not in str(other.feed())
    for _again in range(2):
        sent = amina.put_json(amina.url("pins", pin_id), body)
        assert (sent.status_code, sent.json["code"], sent.json["stored"]) == (409, "pin_conflict", True)
    (pin,) = pins(cast)
    assert (pin.participant_id, pin.text, pin.has_conflict) == (amina.id, "Andras ord", True)
    told = cast.fatima.get(f"/api/desk/walks/{cast.a.id}/pins/{pin_id}/history").json["revisions"]
    assert [one["conflict_copy"]["text"] for one in told if one["conflict_copy"]] == ["Mina ord"]
    later = body | {"rev": 2, "base_rev": 1, "text": "Nu lagad."}
    assert amina.put_json(amina.url("pins", pin_id), later).status_code == 200
    assert other.put_json(other.url("pins", pin_id), body).json["code"] == "id_taken"


def test_an_answer_that_a_changed_file_brought_gives_way_to_the_phones_own(cast: Cast) -> None:
    amina, rating_id = cast.amina, uuid4()
    own = a_rating(amina.walk.question_id)
    changed = own | {"score": 1, "text": "Andras ord", "rev": 2}
    take_in(cast, bring(cast, a_file(a_manifest(amina.walk.id, [a_thing("rating", rating_id, changed)]))))
    assert cast.one(Rating).text == "Andras ord"
    assert str(rating_id) not in str(amina.changes()), "nobody else can know its id"
    elsewhere = a_rating(cast.bengt.walk.question_id)
    assert cast.bengt.put_json(cast.bengt.url("ratings", rating_id), elsewhere).json["code"] == "id_taken"
    for _again in range(2):
        assert amina.put_json(amina.url("ratings", rating_id), own).status_code == 200
    rating = cast.one(Rating)
    assert (rating.participant_id, rating.text, rating.rev) == (amina.id, own["text"], own["rev"])
    other = cast.another_phone(cast.a)
    assert other.put_json(other.url("ratings", rating_id), changed).json["code"] == "id_taken"


@pytest.mark.parametrize("is_proved", [True, False])
@pytest.mark.parametrize("sends_first", [True, False])
def test_what_the_phone_sends_itself_stands_though_its_file_was_taken_back(
    cast: Cast, is_proved: bool, sends_first: bool
) -> None:
    amina, pin_id = cast.amina, uuid4()
    body = a_pin(text="Mina ord", severity=2, photos=NAMED)
    proof = capability_of(cast, amina) if is_proved else None
    there = bring(cast, a_file(a_manifest(amina.walk.id, [a_thing("pin", pin_id, body)]), (), proof))
    take_in(cast, there)
    sent = [amina.put_json(amina.url("pins", pin_id), body)] if sends_first else []
    cast.fatima.post(f"{there}/undone", data={"undone": "yes"})
    assert (pins(cast)[0].withdrawn_at is None) == sends_first
    sent += [amina.put_json(amina.url("pins", pin_id), body) for _again in range(2)]
    assert {(answer.status_code, answer.json["sha256"]) for answer in sent} == {(200, sha256(encoded(body)))}
    (pin,) = pins(cast)
    assert (pin.withdrawn_at, pin.participant_id, pin.text) == (None, amina.id, "Mina ord")
    if not sends_first:
        assert sent[0].json["seq"] == pin.seq, "no backup made before holds it as it stands"
    assert [one["id"] for one in amina.feed() if one["type"] == "pin"] == [str(pin_id)]
    assert 'value="no"' not in cast.fatima.get(there).text, "nothing of the file is left to bring back"
    # It merges as if there had been no file.
    later = body | {"rev": 2, "base_rev": 1, "severity": None, "photos": []}
    assert amina.put_json(amina.url("pins", pin_id), later).status_code == 200
    (pin,) = pins(cast)
    assert (pin.severity, pin.has_conflict, cast.count(PinPhoto)) == (None, False, 0)
    # It is the phone's now: the file's coming and going leaves it alone, and only the reporter takes it back.
    for undone in ("no", "yes"):
        cast.fatima.post(f"{there}/undone", data={"undone": undone})
        assert pins(cast)[0].withdrawn_at is None
    gone = {"rev": 3, "base_rev": 2}
    assert amina.put_json(f"{amina.url('pins', pin_id)}/withdrawal", gone).status_code == 200
    for late in (body, later):
        assert amina.put_json(amina.url("pins", pin_id), late).status_code == 200
    cast.fatima.post(f"{there}/undone", data={"undone": "no"})
    assert pins(cast)[0].withdrawn_at is not None


def test_a_pin_taken_back_with_its_file_is_lacking_and_may_be_withdrawn(cast: Cast) -> None:
    amina, pin_id, body = cast.amina, uuid4(), a_pin()
    there = bring(
        cast,
        a_file(a_manifest(amina.walk.id, [a_thing("pin", pin_id, body)]), (), capability_of(cast, amina)),
    )
    take_in(cast, there)
    held = {"id": str(pin_id), "rev": 1, "sha256": sha256(encoded(body))}
    assert amina.missing(pins=[held])["pins"] == []
    cast.fatima.post(f"{there}/undone", data={"undone": "yes"})
    assert amina.missing(pins=[held])["pins"] == [str(pin_id)], "its phone would be asked for it"
    gone = {"rev": 2, "base_rev": 1}
    assert amina.put_json(f"{amina.url('pins', pin_id)}/withdrawal", gone).status_code == 200
    cast.fatima.post(f"{there}/undone", data={"undone": "no"})
    assert pins(cast)[0].withdrawn_at is not None, "what its reporter took back stays so"
    assert amina.missing(pins=[held])["pins"] == []
