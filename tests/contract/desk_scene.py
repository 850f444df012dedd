"""What the acts of desk_acts.py are done to: a walk, an organisation, a person, as each of them needs it.

Owns what must be there before an act (GIVEN), how a row's call is made, and what people then see.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import sqlalchemy as sa
from flask.testing import FlaskClient
from passlib.totp import TOTP
from werkzeug.test import TestResponse

from app.db import db
from app.models import Audit, Invitation, Participant, Photo, Pin
from app.operations.facilitators import login_link
from tests.builders import a_photo, a_pin, sha256
from tests.cast import Cast, Phone
from tests.contract.desk_acts import ABOUT, API, OWNED, PAGES, RESCUE, SECOND, Call
from tests.contract.test_access_matrix import filled
from tests.passkeys import Device
from tests.rescue_files import a_file, a_manifest, a_thing
from tests.web.test_passkeys import question
from tests.web.test_second_step import set_up

PHOTO = a_photo(7, (640, 480))
VERSIONS = {"seq", "rev", "version", "numbers", "epoch", "id_of_act"}
PARK = {"name": "Parken", "kind": "municipality"}
A_FILE = {"pasted": "stop;category\n1;litter"}
MOMENT = re.compile(r"<time[^>]*>[^<]*</time>|\d{4}-\d\d-\d\dT[0-9:.+]+")
WALK_PAGES = ("setup", "about", "aside")


@dataclass
class World:
    """One person at the desk of a walk with two pins of a phone's, one with a photo, and another phone."""

    cast: Cast
    phone: Phone
    other: Phone
    who: str
    ids: dict[str, Any] = field(default_factory=dict)

    @property
    def browser(self) -> FlaskClient:
        return self.cast.desk(self.who)

    def pins(self) -> list[dict[str, Any]]:
        answer = self.cast.fatima.get(filled(f"{API}/pins", self.ids))
        pins: list[dict[str, Any]] = answer.json["pins"]
        return pins

    def call(self, call: Call) -> TestResponse:
        """Do it, as things stand now; it must not be refused."""
        self.see()
        headers = {"If-Match": f'"{self.ids[call.seen]}"'} if call.seen and call.seen != "plan" else {}
        options: dict[str, Any] = {"headers": headers}
        if call.seen == "plan":
            headers["If-Match"] = f'"{self.plan()["version"]}"'
            options["json"] = self.ids[call.json]
        elif call.json is not None:
            options["json"] = put_in(call.json, self.ids)
        if call.form is not None:
            options["data"] = put_in(call.form, self.ids)
        answer = self.browser.open(filled(call.rule, self.ids), method=call.method, **options)
        assert answer.status_code < 400, (
            f"{call.method} {call.rule}: {answer.status_code} {answer.text[:400]}"
        )
        if at := re.search(r"[?&]at=([^&]+)", answer.location or ""):
            self.ids["at"] = at[1].replace("%2B", "+")
        return answer

    def plan(self) -> dict[str, Any]:
        answer: dict[str, Any] = self.cast.fatima.get(filled(f"{API}/plan", self.ids)).json
        return answer

    def see(self) -> None:
        """The versions as they are now."""
        if "pin_id" in self.ids:
            first, second = (pin for pin in self.pins() if pin["id"] in self.ids["pins"])
            self.ids |= {"pin_seq": first["seq"], "issue_seq": first["issue"]["seq"]}
            self.ids |= {"issue_id": first["issue"]["own_id"], "other_issue_id": second["issue"]["own_id"]}
        if "photo_id" in self.ids:
            self.ids["photo_seq"] = self.cast.one(Photo, Photo.id == self.ids["photo_id"]).seq

    def seen(self, rule: str) -> dict[str, Any]:
        """All that people see of what `rule` is about, without versions and times."""
        if "walk_id" in rule:
            return self.walk_seen()
        administrator = self.cast.desk("administrator")
        if "organisation_id" in rule:
            paths = (f"/desk/owners?organisation={self.ids['organisation_id']}", filled(OWNER_PAGE, self.ids))
            paths += ("/desk/people", "/desk/organisation")
            return {path: plain(administrator.get(path).text) for path in paths}
        return {SECOND: plain(self.browser.get(SECOND).text)}

    def walk_seen(self) -> dict[str, Any]:
        base = f"/desk/walks/{self.ids['walk_id']}"
        told: dict[str, Any] = {
            name: plain(self.cast.fatima.get(f"{base}/{name}").text) for name in WALK_PAGES
        }
        items = [item for item in self.other.feed() if item["type"] == "pin"]
        told["phone"] = timeless(sorted(items, key=lambda item: str(item["id"])))
        told["staff"], told["plan"] = timeless(self.pins()), timeless(self.plan())
        if "photo_id" in self.ids:
            with self.cast.fatima.get(f"/api{base}/photos/{self.ids['photo_id']}/full") as full:
                told["photo"] = sha256(full.data)
        return told

    def log(self) -> list[str]:
        with self.cast.app.app_context():
            own = Audit.organisation_id == self.ids["organisation_id"]
            return list(db.session.scalars(sa.select(Audit.act).where(own).order_by(Audit.id)))


OWNER_PAGE = "/desk/owners/<uuid:organisation_id>/<uuid:owner_id>"


def put_in(value: Any, ids: dict[str, Any]) -> Any:
    """The value with its `{name}`s replaced; numbers stay numbers."""
    if isinstance(value, dict):
        return {key: put_in(one, ids) for key, one in value.items()}
    if isinstance(value, list):
        return [put_in(one, ids) for one in value]
    if isinstance(value, str) and (named := re.fullmatch(r"\{(\w+)\}", value)):
        thing = ids[named[1]]
        return thing if isinstance(thing, int | tuple) else str(thing)
    return value


def plain(page: str) -> str:
    """A page without its moments."""
    return MOMENT.sub("", page)


def timeless(thing: Any) -> Any:
    """The same without versions and moments."""
    if isinstance(thing, dict):
        return {k: timeless(v) for k, v in thing.items() if k not in VERSIONS and not k.endswith("_at")}
    return [timeless(one) for one in thing] if isinstance(thing, list) else thing


def change(cast: Cast, model: Any, where: Any, **columns: Any) -> None:
    with cast.app.app_context():
        db.session.execute(sa.update(model).where(where).values(**columns))
        db.session.commit()


def a_world(cast: Cast, who: str, rule: str) -> World:
    """What `rule` is about, and nothing that any other act has touched."""
    phone = cast.another_walk() if "walk_id" in rule else cast.amina
    world = World(cast, phone, cast.another_phone(phone.walk), who)
    walk = phone.walk
    world.ids |= {"walk_id": walk.id, "organisation_id": walk.organisation_id, "participant_id": phone.id}
    if "walk_id" in rule:
        photos = [{"sha256": sha256(PHOTO)}] if "photo_id" in rule else []
        pins = [uuid4(), uuid4()]
        assert phone.put_pin(pins[0], photos=photos).status_code == 201
        assert phone.put_pin(pins[1], category="litter", text="Skräp").status_code == 201
        world.ids |= {"pin_id": pins[0], "pins": [str(pin) for pin in pins]}
    if "photo_id" in rule:
        assert phone.put_photo(PHOTO).status_code == 201
        cast.encode_photos()
        world.ids["photo_id"] = cast.one(Photo, Photo.walk_id == walk.id).id
    if "organisation_id" in rule:
        owner = cast.fatima.post(f"/api/desk/walks/{walk.id}/owners", json=PARK)
        world.ids["owner_id"] = owner.json["id"]
    return world


def given_plan(world: World) -> None:
    plan = world.plan()
    world.ids |= {"plan": plan, "less": plan | {"stops": []}}


def given_draft(world: World) -> None:
    world.cast.set_walk(world.phone.walk, state="draft")
    given_plan(world)


def given_about(world: World) -> None:
    world.call(Call("POST", f"{PAGES}/about", form=ABOUT))


def given_card(world: World) -> None:
    world.ids["card_id"] = uuid4()
    card = {"id": str(world.ids["card_id"]), "stop": "1", "category": "1", "kind": "1", "text": "Mörkt"}
    world.call(Call("POST", f"{PAGES}/paper", form=card))


def given_file(world: World) -> None:
    brought = world.call(Call("POST", f"{PAGES}/import", form=A_FILE))
    world.ids["import_id"] = brought.location.rsplit("/", 1)[1]


def given_import(world: World) -> None:
    given_file(world)
    world.call(Call("POST", f"{PAGES}/import/<uuid:import_id>", form={"act": "take_in"}))


def given_saved_file(world: World) -> None:
    things = [a_thing("pin", uuid4(), a_pin())]
    world.ids["saved"] = (io.BytesIO(a_file(a_manifest(world.ids["walk_id"], things))), "walk.zip")


def given_rescue(world: World) -> None:
    given_saved_file(world)
    brought = world.call(Call("POST", f"{PAGES}/rescue", form={"file": "{saved}"}))
    world.ids["rescue_id"] = brought.location.rsplit("/", 1)[1]


def given_rescue_taken_in(world: World) -> None:
    given_rescue(world)
    world.call(Call("POST", RESCUE, form={"act": "take_in"}))


def given_waiting(world: World) -> None:
    change(world.cast, Participant, Participant.id == world.phone.id, waiting_at=datetime.now(UTC))


def given_set_aside(world: World) -> None:
    change(world.cast, Pin, Pin.id == world.ids["pin_id"], quarantine="over_quota")


def given_redacted(world: World) -> None:
    box = {"boxes": [[16, 16, 200, 150]], "proposals": []}
    world.call(Call("PUT", f"{API}/photos/<uuid:photo_id>/redaction", box, seen="photo_seq"))


def given_unreadable(world: World) -> None:
    change(world.cast, Photo, Photo.id == world.ids["photo_id"], state="quarantined", upload_key="kept")


def given_usual(world: World) -> None:
    world.call(Call("POST", OWNER_PAGE, form=OWNED | {"categories": "litter"}))


def given_ground(world: World) -> None:
    ring = '{"type":"Polygon","coordinates":[[[24.8,60.1],[24.9,60.1],[24.9,60.2],[24.8,60.1]]]}'
    world.call(Call("POST", OWNER_PAGE, form=OWNED | {"ground": ring}))


def given_code_before(world: World) -> None:
    world.call(Call("POST", f"{API}/code", {}))


def given_invitation(world: World) -> None:
    email = f"{uuid4().hex}@example.org"
    form = {"email": email, "name": "Ny", "role": "observer"}
    world.call(Call("POST", "/desk/people/<uuid:organisation_id>/invitations", form=form))
    with world.cast.app.app_context():
        newest = sa.select(Invitation.id).where(Invitation.purpose == "join").order_by(Invitation.id.desc())
        world.ids["invitation_id"] = db.session.scalars(newest.limit(1)).one()


def given_another_login(world: World) -> None:
    with world.cast.app.app_context():
        link = login_link(f"{world.who}@example.org", datetime.now(UTC))
        db.session.commit()
    other = world.cast.app.test_client()
    assert other.post(link.removeprefix("http://localhost")).status_code == 303
    page = world.browser.get("/desk/account").text
    ends = re.findall(r"/desk/account/logins/([0-9a-f-]+)/end", page)
    world.ids["login_id"] = ends[-1]


def state_of_walk(state: str) -> Callable[[World], None]:
    return lambda world: world.cast.set_walk(world.phone.walk, state=state)


def given_app(world: World) -> None:
    app, _codes = set_up(world.cast, world.browser)
    world.ids["code"] = app.code()


def given_secret(world: World) -> None:
    world.call(Call("POST", f"{SECOND}/app"))
    shown = re.search(r'<p class="host" dir="ltr">([A-Z2-7-]+)</p>', world.browser.get(f"{SECOND}/app").text)
    assert shown
    world.ids["code"] = str(TOTP(key=shown[1].replace("-", "")).generate().token)


def given_device(world: World) -> None:
    device = Device()
    world.ids["answer"] = device.make(question(world.browser.get(f"{SECOND}/passkey").text))


def given_passkey(world: World) -> None:
    given_device(world)
    form = {"answer": world.ids["answer"], "name": "Telefon"}
    world.call(Call("POST", f"{SECOND}/passkey", form=form))
    world.ids["passkey_id"] = re.findall(r"passkeys/([0-9a-f-]+)/removal", world.browser.get(SECOND).text)[0]


def given_removed_passkey(world: World) -> None:
    given_passkey(world)
    world.call(Call("POST", f"{SECOND}/passkeys/<uuid:passkey_id>/removal"))


GIVEN: dict[str, Callable[[World], None]] = {
    "": lambda _world: None,
    "draft": given_draft,
    "about": given_about,
    "card": given_card,
    "file": given_file,
    "import": given_import,
    "saved file": given_saved_file,
    "rescue": given_rescue,
    "rescue taken in": given_rescue_taken_in,
    "waiting": given_waiting,
    "set aside": given_set_aside,
    "redacted photo": given_redacted,
    "unreadable photo": given_unreadable,
    "usual": given_usual,
    "ground": given_ground,
    "code before": given_code_before,
    "invitation": given_invitation,
    "another log-in": given_another_login,
    "closing": state_of_walk("closing"),
    "closed": state_of_walk("closed"),
    "app": given_app,
    "device": given_device,
    "passkey": given_passkey,
    "removed passkey": given_removed_passkey,
    "secret": given_secret,
}
