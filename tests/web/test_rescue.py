"""A phone's file at the desk: looked at, taken in once under the right name, and doubling nothing."""

from __future__ import annotations

import io
import struct
import zipfile
from typing import Any
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa

from app.adapters.secrets import new_capability
from app.db import db
from app.models import Audit, Leftover, Participant, Photo, Pin, PinRevision, Rating
from app.operations import imports
from app.operations.photos import photo_store
from tests.builders import a_photo, a_pin, a_rating, encoded, sha256
from tests.cast import Cast, Phone
from tests.rescue_files import a_file, a_manifest, a_thing, packed

PICTURE = a_photo(7)
NAMED = [{"sha256": sha256(PICTURE), "alt": "", "order": 0}]


def page(phone: Phone) -> str:
    return f"/desk/walks/{phone.walk.id}/rescue"


def bring(cast: Cast, data: bytes, at: Phone | None = None) -> str:
    """Fatima brings a file; returns where it is looked at."""
    form = {"file": (io.BytesIO(data), "trygga-steg-2026-11-22-0123abcd.zip")}
    answer = cast.fatima.post(page(at or cast.amina), data=form)
    assert answer.status_code == 303, answer.text
    return str(answer.location)


def take_in(cast: Cast, there: str) -> str:
    assert cast.fatima.post(there, data={"act": "take_in"}).status_code == 303
    return str(cast.fatima.get(there).text)


def capability_of(cast: Cast, phone: Phone) -> str:
    """What Amina's phone was given to come back with."""
    return str(phone.client.post(phone.url("capability")).json["rejoin"])


def pins(cast: Cast) -> list[Any]:
    with cast.app.app_context():
        return list(db.session.execute(sa.select(Pin.__table__).order_by(Pin.number)))


def states(cast: Cast, there: str) -> list[str]:
    return [part.split('"')[0] for part in cast.fatima.get(there).text.split('data-state="')[1:]]


def test_what_a_phone_could_not_send_becomes_its_own_pins_and_sending_later_doubles_nothing(
    cast: Cast,
) -> None:
    amina, pin_id, rating_id = cast.amina, uuid4(), uuid4()
    first = a_pin(photos=NAMED)
    second = first | {"rev": 2, "base_rev": 1, "text": "Lampan är fortfarande trasig."}
    answer = a_rating(amina.walk.question_id)
    things = [
        a_thing("pin", pin_id, second),
        a_thing("pin", pin_id, first),
        a_thing("rating", rating_id, answer),
    ]
    data = a_file(a_manifest(amina.walk.id, things), (PICTURE,), capability_of(cast, amina))
    there = bring(cast, data)
    assert states(cast, there) == ["new"]
    shown = cast.fatima.get(f"{there}/photos/{sha256(PICTURE)}")
    assert (shown.status_code, shown.mimetype) == (200, "image/jpeg")
    assert shown.data != PICTURE
    assert shown.headers["Cache-Control"] == "no-store"
    assert pins(cast) == []
    take_in(cast, there)
    (pin,) = pins(cast)
    assert (pin.id, pin.participant_id, pin.rev, pin.text) == (pin_id, amina.id, 2, second["text"])
    cast.encode_photos()
    photo = cast.one(Photo)
    assert (photo.sent_sha256, photo.state, photo.participant_id) == (sha256(PICTURE), "ready", amina.id)
    assert cast.one(Rating).participant_id == amina.id
    # The phone finds network after all.
    for body in (first, second):
        sent = amina.put_json(amina.url("pins", pin_id), body)
        assert (sent.status_code, sent.json["sha256"]) == (200, sha256(encoded(body)))
    assert amina.put_photo(PICTURE).status_code == 200
    assert amina.put_json(amina.url("ratings", rating_id), answer).status_code == 200
    assert len(pins(cast)) == 1
    assert cast.count(PinRevision) == 2
    assert states(cast, bring(cast, data)) == ["held"]


@pytest.mark.parametrize("forged", ["another's capability", "a changed manifest", "another walk's"])
def test_a_forged_proof_is_none(cast: Cast, forged: str) -> None:
    amina, pin_id = cast.amina, uuid4()
    assert amina.put_json(amina.url("pins", pin_id), a_pin(text="Mitt")).status_code == 201
    things = [a_thing("pin", pin_id, a_pin(text="Förfalskat", rev=2, base_rev=1))]
    manifest = a_manifest(amina.walk.id, things)
    capability = capability_of(cast, amina)
    with cast.app.app_context():
        if forged == "another's capability":
            capability = capability.rpartition(".")[0] + "." + "0" * 32
        elif forged == "another walk's":
            capability = new_capability(cast.b.id, amina.id)
    data = a_file(manifest, (), capability)
    if forged == "a changed manifest":
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            proof = archive.read("proof.json")
        data = packed({"walk.json": manifest.replace(b"Kajen", b"Kojan"), "proof.json": proof})
    take_in(cast, bring(cast, data))
    (pin,) = pins(cast)
    assert (pin.text, pin.rev, pin.has_conflict) == ("Mitt", 1, True)
    assert cast.count(PinRevision, PinRevision.is_conflict_copy) == 1
    told = cast.fatima.get(f"/api/desk/walks/{cast.a.id}/pins/{pin_id}/history").json["revisions"]
    assert (told[-1]["by"], told[-1]["act"]) == ("facilitator", None)
    assert told[-1]["conflict_copy"]["text"] == "Förfalskat"


def test_a_wrong_press_forgets_nothing(cast: Cast) -> None:
    there = bring(cast, a_file(a_manifest(cast.a.id, [a_thing("pin", uuid4(), a_pin())])))
    for data in ({}, {"act": "x"}):
        assert cast.fatima.post(there, data=data).status_code == 422
    assert states(cast, there) == ["new"]


def test_a_file_of_which_nothing_came_is_no_success(cast: Cast) -> None:
    body = a_pin() | {"made_at": "i går"}
    there = bring(cast, a_file(a_manifest(cast.a.id, [a_thing("pin", uuid4(), body)])))
    cast.fatima.post(there, data={"act": "take_in"})
    page = cast.fatima.get(there, headers={"Accept-Language": "en"}).text
    assert "Nothing of the phone’s file could be taken in." in page
    assert "The phone’s file is taken in." not in page


def test_who_a_restored_server_has_forgotten_is_known_again_by_the_file(cast: Cast) -> None:
    stranger = uuid4()
    with cast.app.app_context():
        capability = new_capability(cast.a.id, stranger)
    pin_id = uuid4()
    manifest = a_manifest(cast.a.id, [a_thing("pin", pin_id, a_pin())])
    take_in(cast, bring(cast, a_file(manifest, (), capability)))
    assert pins(cast)[0].participant_id == stranger
    answer = cast.nobody.post(f"/api/walks/{cast.a.id}/rejoin", json={"rejoin": capability})
    assert answer.json["participant_id"] == str(stranger)
    assert cast.count(Participant, Participant.id == stranger) == 1


def test_it_is_opened_in_the_walk_it_is_of_and_one_of_nowhere_can_be_taken_in_here(cast: Cast) -> None:
    data = a_file(a_manifest(cast.b.id, [a_thing("pin", uuid4(), a_pin())]))
    there = bring(cast, data)
    assert there.startswith(page(cast.bengt))
    assert there.endswith("?moved=yes")
    nowhere = bring(cast, a_file(a_manifest(uuid4(), [a_thing("pin", uuid4(), a_pin(stop_id=str(uuid4())))])))
    assert nowhere.startswith(page(cast.amina))
    take_in(cast, nowhere)
    (pin,) = pins(cast)
    assert (pin.walk_id, pin.participant_id, pin.stop_id) == (cast.a.id, None, None)


def test_pins_of_another_walk_are_left_where_they_are(cast: Cast) -> None:
    theirs = UUID(cast.bengt.put_pin().json["id"])
    mine = uuid4()
    things = [a_thing("pin", theirs, a_pin(text="Annat")), a_thing("pin", mine, a_pin())]
    there = bring(cast, a_file(a_manifest(cast.a.id, things), (), capability_of(cast, cast.amina)))
    assert sorted(states(cast, there)) == ["elsewhere", "new"]
    take_in(cast, there)
    assert {(pin.id, pin.walk_id) for pin in pins(cast)} == {(theirs, cast.b.id), (mine, cast.a.id)}


def test_a_proved_withdrawal_withdraws_and_an_unproved_one_does_nothing(cast: Cast) -> None:
    pin_id = cast.amina.put_pin().json["id"]
    manifest = a_manifest(cast.a.id, [a_thing("withdrawal", pin_id, {"rev": 2, "base_rev": 1})])
    there = bring(cast, a_file(manifest))
    assert 'act" value="take_in' not in cast.fatima.get(there).text
    take_in(cast, there)
    assert pins(cast)[0].withdrawn_at is None
    take_in(cast, bring(cast, a_file(manifest, (), capability_of(cast, cast.amina))))
    assert pins(cast)[0].withdrawn_at is not None


def test_what_is_broken_in_it_is_left_out_and_the_rest_comes(cast: Cast) -> None:
    whole, broken = uuid4(), uuid4()
    things = [
        a_thing(
            "pin", whole, a_pin(photos=[{"sha256": sha256(b"no picture")}, *NAMED, {"sha256": "a" * 64}])
        ),
        a_thing("pin", broken, a_pin(category=None)),
        a_thing("rating", uuid4(), a_rating(uuid4())),
        a_thing("withdrawal", uuid4(), {"rev": 3, "base_rev": 2}),
    ]
    data = a_file(
        a_manifest(cast.a.id, things, unreadable=["photo"]),
        (b"no picture", PICTURE),
        capability_of(cast, cast.amina),
    )
    there = bring(cast, data)
    assert sorted(states(cast, there)) == ["held", "new", "wrong"]
    text = take_in(cast, there)
    assert [pin.id for pin in pins(cast)] == [whole]
    assert cast.one(Photo).sent_sha256 == sha256(PICTURE)
    assert "problem" not in text


def test_a_photo_whose_pin_is_here_already_comes_without_it(cast: Cast) -> None:
    cast.amina.put_pin(photos=NAMED)
    take_in(cast, bring(cast, a_file(a_manifest(cast.a.id, []), (PICTURE,))))
    cast.encode_photos()
    assert cast.amina.feed()[-1]["photos"][0]["w"] == 64


def test_taking_in_is_once_in_the_log_and_can_be_taken_back_and_brought_back(cast: Cast) -> None:
    pin_id = uuid4()
    manifest = a_manifest(cast.a.id, [a_thing("pin", pin_id, a_pin())])
    there = bring(cast, a_file(manifest, (), capability_of(cast, cast.amina)))
    take_in(cast, there)
    take_in(cast, there)
    assert len(pins(cast)) == 1
    assert cast.one(Audit, Audit.act == "rescue_done").facts == {"pins": 1, "photos": 0}
    assert cast.fatima.post(f"{there}/undone", data={"undone": "yes"}).status_code == 303
    assert pins(cast)[0].withdrawn_at is not None
    assert cast.fatima.get(page(cast.amina)).status_code == 200
    assert cast.fatima.post(f"{there}/undone", data={"undone": "no"}).status_code == 303
    assert pins(cast)[0].withdrawn_at is None


def test_photos_of_a_forgotten_file_are_due_to_go_and_those_taken_in_are_not(cast: Cast) -> None:
    named = a_manifest(cast.a.id, [a_thing("pin", uuid4(), a_pin(photos=NAMED))])
    forgotten = bring(cast, a_file(named, (PICTURE,)))
    taken = bring(cast, a_file(named, (PICTURE,)))
    assert cast.count(Leftover) == 2
    assert cast.fatima.post(forgotten, data={"act": "drop"}).status_code == 303
    take_in(cast, taken)
    left = cast.one(Leftover)
    assert forgotten.rsplit("/", 1)[1] in left.key
    cast.encode_photos()
    with cast.app.app_context():
        keys = {key for key, _written in photo_store().listing()}
    assert [key for key in keys if key.startswith("rescue/")] == [left.key]


def test_a_draft_ends_after_a_day(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    there = bring(cast, a_file(a_manifest(cast.a.id, [])))
    assert cast.fatima.get(there).status_code == 200
    monkeypatch.setattr(imports, "DRAFTS_LAST", -imports.DRAFTS_LAST)
    assert cast.fatima.get(there).status_code == 404
    assert cast.fatima.post(there, data={"act": "take_in"}).status_code == 404


def with_link(data: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(file, "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name))
        info = zipfile.ZipInfo(f"photos/{'b' * 64}.jpg")
        info.external_attr = 0o120777 << 16
        new.writestr(info, "/etc/passwd")
    return file.getvalue()


def hostile(walk_id: UUID) -> dict[str, bytes]:
    """Files that no phone of ours has written."""
    manifest = a_manifest(walk_id, [a_thing("pin", uuid4(), a_pin(photos=NAMED))])
    whole, photo = a_file(manifest, (PICTURE,)), f"photos/{sha256(PICTURE)}.jpg"
    thing = a_thing("pin", uuid4(), a_pin())
    lying = packed({"walk.json": manifest, photo: PICTURE})
    at = lying.rindex(struct.pack("<2L", len(PICTURE), len(PICTURE)))
    bits = bytearray(whole)
    bits[whole.index(PICTURE) + len(PICTURE) // 2] ^= 1

    def said(things: Any = (), **more: Any) -> bytes:
        return a_file(a_manifest(walk_id, things, **more))

    return {
        "nothing": b"",
        "no zip": b"\x89PNG" + bytes(500),
        "cut off": whole[: len(whole) // 2],
        "cut before its end": whole[:-10],
        "another zip": packed({"word/document.xml": b"<x/>"}),
        "climbs out": packed({"walk.json": manifest, "../../etc/passwd": b"x"}),
        "absolute": packed({"walk.json": manifest, "/etc/passwd": b"x"}),
        "a folder": packed({"walk.json": manifest, "photos/": b""}),
        "a link": with_link(whole),
        "a flipped bit": bytes(bits),
        "another picture": packed({"walk.json": manifest, photo: a_photo(8)}),
        "more than it says": lying[:at] + struct.pack("<2L", len(PICTURE) * 2, 10) + lying[at + 8 :],
        "a bomb": packed({"walk.json": bytes(17 * 1024 * 1024)}, zipfile.ZIP_DEFLATED),
        "too many": packed({"walk.json": manifest} | {f"photos/{n:064x}.jpg": b"" for n in range(2100)}),
        "no manifest": packed({photo: PICTURE}),
        "no json": packed({"walk.json": b"{"}),
        "endless nesting": packed({"walk.json": b"[" * 100_000}),
        "not a number": packed({"walk.json": manifest.replace(b'"version":2', b'"version":NaN')}),
        "of the future": said(version=3),
        "of something else": said(format="recipes"),
        "no list": said(things={}),
        "a wrong hash": said(things=[thing | {"sha256": "0" * 64}]),
        "no id": said(things=[thing | {"id": "../x"}]),
        "a lone surrogate": packed({"walk.json": manifest.replace(b"Lampan", b"\\ud800")}),
        "a huge revision": said(things=[thing | {"rev": 2**70}]),
    }


def test_a_hostile_or_damaged_file_is_refused_in_words_and_leaves_nothing(cast: Cast) -> None:
    files = hostile(cast.a.id)
    for what, data in files.items():
        form = {"file": (io.BytesIO(data), "trygga-steg.zip")}
        answer = cast.fatima.post(page(cast.amina), data=form)
        assert (what, answer.status_code) == (what, 422)
        assert 'role="alert"' in answer.text, what
    assert cast.count(Leftover) == 0
    with cast.app.app_context():
        assert list(photo_store().listing()) == []
    assert cast.fatima.post(page(cast.amina)).status_code == 422


def test_an_archived_walk_takes_no_file(cast: Cast) -> None:
    cast.set_walk(cast.a, state="archived")
    form = {"file": (io.BytesIO(a_file(a_manifest(cast.a.id, []))), "x.zip")}
    assert cast.fatima.post(page(cast.amina), data=form).status_code == 410
