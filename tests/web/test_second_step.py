"""Logging in with a second factor: by code, by recovery code; where an organisation asks for one; resets."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from passlib.totp import TOTP

from app.db import db
from app.models import Audit, Authenticator, Facilitator, LoginSession, Membership, Organisation
from tests.cast import Cast

PAGE = "/desk/account/second-factor"
PASSPHRASE = "häst batteri klammer åska"
ENGLISH = {"Accept-Language": "en"}


def change(cast: Cast, model: Any, *where: Any, **columns: Any) -> None:
    with cast.app.app_context():
        db.session.execute(sa.update(model).where(*where).values(**columns))
        db.session.commit()


def acts(cast: Cast) -> list[str]:
    with cast.app.app_context():
        return list(db.session.scalars(sa.select(Audit.act).order_by(Audit.id)))


class App:
    """An authenticator app: it knows a secret, and each of its codes is the next one."""

    def __init__(self, cast: Cast, secret: str) -> None:
        self._cast = cast
        self._secret = secret

    def code(self) -> str:
        """A code that was not used: the last use is forgotten, as if half a minute had passed."""
        change(self._cast, Authenticator, last_step=None)
        return str(TOTP(key=self._secret).generate().token)


def set_up(cast: Cast, browser: FlaskClient) -> tuple[App, list[str]]:
    """An app and the recovery codes, got as a person gets them."""
    assert browser.post(f"{PAGE}/app").location == f"{PAGE}/app"
    found = re.search(r'<p class="host" dir="ltr">([A-Z2-7-]+)</p>', browser.get(f"{PAGE}/app").text)
    assert found
    app = App(cast, found[1].replace("-", ""))
    made = browser.post(f"{PAGE}/app/confirmation", data={"code": app.code()})
    assert made.status_code == 200
    codes = re.findall(r'<li class="host">([0-9A-Z-]+)</li>', made.text)
    assert len(codes) == 10
    return app, codes


def first_step(cast: Cast, name: str = "fatima", password: str = PASSPHRASE) -> tuple[FlaskClient, Any]:
    browser = cast.app.test_client()
    return browser, browser.post(
        "/desk/login", data={"email": f"{name}@example.org", "password": password, "next": "/desk/account"}
    )


def is_in(browser: FlaskClient) -> bool:
    return browser.get("/desk/").status_code == 200


@pytest.fixture
def app_of_fatima(cast: Cast) -> tuple[App, list[str]]:
    """Fatima has a passphrase and an authenticator app."""
    cast.fatima.post("/desk/account/passphrase", data={"password": PASSPHRASE})
    return set_up(cast, cast.fatima)


def test_the_passphrase_alone_no_longer_lets_in(cast: Cast, app_of_fatima: tuple[App, list[str]]) -> None:
    app, _codes = app_of_fatima
    browser, answer = first_step(cast)
    assert answer.location == "/desk/login/second"
    assert not is_in(browser)
    assert browser.get(f"/api/desk/walks/{cast.a.id}/pins").status_code == 401
    assert browser.post("/desk/login/second", data={"code": "000000"}).status_code == 422
    assert not is_in(browser)
    right = browser.post("/desk/login/second", data={"code": app.code()})
    assert (right.status_code, right.location) == (303, "/desk/account")
    assert is_in(browser)
    assert "authenticator app" in browser.get("/desk/account", headers=ENGLISH).text
    assert acts(cast)[-2:] == ["second_factor_wrong", "log_in"]
    assert cast.one(Audit, Audit.id == _last(cast)).facts == {"method": "passphrase", "second": "totp"}


def _last(cast: Cast) -> Any:
    with cast.app.app_context():
        return db.session.scalar(sa.select(Audit.id).order_by(Audit.id.desc()).limit(1))


def test_a_wrong_passphrase_never_leads_to_the_second_step(
    cast: Cast, app_of_fatima: tuple[App, list[str]]
) -> None:
    browser, answer = first_step(cast, password="fel fel fel fel")
    assert answer.status_code == 200
    assert browser.get("/desk/login/second").location == "/desk/login"
    assert (
        browser.post("/desk/login/second", data={"code": app_of_fatima[0].code()}).location == "/desk/login"
    )
    assert not is_in(browser)


def test_a_used_code_lets_nobody_else_in(cast: Cast, app_of_fatima: tuple[App, list[str]]) -> None:
    browser, _ = first_step(cast)
    code = app_of_fatima[0].code()
    assert browser.post("/desk/login/second", data={"code": code}).status_code == 303
    thief, _ = first_step(cast)
    assert thief.post("/desk/login/second", data={"code": code}).status_code == 422
    assert not is_in(thief)


def test_a_one_time_link_and_a_recovery_code_let_in(cast: Cast, app_of_fatima: tuple[App, list[str]]) -> None:
    _app, codes = app_of_fatima
    made = cast.app.test_cli_runner().invoke(args=["facilitator", "link", "fatima@example.org"])
    browser = cast.app.test_client()
    assert browser.post(made.output.strip().removeprefix("http://localhost")).location == "/desk/login/second"
    assert not is_in(browser)
    assert browser.post("/desk/login/second", data={"code": codes[3]}).status_code == 303
    assert is_in(browser)
    assert "9 " in browser.get("/desk/account", headers=ENGLISH).text
    again, _ = first_step(cast)
    assert again.post("/desk/login/second", data={"code": codes[3]}).status_code == 422


def test_the_second_step_waits_ten_minutes_and_for_this_passphrase(
    cast: Cast, app_of_fatima: tuple[App, list[str]]
) -> None:
    late, _ = first_step(cast)
    with late.session_transaction() as kept:
        kept["second_step"] |= {"at": kept["second_step"]["at"] - 601}
    assert late.post("/desk/login/second", data={"code": app_of_fatima[0].code()}).location == "/desk/login"
    early, _ = first_step(cast)
    cast.fatima.post(
        "/desk/account/passphrase", data={"present": PASSPHRASE, "password": "tretton blå hattar simmar"}
    )
    assert early.post("/desk/login/second", data={"code": app_of_fatima[0].code()}).location == "/desk/login"


def test_guessing_codes_of_one_person_is_capped_from_everywhere(
    cast: Cast, app_of_fatima: tuple[App, list[str]]
) -> None:
    browser, _ = first_step(cast)
    answers = [
        browser.post(
            "/desk/login/second",
            data={"code": "000000"},
            environ_base={"REMOTE_ADDR": f"192.0.2.{guess}"},
        ).status_code
        for guess in range(12)
    ]
    assert answers == [422] * 10 + [429] * 2
    right = browser.post("/desk/login/second", data={"code": app_of_fatima[0].code()})
    assert right.status_code == 429
    assert not is_in(browser)


def test_a_second_step_is_no_wrong_log_in(cast: Cast, app_of_fatima: tuple[App, list[str]]) -> None:
    assert {first_step(cast)[1].status_code for _ in range(12)} == {303}


def test_where_it_is_asked_for_nothing_else_opens_before(cast: Cast) -> None:
    change(cast, Organisation, Organisation.name == "Staden", second_factor_of="everyone")
    assert is_in(cast.nils)
    fatima = cast.fatima
    assert fatima.get(f"/desk/walks/{cast.a.id}").location == PAGE
    refused = fatima.get(f"/api/desk/walks/{cast.a.id}/pins")
    assert (refused.status_code, refused.json["code"]) == (403, "second_factor_required")
    assert fatima.get("/desk/account").location == PAGE
    assert fatima.get(PAGE).status_code == 200
    set_up(cast, fatima)
    assert is_in(fatima)
    assert fatima.get(f"/api/desk/walks/{cast.a.id}/pins").status_code == 200


def test_switching_off_what_is_asked_for_leads_to_a_new_one(cast: Cast) -> None:
    _app, codes = set_up(cast, cast.fatima)
    change(cast, Organisation, Organisation.name == "Staden", second_factor_of="everyone")
    assert cast.fatima.post(f"{PAGE}/off", data={"typed": "nej"}).status_code == 422
    assert is_in(cast.fatima)
    assert cast.fatima.post(f"{PAGE}/off", data={"typed": codes[0]}).status_code == 303
    assert not is_in(cast.fatima)
    set_up(cast, cast.fatima)
    assert is_in(cast.fatima)


def test_an_old_log_in_shows_anew_who_it_is(cast: Cast) -> None:
    fatima = cast.fatima
    fatima.post("/desk/account/passphrase", data={"password": PASSPHRASE})
    change(cast, LoginSession, created_at=datetime.now(UTC) - timedelta(minutes=16))
    assert fatima.post(f"{PAGE}/app").status_code == 422
    assert cast.count(Authenticator) == 0
    assert fatima.post(f"{PAGE}/app", data={"typed": PASSPHRASE}).status_code == 303
    assert cast.count(Authenticator) == 1


def test_a_reset_shows_out_and_is_told_at_the_next_log_in(cast: Cast) -> None:
    set_up(cast, cast.ove)
    ours = cast.ids["organisation"]
    reset = f"/desk/people/{ours}/{cast.ids['ove']}/second-factor/reset"
    assert cast.fatima.post(reset).status_code == 403
    change(cast, Membership, Membership.facilitator_id == cast.ids["fatima"], role="administrator")
    assert reset in cast.fatima.get("/desk/people").text
    assert cast.fatima.post(reset).status_code == 303
    assert not is_in(cast.ove)
    cast.log_out_all()
    ove = cast.ove
    assert ove.get("/desk/").location == PAGE
    assert "were reset on" in ove.get(PAGE, headers=ENGLISH).text
    assert ove.post(f"{PAGE}/seen").status_code == 303
    assert is_in(ove)
    assert cast.one(Facilitator, Facilitator.id == cast.ids["ove"]).sign_in_reset_at is None
    assert "sign_in_reset" in acts(cast)


def test_a_new_passphrase_keeps_the_second_factor_of_the_log_in(cast: Cast) -> None:
    change(cast, Organisation, Organisation.name == "Staden", second_factor_of="everyone")
    set_up(cast, cast.fatima)
    cast.fatima.post("/desk/account/passphrase", data={"password": PASSPHRASE})
    assert is_in(cast.fatima)


def test_only_administrators_set_of_whom_it_is_asked(cast: Cast) -> None:
    page = f"/desk/organisation/{cast.ids['organisation']}"
    right = {"name": "Staden", "retention_months": "6", "original_days": "30"}
    right |= {"second_factor_of": "administrators"}
    assert cast.fatima.post(page, data=right).status_code == 403
    change(cast, Membership, Membership.facilitator_id == cast.ids["fatima"], role="administrator")
    assert cast.fatima.post(page, data=right | {"second_factor_of": "all"}).status_code == 422
    assert cast.fatima.post(page, data=right).status_code == 303
    kept = cast.one(Organisation, Organisation.id == cast.ids["organisation"])
    assert kept.second_factor_of == "administrators"
    assert is_in(cast.fatima)
    cast.log_out_all()
    assert not is_in(cast.fatima)
