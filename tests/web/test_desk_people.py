"""People at the desk: roles, inviting by link, ending access; nothing of it crosses organisations."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from app.db import db
from app.models import Facilitator, Invitation, Membership, Organisation
from tests.cast import Cast

PASSPHRASE = "häst batteri klammer åska"
NEW = {"email": "Sara@Example.org", "name": "Sara", "role": "observer"}


def change(cast: Cast, model: Any, where: Any, **columns: Any) -> None:
    with cast.app.app_context():
        db.session.execute(sa.update(model).where(where).values(**columns))
        db.session.commit()


def role_of(cast: Cast, name: str, role: str) -> FlaskClient:
    """The person's browser, the person in that role."""
    browser: FlaskClient = getattr(cast, name)
    change(cast, Membership, Membership.facilitator_id == cast.ids[name], role=role)
    return browser


@pytest.fixture
def admin(cast: Cast) -> FlaskClient:
    """Fatima, now an administrator of her organisation."""
    return role_of(cast, "fatima", "administrator")


def people(cast: Cast, *parts: object, of: str = "organisation") -> str:
    return "/".join(["/desk/people", *map(str, (cast.ids[of], *parts))])


def link_in(answer: Any) -> str:
    assert answer.status_code == 200, answer.text
    found = re.search(r"http://localhost(/desk/link/[\w-]+)", answer.text)
    assert found
    return found[1]


def invited(cast: Cast, admin: FlaskClient, **fields: str) -> str:
    return link_in(admin.post(people(cast, "invitations"), data=NEW | fields))


def member(cast: Cast, name: str, organisation: str = "organisation") -> Any:
    found = (
        Membership.facilitator_id == cast.ids[name],
        Membership.organisation_id == cast.ids[organisation],
    )
    return cast.one(Membership, *found)


def test_an_invited_person_chooses_a_passphrase_and_has_the_role(cast: Cast, admin: FlaskClient) -> None:
    path = invited(cast, admin)
    assert path not in admin.get("/desk/people").text
    assert cast.count(Membership, Membership.role == "observer") == 0
    browser = cast.app.test_client()
    assert browser.get(path).status_code == 200
    assert browser.post(path, data={"password": PASSPHRASE}).status_code == 303
    assert browser.get(f"/desk/walks/{cast.a.id}").status_code == 200
    assert browser.get("/desk/people").status_code == 403
    assert cast.app.test_client().post(path, data={"password": PASSPHRASE}).status_code == 410


def test_an_easy_passphrase_is_refused_with_a_sentence(cast: Cast, admin: FlaskClient) -> None:
    path, browser = invited(cast, admin), cast.app.test_client()
    refused = browser.post(path, data={"password": "Password1234!"}, headers={"Accept-Language": "en"})
    assert refused.status_code == 422
    assert "easy to guess" in refused.text
    own = browser.post(path, data={"password": "sara example 123"}, headers={"Accept-Language": "en"})
    assert "is not enough" in own.text
    assert browser.post(path, data={"password": PASSPHRASE}).status_code == 303


def test_nobody_gets_into_an_account_by_inviting_it(cast: Cast, admin: FlaskClient) -> None:
    """Nils's account is in use elsewhere: the link opens nothing but for himself, logged in."""
    path, stranger = invited(cast, admin, email="nils@example.org"), cast.app.test_client()
    assert 'type="password"' not in stranger.get(path).text
    assert stranger.post(path, data={"password": PASSPHRASE}).status_code == 403
    assert cast.one(Facilitator, Facilitator.id == cast.ids["nils"]).password is None
    assert admin.post(path).status_code == 403
    assert cast.nils.get(f"/desk/walks/{cast.a.id}").status_code == 404
    assert cast.nils.post(path).status_code == 303
    assert cast.nils.get(f"/desk/walks/{cast.a.id}").status_code == 200
    assert member(cast, "nils").role == "observer"
    assert member(cast, "nils", "their organisation").role == "facilitator"


def test_an_invitation_can_be_withdrawn_and_grows_old(cast: Cast, admin: FlaskClient) -> None:
    path = invited(cast, admin)
    waiting = cast.one(Invitation, Invitation.purpose == "join").id
    assert admin.post(people(cast, "invitations", waiting, "withdrawal")).status_code == 303
    assert cast.nobody.get(path).status_code == 410
    later = invited(cast, admin)
    change(cast, Invitation, Invitation.used_at.is_(None), expires_at=datetime.now(UTC) - timedelta(days=1))
    assert cast.nobody.post(later, data={"password": PASSPHRASE}).status_code == 410


@pytest.mark.parametrize(
    "wrong",
    [{"email": ""}, {"email": "sara"}, {"name": " "}, {"role": "queen"}, {"email": "ove@example.org"}],
)
def test_a_wrong_invitation_says_where_and_makes_nothing(
    cast: Cast, admin: FlaskClient, wrong: dict[str, str]
) -> None:
    before = cast.count(Invitation)
    answer = admin.post(people(cast, "invitations"), data=NEW | wrong)
    assert answer.status_code == 422
    assert f'<a href="#{next(iter(wrong))}">' in answer.text
    assert cast.count(Invitation) == before


def test_a_role_changes_at_once(cast: Cast, admin: FlaskClient) -> None:
    assert cast.ove.get(f"/desk/walks/{cast.a.id}").status_code == 404
    assert admin.post(people(cast, cast.ids["ove"], "role"), data={"role": "observer"}).status_code == 303
    assert cast.ove.get(f"/desk/walks/{cast.a.id}").status_code == 200
    assert admin.post(people(cast, cast.ids["ove"], "role"), data={"role": "queen"}).status_code == 422


def test_access_ends_at_once_and_comes_back_with_its_role(cast: Cast, admin: FlaskClient) -> None:
    ove, access = role_of(cast, "ove", "facilitator"), people(cast, cast.ids["ove"], "access")
    assert ove.get(f"/api/desk/walks/{cast.a.id}/pins").status_code == 200
    assert admin.post(access, data={"ended": "yes"}).status_code == 303
    assert ove.get(f"/api/desk/walks/{cast.a.id}/pins").status_code == 404
    assert admin.post(access, data={"ended": "no"}).status_code == 303
    assert ove.get(f"/api/desk/walks/{cast.a.id}/pins").status_code == 200


def test_somebody_always_administers(cast: Cast, admin: FlaskClient) -> None:
    own = cast.ids["fatima"]
    assert admin.post(people(cast, own, "role"), data={"role": "observer"}).status_code == 409
    assert admin.post(people(cast, own, "access"), data={"ended": "yes"}).status_code == 409
    assert (member(cast, "fatima").role, member(cast, "fatima").ended_at) == ("administrator", None)
    admin.post(people(cast, cast.ids["ove"], "role"), data={"role": "administrator"})
    assert admin.post(people(cast, own, "role"), data={"role": "observer"}).location == "/desk/"
    assert cast.ove.get("/desk/people").status_code == 200


def test_an_administrator_of_one_organisation_is_nobody_in_another(cast: Cast, admin: FlaskClient) -> None:
    theirs = cast.ids["their organisation"]
    for page in ("people", "audit", "organisation"):
        assert admin.get(f"/desk/{page}?organisation={theirs}").status_code == 404
        text = admin.get(f"/desk/{page}").text
        assert "Nils" not in text
        assert "Grannstaden" not in text
    foreign = people(cast, cast.ids["nils"], "role", of="their organisation")
    assert admin.post(foreign, data={"role": "observer"}).status_code == 404
    assert admin.post(people(cast, cast.ids["nils"], "role"), data={"role": "owner"}).status_code == 404
    assert admin.post(people(cast, "invitations", of="their organisation"), data=NEW).status_code == 404
    assert admin.post(f"/desk/organisation/{theirs}", data={"name": "Vår"}).status_code == 404
    assert member(cast, "nils", "their organisation").role == "facilitator"


def test_a_leader_sees_counts_and_may_pause_and_end(cast: Cast) -> None:
    lea, walk = role_of(cast, "ove", "leader"), f"/desk/walks/{cast.a.id}"
    cast.amina.put_pin(text="Hemligt")
    page = lea.get(walk)
    assert page.status_code == 200
    assert "Hemligt" not in page.text
    assert lea.get("/desk/").status_code == 200
    assert lea.get(f"{walk}/setup").status_code == 403
    assert lea.get(f"/api/desk/walks/{cast.a.id}/pins").status_code == 403
    assert (
        lea.post(f"{walk}/newcomers", data={"paused": "yes"}).location
        == f"{walk}/lead?done=newcomers#newcomers"
    )
    assert lea.post(f"{walk}/state", data={"state": "closing"}).status_code == 303
    assert lea.post(f"{walk}/state", data={"state": "closed"}).status_code == 403


def test_an_observer_reads_and_changes_nothing(cast: Cast) -> None:
    olle, api = role_of(cast, "ove", "observer"), f"/api/desk/walks/{cast.a.id}"
    cast.amina.put_pin()
    pin = cast.fatima.get(f"{api}/pins").json["pins"][0]
    assert olle.get(f"{api}/pins").json["pins"][0]["id"] == pin["id"]
    refused = olle.put(
        f"{api}/pins/{pin['id']}/review", json={"pin": "hidden"}, headers={"If-Match": f'"{pin["seq"]}"'}
    )
    assert (refused.status_code, refused.json["code"]) == (403, "forbidden")
    assert olle.put(f"{api}/newcomers", json={"paused": True}).status_code == 403
    assert cast.fatima.get(f"{api}/pins").json["pins"][0]["review"] == "new"


def test_settings_are_checked_and_kept(cast: Cast, admin: FlaskClient) -> None:
    page = f"/desk/organisation/{cast.ids['organisation']}"
    right = {
        "name": "Stadens trygghet",
        "brand_colour": "#0A6238",
        "retention_months": "6",
        "original_days": "14",
    }
    right["second_factor_of"] = "nobody"
    assert admin.post(page, data=right).status_code == 303
    kept = cast.one(Organisation, Organisation.id == cast.ids["organisation"])
    assert (kept.name, kept.brand_colour) == ("Stadens trygghet", "#0a6238")
    assert (kept.retention_months, kept.original_days) == (6, 14)
    sheet = "/desk/organisation/colour/0a6238.css"
    assert sheet in admin.get("/desk/").text
    assert "--brand: #0a6238" in admin.get(sheet).text
    assert "/colour/" not in cast.nils.get("/desk/").text
    for wrong in (
        {"name": ""},
        {"brand_colour": "#ffc400"},
        {"brand_colour": "red"},
        {"retention_months": "2"},
        {"original_days": "0"},
        {"original_days": "366"},
        {"original_days": "en månad"},
    ):
        answer = admin.post(page, data=right | wrong)
        assert answer.status_code == 422
        assert f'<a href="#{next(iter(wrong))}">' in answer.text
    assert cast.one(Organisation, Organisation.id == kept.id) == kept


def test_a_person_is_text_and_never_markup(cast: Cast, admin: FlaskClient) -> None:
    name = "</script><img src=x onerror=alert(1)>"
    invited(cast, admin, name=name)
    change(cast, Facilitator, Facilitator.id == cast.ids["ove"], name=name)
    for page in ("people", "audit", "account"):
        assert "<img src=x" not in admin.get(f"/desk/{page}").text
