"""The access matrix: every route, everyone, and what each is told. The expected answers are written by hand.

A row (access_rows.py) gives the statuses for WHO, in that order. `own`: at the things of a walk that Amina
walks in and Fatima runs; `none`: at ids that do not exist; `other`: at that walk's address with the things of
another. Who may not see a thing is told the same as of one that does not exist. A route without a row
fails, and so does a row without a route. Whoever is allowed comes last, since it may change things.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask

from app.db import db
from app.models import Photo, Pin
from app.operations.facilitators import login_link
from app.operations.packs import SHIPPED
from tests.builders import a_photo, a_pin, a_rating, encoded, sha256
from tests.cast import JSON, Cast, Phone, make_cast
from tests.contract.access_rows import ACCOUNT, DONE, NOT_DONE, RESCUE, ROLES, RUN_PAGE, WHO, Row
from tests.rescue_files import a_file, a_manifest

OVE = {"name": "Ove", "kind": "police"}
THINGS = ("pin_id", "issue_id", "photo_id", "rating_id", "participant_id", "import_id", "rescue_id")
JPEG = "image/jpeg"

PUBLIC = Row("200 200 200 200 200 200")
OPEN = Row("200 200 200 200 200 200", "404 404 404 404 404 404")
WRONG_RECEIPT = Row("404 404 404 404 404 404", form={"code": "00000-00000"})
NOT_JOINED = "401 401 401 401 401 401"
PARTICIPANT = "401 401 401 401 401 200"
THEIR_THING = "401 401 401 401 401 404"
STAFF = "401 401 404 404 200 401"
STAFF_MAKES = "401 401 404 404 201 401"
NO_STAFF = "401 401 404 404 404 401"
PAGE = Row("303 303 404 404 200 303", "303 303 404 404 404 303")
LEAD_PAGE = replace(PAGE, roles="200 403 200")

API = "/api/walks/<uuid:walk_id>"
DESK = "/api/desk/walks/<uuid:walk_id>"
PAGES = "/desk/walks/<uuid:walk_id>"
PICTURE = "photos/<uuid:photo_id>/<any(full, thumb):size>"

WHEN = {"date": "2099-11-11", "from": "18:00", "to": "19:30"}
ABOUT = WHEN | {"title": "Kajen", "light": "dark", "languages": "sv", "categories": "lighting"}


def decided(body: dict[str, Any] | Callable[[Scene], Any], seq: str = "") -> Row:
    """Something staff decide, about a version that they have seen if `seq` names one."""
    seen = {"If-Match": f'"{{{seq}}}"'} if seq else {}
    return Row(STAFF, NO_STAFF, NO_STAFF, body if callable(body) else lambda _scene: body, headers=seen)


MATRIX: dict[tuple[str, str], Row] = {
    # Anyone
    ("GET", "/"): PUBLIC,
    ("POST", "/"): Row("303 303 303 303 303 303", form={"code": "{code}"}),
    ("GET", "/app/"): PUBLIC,
    ("GET", "/app/<uuid:walk_id>"): Row("200 200 200 200 200 200", "200 200 200 200 200 200"),
    ("GET", "/healthz"): PUBLIC,
    ("GET", "/readyz"): PUBLIC,
    ("GET", "/integritet"): PUBLIC,
    ("GET", "/kvitto"): PUBLIC,
    ("POST", "/kvitto"): WRONG_RECEIPT,
    ("GET", "/receipt"): PUBLIC,
    ("POST", "/receipt"): WRONG_RECEIPT,
    ("POST", "/lang"): Row("303 303 303 303 303 303", form={"lang": "sv", "next": "/"}),
    ("GET", "/manifest.webmanifest"): PUBLIC,
    ("GET", "/offline-help"): PUBLIC,
    ("GET", "/om"): PUBLIC,
    ("GET", "/packs/<sha256>.<any(pmtiles, json):kind>"): OPEN,
    ("GET", "/problems"): PUBLIC,
    ("GET", "/static/<build>/<path:filename>"): OPEN,
    ("GET", "/sw.js"): PUBLIC,
    ("GET", "/telefon"): PUBLIC,
    ("GET", "/telefon/certifikat.crt"): Row("404 404 404 404 404 404"),
    ("GET", "/tillganglighet"): PUBLIC,
    ("GET", "/api/docs"): PUBLIC,
    ("GET", "/api/openapi.json"): PUBLIC,
    # Whoever has the code
    ("GET", "/v/<code>"): OPEN,
    ("GET", "/v/<code>/info"): OPEN,
    ("GET", "/v/<code>/resultat"): OPEN,
    ("GET", "/v/<code>/walk.ics"): OPEN,
    ("POST", "/v/<code>/join"): Row("303 303 303 303 303 303", "404 404 404 404 404 404"),
    ("POST", "/api/join"): Row("201 201 201 201 201 201", body=lambda scene: {"code": scene.code}),
    # The participant alone
    ("GET", API): Row(PARTICIPANT, NOT_JOINED),
    ("GET", f"{API}/changes"): Row(PARTICIPANT, NOT_JOINED),
    ("POST", f"{API}/capability"): Row(PARTICIPANT, NOT_JOINED),
    ("POST", f"{API}/receipt"): Row(PARTICIPANT, NOT_JOINED),
    ("POST", f"{API}/missing"): Row(PARTICIPANT, NOT_JOINED, body=lambda _scene: {"pins": []}),
    ("DELETE", f"{API}/me"): Row("401 401 401 401 401 204", NOT_JOINED),
    ("POST", f"{API}/rejoin"): Row(NOT_JOINED, NOT_JOINED, body=lambda _scene: {"rejoin": "a guess"}),
    ("PUT", f"{API}/pins/<uuid:pin_id>"): Row(
        PARTICIPANT, NOT_JOINED, "401 401 401 401 401 409", body=lambda scene: scene.pin
    ),
    ("PUT", f"{API}/pins/<uuid:pin_id>/withdrawal"): Row(
        PARTICIPANT, NOT_JOINED, THEIR_THING, body=lambda _scene: {"rev": 2}
    ),
    ("PUT", f"{API}/photos/<sha256:sha256>"): Row(PARTICIPANT, NOT_JOINED, body=lambda scene: scene.jpeg),
    ("GET", f"{API}/{PICTURE}"): Row(PARTICIPANT, NOT_JOINED, THEIR_THING),
    ("PUT", f"{API}/ratings/<uuid:rating_id>"): Row(
        PARTICIPANT, NOT_JOINED, "401 401 401 401 401 409", body=lambda scene: scene.rating
    ),
    # Facilitators of the organisation
    ("GET", f"{DESK}/changes"): Row(STAFF, NO_STAFF),
    ("GET", f"{DESK}/map"): Row(STAFF, NO_STAFF),
    ("GET", f"{DESK}/pins"): Row(STAFF, NO_STAFF),
    ("GET", f"{DESK}/pins/<uuid:pin_id>/history"): Row(STAFF, NO_STAFF, NO_STAFF),
    ("GET", f"{DESK}/{PICTURE}"): Row(STAFF, NO_STAFF, NO_STAFF),
    ("PUT", f"{DESK}/pins/<uuid:pin_id>/review"): decided({"pin": "approved"}, "pin_seq"),
    ("PUT", f"{DESK}/pins/<uuid:pin_id>/text-review"): decided({"text": "hidden"}, "pin_seq"),
    ("PUT", f"{DESK}/pins/<uuid:pin_id>/public-text"): decided({"text": {"sv": "Ja"}}, "pin_seq"),
    ("PUT", f"{DESK}/pins/<uuid:pin_id>/conflict"): decided({"conflict": False}, "pin_seq"),
    ("PUT", f"{DESK}/photos/<uuid:photo_id>/review"): decided({"photo": "hidden"}, "photo_seq"),
    ("PUT", f"{DESK}/photos/<uuid:photo_id>/redaction"): decided({"boxes": [], "proposals": []}, "photo_seq"),
    ("POST", f"{DESK}/photos/<uuid:photo_id>/original"): Row(  # nothing of it was redacted
        NO_STAFF, NO_STAFF, NO_STAFF, roles="403 403 404"
    ),
    ("PUT", f"{DESK}/participants/<uuid:participant_id>/hidden"): decided({"hidden": True}),
    ("PUT", f"{DESK}/participants/<uuid:participant_id>/waiting"): decided({"waits": True}),
    ("GET", f"{DESK}/hints"): Row(STAFF, NO_STAFF),
    ("PUT", f"{DESK}/issues/<uuid:issue_id>"): Row(
        STAFF, NO_STAFF, NO_STAFF, lambda _scene: {"person": "Ali"}, headers={"If-Match": '"0"'}
    ),
    ("PUT", f"{DESK}/issues"): decided(
        lambda scene: {"issues": [{"id": scene.ids["issue_id"], "seq": 0}], "fields": {"priority": 1}}
    ),
    ("POST", f"{DESK}/issues/merge"): decided(
        lambda scene: {"into": scene.ids["issue_id"], "issues": [scene.ids["issue_id"]]}
    ),
    ("POST", f"{DESK}/issues/split"): decided(lambda scene: {"issues": [scene.ids["issue_id"]]}),
    ("GET", f"{DESK}/duplicates"): Row(STAFF, NO_STAFF),
    ("GET", f"{DESK}/owners"): Row(STAFF, NO_STAFF),
    ("POST", f"{DESK}/owners"): Row(
        STAFF_MAKES, NO_STAFF, body=lambda _scene: {"name": "Bolaget", "kind": "other"}
    ),
    ("POST", f"{DESK}/code"): Row(STAFF, NO_STAFF, body=lambda _scene: {}),
    ("GET", f"{DESK}/plan"): Row(STAFF, NO_STAFF),
    ("PUT", f"{DESK}/plan"): Row(
        STAFF,
        NO_STAFF,
        body=lambda scene: scene.ids["plan"],
        headers={"If-Match": '"{plan[version]}"'},
    ),
    ("GET", "/api/desk/darkness"): Row(
        "401 401 200 200 200 401", query="?lat=60.1&lon=24.9&starts_at=2026-11-12T18:00"
    ),
    ("GET", f"{DESK}/refilled"): Row(NO_STAFF, NO_STAFF, roles="403 404 404"),  # nothing was restored
    ("GET", f"{DESK}/meeting/shown"): Row(STAFF, NO_STAFF),
    ("GET", f"{DESK}/figures"): Row(STAFF, NO_STAFF, roles="200 403 200"),
    ("PUT", f"{DESK}/newcomers"): Row(
        STAFF, NO_STAFF, body=lambda _scene: {"paused": True}, roles="200 403 200"
    ),
    ("PUT", f"{DESK}/state"): Row(
        STAFF, NO_STAFF, body=lambda _scene: {"state": "closing"}, roles="200 403 200"
    ),
    ("POST", "/api/desk/walks"): Row(
        "401 401 201 403 201 401", body=lambda _scene: NEW_WALK, roles="403 403 201"
    ),
    ("GET", "/desk/"): Row("303 303 200 200 200 303"),
    ("GET", PAGES): replace(PAGE, roles="200 200 200"),
    ("GET", f"{PAGES}/setup"): RUN_PAGE,
    ("GET", f"{PAGES}/qr"): LEAD_PAGE,
    ("GET", f"{PAGES}/lead"): LEAD_PAGE,
    ("GET", f"{PAGES}/route"): PAGE,
    ("GET", f"{PAGES}/map"): RUN_PAGE,
    ("POST", f"{PAGES}/map"): Row(DONE, NOT_DONE, form={"pack": "kotka"}),
    ("GET", f"{PAGES}/about"): RUN_PAGE,
    ("POST", f"{PAGES}/about"): Row(DONE, NOT_DONE, form=ABOUT),
    ("GET", f"{PAGES}/again"): RUN_PAGE,
    ("POST", f"{PAGES}/again"): Row(DONE, NOT_DONE, form=WHEN),
    ("GET", f"{PAGES}/poster.pdf"): RUN_PAGE,
    ("GET", f"{PAGES}/cards.pdf"): RUN_PAGE,
    ("GET", f"{PAGES}/map.pdf"): RUN_PAGE,
    ("GET", f"{PAGES}/meeting"): PAGE,
    ("GET", f"{PAGES}/paper"): RUN_PAGE,
    ("POST", f"{PAGES}/paper"): Row(
        "303 303 404 404 422 303", NOT_DONE, form={"stop": "?"}, roles="403 403 422"
    ),
    ("POST", f"{PAGES}/paper/<uuid:pin_id>/undo"): Row(
        "303 303 404 404 404 303", NOT_DONE, NOT_DONE, roles="403 403 404"
    ),
    ("GET", f"{PAGES}/aside"): RUN_PAGE,
    ("POST", f"{PAGES}/aside/participants/<uuid:participant_id>"): Row(
        DONE, NOT_DONE, NOT_DONE, form={"act": "hide"}
    ),
    ("POST", f"{PAGES}/aside/waiting"): Row(DONE, NOT_DONE),
    ("POST", f"{PAGES}/aside/photos/<uuid:photo_id>"): Row(
        "303 303 404 404 404 303", NOT_DONE, NOT_DONE, roles="403 403 404"
    ),
    ("POST", f"{PAGES}/waiting-room"): Row(DONE, NOT_DONE, form={"mode": "now"}),
    ("GET", f"{PAGES}/import"): RUN_PAGE,
    ("POST", f"{PAGES}/import"): Row(DONE, NOT_DONE, form={"pasted": "stop;category\n1;litter"}),
    ("GET", f"{PAGES}/import/<uuid:import_id>"): replace(RUN_PAGE, other="303 303 404 404 404 303"),
    ("POST", f"{PAGES}/import/<uuid:import_id>"): Row(DONE, NOT_DONE, NOT_DONE, form={"act": "take_in"}),
    ("POST", f"{PAGES}/import/<uuid:import_id>/undone"): Row(
        "303 303 404 404 404 303", NOT_DONE, NOT_DONE, form={"undone": "yes"}, roles="403 403 404"
    ),
    ("POST", f"{PAGES}/code"): Row(DONE, NOT_DONE),
    ("POST", f"{PAGES}/newcomers"): Row(DONE, NOT_DONE, form={"paused": "yes"}, roles="303 403 303"),
    ("POST", f"{PAGES}/state"): Row(DONE, NOT_DONE, form={"state": "closing"}, roles="303 403 303"),
    ("GET", "/desk/walks/new"): Row("303 303 200 403 200 303", roles="403 403 200"),
    ("POST", "/desk/walks/new"): Row("303 303 422 403 422 303", form={"title": ""}, roles="403 403 422"),
    **ACCOUNT,
    **RESCUE,
}

NEW_WALK = {
    "title": "Ny vandring",
    "light": "dark",
    "starts_at": "2099-10-01T18:00:00+02:00",
    "ends_at": "2099-10-01T20:00:00+02:00",
    "area_name": "Kajen",
    "box": [24.9, 60.1, 25.0, 60.2],
}


@dataclass
class Scene:
    """Walk A with Amina's pin, its photo encoded; `ids` are what addresses are filled with."""

    phone: Phone
    pin: dict[str, Any]
    rating: dict[str, Any]
    jpeg: bytes
    ids: dict[str, Any]

    @property
    def code(self) -> str:
        return self.phone.walk.code


def an_import(cast: Cast, phone: Phone) -> str:
    """A file that Fatima has brought to the phone's walk and not taken in."""
    brought = cast.fatima.post(f"/desk/walks/{phone.walk.id}/import", data={"pasted": "stop\n1"})
    assert brought.status_code == 303
    return brought.location.rsplit("/", 1)[1]


def a_rescue(cast: Cast, phone: Phone, jpeg: bytes) -> str:
    """A file that the phone has saved, and that Fatima has brought and not taken in."""
    file = io.BytesIO(a_file(a_manifest(phone.walk.id, []), (jpeg,)))
    brought = cast.fatima.post(f"/desk/walks/{phone.walk.id}/rescue", data={"file": (file, "walk.zip")})
    assert brought.status_code == 303
    return brought.location.rsplit("/", 1)[1]


def a_scene(cast: Cast, phone: Phone) -> Scene:
    """What `phone` has sent to its walk."""
    pin_id, rating_id, jpeg = uuid4(), uuid4(), a_photo(1, (40, 30))
    pin = a_pin(photos=[{"sha256": sha256(jpeg)}])
    assert phone.put_json(phone.url("pins", pin_id), pin).status_code == 201
    assert phone.put_photo(jpeg).status_code == 201
    rating = a_rating(phone.walk.question_id)
    assert phone.put_json(phone.url("ratings", rating_id), rating).status_code == 201
    cast.encode_photos()
    photo = cast.one(Photo, Photo.walk_id == phone.walk.id)
    ids = {
        "walk_id": phone.walk.id,
        "pin_id": pin_id,
        "issue_id": str(cast.one(Pin, Pin.id == pin_id).issue_id),
        "photo_id": photo.id,
        "rating_id": rating_id,
        "participant_id": phone.id,
        "organisation_id": phone.walk.organisation_id,
        "facilitator_id": cast.ids["ove"],
        "invitation_id": uuid4(),
        "owner_id": cast.fatima.post(f"/api/desk/walks/{phone.walk.id}/owners", json=OVE).json["id"],
        "other_id": uuid4(),
        "import_id": an_import(cast, phone),
        "rescue_id": a_rescue(cast, phone, jpeg),
        "colour": "00526a",
        "pin_seq": phone.feed()[-1]["seq"],
        "photo_seq": photo.seq,
        "sha256": sha256(jpeg),
        "code": phone.walk.code,
        "plan": cast.fatima.get(f"/api/desk/walks/{phone.walk.id}/plan").json,
    }
    return Scene(phone, pin, rating, jpeg, ids)


def none_of(scene: Scene) -> Scene:
    """The same, at addresses where nothing is."""
    unknown = {name: str(uuid4()) for name in scene.ids if name.endswith("_id")}
    nothing = {
        "sha256": "0" * 64,
        "code": "0000-0000",
        "token": "no-token",
        "filename": "no.js",
        "colour": "ffffff",
    }
    return replace(scene, ids=scene.ids | unknown | nothing)


def other_of(scene: Scene, other: Scene) -> Scene:
    """Walk A's address with the things of another walk."""
    things = {name: other.ids[name] for name in THINGS}
    return replace(scene, ids=scene.ids | things)


def filled(text: str, ids: Mapping[str, Any]) -> str:
    """`text` with its `<converter:name>` and `{name}` replaced."""
    text = re.sub(r"<(?:[a-z0-9]+(?:\([^)]*\))?:)?(\w+)>", lambda found: str(ids[found[1]]), text)
    return text.format_map(ids)


def ask(cast: Cast, who: str, method: str, rule: str, row: Row, scene: Scene) -> int:
    """The status that `who` gets."""
    browser, headers = cast.nobody, {name: filled(value, scene.ids) for name, value in row.headers.items()}
    if who in ("nils", "ove", "fatima", *ROLES):
        browser = cast.desk(who)
    elif who != "nobody":
        token = scene.phone.token if who == "amina" else cast.bengt.token
        headers["Cookie"] = f"trygg_walk={token}"
    options: dict[str, Any] = {"headers": headers}
    if row.form is not None:
        options["data"] = {name: filled(value, scene.ids) for name, value in row.form.items()}
    if row.body is not None:
        sent = row.body(scene)
        photo = isinstance(sent, bytes)
        options |= {"data": sent if photo else encoded(sent), "content_type": JPEG if photo else JSON}
    answer = browser.open(filled(rule, scene.ids) + row.query, method=method, **options)
    answer.close()
    return answer.status_code


def told(cast: Cast, method: str, rule: str, row: Row, scene: Scene, people: tuple[str, ...] = WHO) -> str:
    """Everyone's statuses, as a row writes them."""
    statuses = [ask(cast, who, method, rule, row, scene) for who in people]
    if rule == "/desk/logout":
        cast.log_out_all()
    return " ".join(map(str, statuses))


def test_everyone_is_told_what_the_matrix_says(app_factory: Callable[..., Flask]) -> None:
    cast = make_cast(app_factory(ATTEMPTS_PER_ADDRESS="10000", ATTEMPTS_IN_ALL="10000"))
    cast.app.testing = False  # what breaks shall be a 500 in its row
    pack = next(iter(sorted(SHIPPED.glob("*.pmtiles"))))
    fixed = {"size": "thumb", "kind": "pmtiles", "filename": "icons/logo.svg"}
    fixed |= {"build": cast.app.config["BUILD"]}
    elsewhere = a_scene(cast, cast.another_walk())
    wrong = {}
    for (method, rule), row in MATRIX.items():
        scene = a_scene(cast, cast.another_walk())
        scene.ids |= fixed | {"token": login_token(cast)}
        if rule.startswith("/packs/"):
            scene.ids["sha256"] = sha256(pack.read_bytes())
        wanted = {"none": (row.none, none_of(scene)), "other": (row.other, other_of(scene, elsewhere))}
        wanted["own"] = (row.own, scene)
        for name, (statuses, at) in wanted.items():
            if statuses and (got := told(cast, method, rule, row, at)) != statuses:
                wrong[f"{method} {rule} {name}"] = f"wanted {statuses}, got {got}"
    assert not wrong, "\n".join(f"{place}: {said}" for place, said in wrong.items())


def login_token(cast: Cast) -> str:
    with cast.app.app_context():
        link = login_link("fatima@example.org", datetime.now(UTC))
        db.session.commit()
    return link.rsplit("/", 1)[1]


@pytest.mark.sqlite_is_enough
def test_every_route_has_its_row(app: Flask) -> None:
    build = f"/static/{app.config['BUILD']}/"
    routes = {
        (method, rule.rule.replace(build, "/static/<build>/"))
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert routes - MATRIX.keys() == set()
    assert MATRIX.keys() - routes == set()


def test_every_row_says_what_happens_where_nothing_is() -> None:
    """An address with an id has statuses for an unknown one; with a thing's id, for a foreign one too."""
    assert [key for key, row in MATRIX.items() if "<" in key[1] and not row.none] == []
    things = re.compile("|".join(THINGS))
    assert [key for key, row in MATRIX.items() if things.search(key[1]) and not row.other] == []
