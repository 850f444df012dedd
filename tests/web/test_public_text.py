"""A pin's words: findings marked, a public text beside the original, and two versions that are both kept."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import pytest
from werkzeug.test import TestResponse

from app.models import Audit, PinRevision
from tests.builders import a_photo, sha256
from tests.cast import Cast

NOTE = "Grannen heter Ali Ek, ring 070-123 45 67 🙂 eller ali@example.org"


def view(cast: Cast, pin_id: UUID | None = None) -> dict[str, Any]:
    views = cast.fatima.get(f"/api/desk/walks/{cast.a.id}/pins").json["pins"]
    found: dict[str, Any] = next(one for one in views if pin_id is None or one["id"] == str(pin_id))
    return found


def put(cast: Cast, what: str, body: Any, who: str = "fatima", seen: int | None = None) -> TestResponse:
    pin = view(cast)
    url = f"/api/desk/walks/{cast.a.id}/pins/{pin['id']}/{what}"
    return cast.desk(who).put(url, json=body, headers={"If-Match": f'"{seen or pin["seq"]}"'})


def write(cast: Cast, **texts: str) -> TestResponse:
    answer = put(cast, "public-text", {"text": texts})
    assert answer.status_code == 200, answer.text
    return answer


def others_text(cast: Cast) -> str | None:
    """What another phone reads."""
    [item] = [item for item in cast.another_phone(cast.a).feed() if item["type"] == "pin"]
    text: str | None = item["text"]
    return text


def history(cast: Cast) -> list[dict[str, Any]]:
    told: list[dict[str, Any]] = cast.fatima.get(
        f"/api/desk/walks/{cast.a.id}/pins/{view(cast)['id']}/history"
    ).json["revisions"]
    return told


def test_what_may_name_a_person_is_told_where_a_browser_counts_it(cast: Cast) -> None:
    cast.amina.put_pin(text=NOTE, proposal="Prata med Fatima")
    told = view(cast)["findings"]
    units = {"text": NOTE.encode("utf-16-le"), "proposal": "Prata med Fatima".encode("utf-16-le")}
    said = [
        (one["kind"], units[one["field"]][2 * one["start"] : 2 * one["end"]].decode("utf-16-le"))
        for one in told
    ]
    assert said == [
        ("person", "Ali Ek"),
        ("phone", "070-123 45 67"),
        ("email", "ali@example.org"),
        ("person", "Fatima"),
    ]


def test_extra_fields_are_looked_through_too(cast: Cast) -> None:
    cast.amina.put_pin(text="Mörkt här", extra={"lamp": "17", "who": "Prata med Ali Ek"})
    [told] = view(cast)["findings"]
    assert (told["field"], told["kind"]) == ("extra.who", "person")
    assert "Prata med Ali Ek"[told["start"] : told["end"]] == "Ali Ek"


def test_what_residents_will_read_is_looked_through_too(cast: Cast) -> None:
    cast.amina.put_pin(text="Mörkt här")
    write(cast, sv="Ring Ali Ek.", en="Nobody is named.")
    issue = view(cast)["issue"]
    answer = cast.fatima.put(
        f"/api/desk/walks/{cast.a.id}/issues/{issue['id']}",
        json={"status": "declined", "decision": {"sv": "Ali Ek sa nej på 070-123 45 67."}},
        headers={"If-Match": f'"{issue["seq"]}"'},
    )
    assert answer.status_code == 200, answer.text
    told = [(one["field"], one["kind"]) for one in view(cast)["findings"]]
    assert told == [("public.sv", "person"), ("decision.sv", "person"), ("decision.sv", "phone")]


def test_only_the_approved_public_text_is_public(cast: Cast) -> None:
    cast.amina.put_pin(text=NOTE)
    write(cast, sv="En granne vet mer.")
    assert others_text(cast) is None
    put(cast, "text-review", {"text": "approved"})
    assert others_text(cast) == "En granne vet mer."
    meeting = cast.fatima.get(f"/desk/walks/{cast.a.id}/meeting").text
    assert "070-123" not in meeting
    own = [item for item in cast.amina.feed() if item["type"] == "pin"]
    assert own[0]["text"] == NOTE


def test_the_original_is_kept_and_the_history_shows_both(cast: Cast) -> None:
    cast.amina.put_pin(text=NOTE)
    done = write(cast, sv="En granne vet mer.")
    assert done.json["previous"] == {}
    assert done.json["pin"]["text"] == NOTE
    write(cast, sv="En granne.")
    told = history(cast)
    assert [row["act"]["text_public"] for row in told if row["act"]] == [
        {"sv": "En granne vet mer."},
        {"sv": "En granne."},
    ]
    assert cast.one(PinRevision, PinRevision.actor.startswith("participant:")).fields["text"] == NOTE
    undone = put(cast, "public-text", {"text": done.json["previous"]})
    assert undone.json["pin"]["text_public"] == {}
    with cast.app.app_context():
        assert cast.count(Audit, Audit.act == "public_text") == 3


@pytest.mark.parametrize(
    "body",
    [
        {"text": {"sv": "  "}},
        {"text": {"svenska": "Ja"}},
        {"text": {"sv": "x" * 4001}},
        {"text": None},
        {},
        [],
    ],
)
def test_a_public_text_of_the_wrong_form_is_refused(cast: Cast, body: Any) -> None:
    cast.amina.put_pin(text=NOTE)
    assert put(cast, "public-text", body).status_code == 422
    assert view(cast)["text_public"] == {}


def test_others_may_not_write_it_and_a_stale_version_is_told(cast: Cast) -> None:
    cast.amina.put_pin(text=NOTE)
    body = {"text": {"sv": "Nej"}}
    assert put(cast, "public-text", body, who="nils").status_code == 404
    assert put(cast, "public-text", body, who="ove").status_code == 404
    stale = put(cast, "public-text", body, seen=999)
    assert (stale.status_code, stale.json["current"]["text"]) == (412, NOTE)


def test_f18_phone_and_desk_edit_the_same_pin_and_both_are_kept(cast: Cast) -> None:
    """Offline the phone writes other words and takes a photo away, while the desk writes a public text."""
    pin_id, photo = uuid4(), a_photo(3)
    first = {"text": "Ali står där", "photos": [{"sha256": sha256(photo), "alt": ""}]}
    cast.amina.put_pin(pin_id, **first)
    cast.amina.put_photo(photo)
    cast.encode_photos()
    write(cast, sv="Någon står där.")
    put(cast, "text-review", {"text": "approved"})
    assert others_text(cast) == "Någon står där."

    answer = cast.amina.put_pin(pin_id, rev=2, base_rev=1, text="Ali och Omar står där", photos=[])
    assert answer.status_code == 200
    now = view(cast)
    assert (now["text"], now["text_public"]) == ("Ali och Omar står där", {"sv": "Någon står där."})
    assert (now["conflict"], now["text_review"]) == (True, "new")
    assert others_text(cast) is None  # until a human has chosen
    kept = [row.fields["text"] for row in _revisions(cast)]
    assert kept == ["Ali står där", "Ali och Omar står där"]

    write(cast, sv="Några står där.")
    settled = put(cast, "conflict", {"conflict": False})
    assert (settled.json["previous"], settled.json["pin"]["conflict"]) == (True, False)
    put(cast, "text-review", {"text": "approved"})
    assert others_text(cast) == "Några står där."
    again = cast.amina.put_pin(pin_id, rev=3, base_rev=2, **(first | {"text": "Ali och Omar står där"}))
    assert again.status_code == 200
    [shown] = view(cast)["photos"]
    with cast.fatima.get(f"/api/desk/walks/{cast.a.id}/photos/{shown['id']}/full") as picture:
        assert picture.status_code == 200  # the photo was never deleted


def _revisions(cast: Cast) -> list[Any]:
    from app.db import db

    with cast.app.app_context():
        own = PinRevision.actor.startswith("participant:")
        return list(db.session.query(PinRevision).filter(own).order_by(PinRevision.seq))
