"""Single sign-on against a log-in service of its own process: who gets in, and every way to be refused."""

from __future__ import annotations

import json
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.adapters import sign_on as adapter
from app.db import db
from app.models import Audit, Facilitator, LoginSession, Membership, Organisation, SignOn
from tests.cast import Cast, make_cast
from tests.oidc_provider import CLIENT, SECRET
from tests.processes import end, free_port, start
from tests.waiting import wait_until

ROOT = Path(__file__).resolve().parents[2]
ENGLISH = {"Accept-Language": "en"}
WHOLE = {"OIDC_ISSUER": "https://log.example.org", "OIDC_CLIENT_ID": "a"}
OBSERVERS = {"OIDC_OBSERVER_DOMAINS": "example.org", "OIDC_OBSERVER_ORGANISATION": "Grannstaden"}


class Service:
    """The log-in service, and a browser's way through it."""

    def __init__(self, issuer: str) -> None:
        self.issuer = issuer
        self.settings = {
            "OIDC_ISSUER": issuer,
            "OIDC_CLIENT_ID": CLIENT,
            "OIDC_CLIENT_SECRET": SECRET,
            "OIDC_NAME": "Kommunen",
        }

    def tell(self, **told: Any) -> None:
        """What it does from now on, instead of what it should."""
        request = urllib.request.Request(f"{self.issuer}/told", json.dumps(told).encode(), method="POST")
        urllib.request.urlopen(request, timeout=10).close()

    def answers(self) -> bool:
        try:
            urllib.request.urlopen(f"{self.issuer}/keys", timeout=5).close()
        except (urllib.error.URLError, ConnectionError):
            return False
        return True

    def way_back(self, there: str) -> str:
        """The path that the service sends a browser back to."""

        class Stop(urllib.request.HTTPRedirectHandler):
            def redirect_request(self, *_parts: Any) -> None:
                return None

        try:
            urllib.request.build_opener(Stop).open(there, timeout=10)
        except urllib.error.HTTPError as answer:
            return str(answer.headers["Location"]).removeprefix("http://localhost")
        raise AssertionError("no way back")

    def log_in(self, browser: FlaskClient, target: str = "") -> TestResponse:
        left = browser.get("/desk/sign-on", query_string={"next": target})
        assert left.status_code == 303, left.text
        return browser.get(self.way_back(left.location), headers=ENGLISH)


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    port = free_port()
    service = Service(f"http://127.0.0.1:{port}")
    with (tmp_path_factory.mktemp("oidc") / "log").open("wb") as log:
        process = start(
            [sys.executable, "-m", "tests.oidc_provider", str(port)],
            cwd=ROOT,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    try:
        wait_until(service.answers, "the log-in service answering", seconds=60)
        yield service
    finally:
        end(process)


@pytest.fixture
def service(running: Service) -> Service:
    """As it should be, and not yet asked by anyone."""
    running.tell()
    adapter.forget()
    return running


@pytest.fixture
def cast(app_factory: Callable[..., Flask], service: Service) -> Iterator[Cast]:
    cast = make_cast(app_factory(**service.settings))
    yield cast
    with cast.app.app_context():
        db.session.remove()


@pytest.fixture
def browser(cast: Cast) -> FlaskClient:
    return cast.app.test_client()


def is_in(browser: FlaskClient) -> bool:
    return browser.get("/desk/").status_code == 200


def change(cast: Cast, model: Any, *where: Any, **columns: Any) -> None:
    with cast.app.app_context():
        db.session.execute(sa.update(model).where(*where).values(**columns))
        db.session.commit()


def test_without_the_setting_there_is_nothing(client: FlaskClient) -> None:
    for path in ("/desk/sign-on", "/desk/sign-on/back?code=a&state=b"):
        assert client.get(path).status_code == 404
    assert "/desk/sign-on" not in client.get("/desk/login").text


def test_whoever_belongs_here_is_logged_in(cast: Cast, service: Service, browser: FlaskClient) -> None:
    assert "Log in with Kommunen" in browser.get("/desk/login", headers=ENGLISH).text
    answer = service.log_in(browser, "/desk/account")
    assert (answer.status_code, answer.location) == (303, "/desk/account")
    assert is_in(browser)
    login = cast.one(LoginSession)
    assert (login.method, login.second) == ("sign_on", None)
    tie = cast.one(SignOn)
    assert (tie.issuer, tie.subject, tie.facilitator_id) == (
        service.issuer,
        "fatima-there",
        cast.ids["fatima"],
    )
    with cast.app.app_context():
        assert list(db.session.scalars(sa.select(Audit.act).order_by(Audit.id))) == ["sign_on_tie", "log_in"]


def test_the_tie_holds_when_the_address_changes_and_no_other_takes_it(cast: Cast, service: Service) -> None:
    service.log_in(cast.app.test_client())
    service.tell(claims={"email": "fatima.ny@example.org"})
    renamed = cast.app.test_client()
    assert service.log_in(renamed).status_code == 303
    assert is_in(renamed)
    service.tell(claims={"sub": "another-fatima"})
    other = cast.app.test_client()
    assert service.log_in(other).status_code == 403
    assert not is_in(other)


def test_the_way_there_leads_nowhere_else(cast: Cast, service: Service, browser: FlaskClient) -> None:
    assert service.log_in(browser, "https://elsewhere.example/").location == "/desk/"


@pytest.mark.parametrize(
    ("told", "code", "status"),
    [
        ({"error": "access_denied"}, "sign_on_denied", 403),
        ({"error": "server_error"}, "sign_on_unreachable", 503),
        ({"claims": {"email": "ingen@example.org"}}, "sign_on_unknown", 403),
        ({"claims": {"email_verified": False}}, "sign_on_unverified", 403),
        ({"claims": {"email_verified": None}}, "sign_on_unverified", 403),
        ({"claims": {"email": None}}, "sign_on_unverified", 403),
        ({"claims": {"email": 7}}, "sign_on_unverified", 403),
        ({"claims": {"iss": "https://elsewhere.example"}}, "sign_on_untrusted", 403),
        ({"claims": {"aud": "another client"}}, "sign_on_untrusted", 403),
        ({"claims": {"aud": ["another client"], "azp": CLIENT}}, "sign_on_untrusted", 403),
        ({"claims": {"nonce": "another question"}}, "sign_on_untrusted", 403),
        ({"claims": {"nonce": None}}, "sign_on_untrusted", 403),
        ({"claims": {"sub": None}}, "sign_on_untrusted", 403),
        ({"sign_with": "strange", "kid": "own"}, "sign_on_untrusted", 403),
        ({"sign_with": "strange"}, "sign_on_untrusted", 403),
        ({"shared_secret": True}, "sign_on_untrusted", 403),
        ({"shift_s": -3600}, "sign_on_clocks", 503),
        ({"shift_s": 3600}, "sign_on_clocks", 503),
        ({"token_status": 500}, "sign_on_unreachable", 503),
    ],
    ids=str,
)
def test_a_wrong_answer_is_said_clearly_and_lets_nobody_in(
    cast: Cast, service: Service, browser: FlaskClient, told: dict[str, Any], code: str, status: int
) -> None:
    service.tell(**told)
    answer = service.log_in(browser)
    assert (answer.status_code, code in answer.text) == (status, True), answer.text
    assert "Log in another way" in answer.text
    assert not is_in(browser)
    assert cast.count(SignOn) == 0


def test_new_keys_of_the_service_are_found(cast: Cast, service: Service) -> None:
    service.log_in(cast.app.test_client())
    service.tell(sign_with="new", turned=True)
    later = cast.app.test_client()
    service.log_in(later)
    assert is_in(later)


@pytest.mark.parametrize(
    "told",
    [
        {"moved": "http://127.0.0.1:9/"},
        {"configuration": {"issuer": "https://elsewhere.example"}},
        {"configuration": {"token_endpoint": "http://169.254.169.254/token"}},
        {"configuration": {"jwks_uri": "https://elsewhere.example/keys"}},
        {"configuration": {"authorization_endpoint": "javascript:alert(1)"}},
        {"configuration": {"token_endpoint": None}},
    ],
    ids=str,
)
def test_a_service_that_points_elsewhere_is_not_followed(
    cast: Cast, service: Service, browser: FlaskClient, told: dict[str, Any]
) -> None:
    service.tell(**told)
    answer = browser.get("/desk/sign-on", headers=ENGLISH)
    assert (answer.status_code, "sign_on_unreachable" in answer.text) == (503, True)


def test_a_service_that_is_away_is_said_to_be(app_factory: Callable[..., Flask]) -> None:
    app = app_factory(OIDC_ISSUER=f"http://127.0.0.1:{free_port()}", OIDC_CLIENT_ID=CLIENT)
    answer = app.test_client().get("/desk/sign-on", headers=ENGLISH)
    assert (answer.status_code, "does not answer right now" in answer.text) == (503, True)


def test_a_wrong_secret_is_our_fault_and_not_the_persons(
    app_factory: Callable[..., Flask], service: Service
) -> None:
    app = app_factory(**service.settings | {"OIDC_CLIENT_SECRET": "another"})
    assert service.log_in(app.test_client()).status_code == 503


def test_a_way_back_belongs_to_one_browser_and_works_once(
    cast: Cast, service: Service, browser: FlaskClient
) -> None:
    back = service.way_back(browser.get("/desk/sign-on").location)
    other = cast.app.test_client()
    assert other.get(back).status_code == 409
    other.get("/desk/sign-on")
    assert other.get(back).status_code == 409
    assert not is_in(other)
    assert browser.get(back).status_code == 303
    assert browser.get(back).status_code == 409
    late = cast.app.test_client()
    back = service.way_back(late.get("/desk/sign-on").location)
    with late.session_transaction() as kept:
        kept["sign_on"] |= {"at": kept["sign_on"]["at"] - 901}
    assert late.get(back).status_code == 409


def test_an_invitation_that_waits_is_taken_up(cast: Cast, service: Service, browser: FlaskClient) -> None:
    change(cast, Membership, Membership.facilitator_id == cast.ids["fatima"], role="administrator")
    new = {"email": "sara@example.org", "name": "Sara", "role": "facilitator"}
    people = f"/desk/people/{cast.ids['organisation']}/invitations"
    assert cast.fatima.post(people, data=new).status_code == 200
    service.tell(claims={"sub": "sara-there", "email": "sara@example.org"})
    assert service.log_in(browser).status_code == 303
    assert browser.get(f"/desk/walks/{cast.a.id}").status_code == 200
    assert cast.fatima.post(people, data=new | {"email": "nils@example.org"}).status_code == 200
    service.tell(claims={"sub": "nils-there", "email": "nils@example.org"})
    nils = cast.app.test_client()
    assert service.log_in(nils).status_code == 303
    assert nils.get(f"/desk/walks/{cast.a.id}").status_code == 404


def test_ended_access_ends_this_way_too(cast: Cast, service: Service) -> None:
    service.log_in(cast.app.test_client())
    change(cast, Membership, Membership.facilitator_id == cast.ids["fatima"], ended_at=datetime.now(UTC))
    again = cast.app.test_client()
    assert service.log_in(again).status_code == 403
    assert not is_in(again)


def test_people_of_a_named_domain_may_look(app_factory: Callable[..., Flask], service: Service) -> None:
    cast = make_cast(app_factory(**service.settings | OBSERVERS))
    browser = cast.app.test_client()
    for email, status in (("eva@elsewhere.org", 403), ("eva@sub.example.org", 403), ("eva@example.org", 303)):
        service.tell(claims={"sub": "eva", "email": email, "name": "Eva"})
        assert service.log_in(browser).status_code == status
    eva = cast.one(Facilitator, Facilitator.email == "eva@example.org")
    row = cast.one(Membership, Membership.facilitator_id == eva.id)
    assert (eva.name, row.role, row.organisation_id) == ("Eva", "observer", cast.ids["their organisation"])


@pytest.mark.parametrize(
    ("settings", "claims", "goes_in"),
    [
        ({}, {}, False),
        ({}, {"amr": ["pwd", "mfa"]}, True),
        ({"OIDC_SECOND_FACTOR": "on"}, {}, True),
    ],
)
def test_our_second_factor_is_asked_unless_theirs_was(
    app_factory: Callable[..., Flask],
    service: Service,
    settings: dict[str, str],
    claims: dict[str, Any],
    goes_in: bool,
) -> None:
    cast = make_cast(app_factory(**service.settings | settings))
    change(cast, Organisation, second_factor_of="everyone")
    service.tell(claims=claims)
    browser = cast.app.test_client()
    service.log_in(browser)
    assert is_in(browser) is goes_in
    assert browser.get("/desk/account/second-factor").status_code == 200


@pytest.mark.parametrize(
    ("settings", "claims"),
    [
        ({"OIDC_TRUST_EMAIL": "on"}, {"email_verified": None}),
        ({}, {"email_verified": None, "xms_edov": True}),
        ({"OIDC_EMAIL_CLAIM": "upn", "OIDC_TRUST_EMAIL": "on"}, {"email": None, "upn": "FATIMA@example.org"}),
    ],
)
def test_other_ways_to_vouch_for_an_address(
    app_factory: Callable[..., Flask], service: Service, settings: dict[str, str], claims: dict[str, Any]
) -> None:
    cast = make_cast(app_factory(**service.settings | settings))
    service.tell(claims=claims)
    browser = cast.app.test_client()
    service.log_in(browser)
    assert is_in(browser)


@pytest.mark.sqlite_is_enough
@pytest.mark.parametrize(
    "wrong",
    [
        {"OIDC_ISSUER": "http://log.example.org", "OIDC_CLIENT_ID": "a"},
        {"OIDC_ISSUER": "https://log.example.org"},
        {"OIDC_CLIENT_ID": "a"},
        {"OIDC_ISSUER": "https://log.example.org", "OIDC_CLIENT_ID": "a", "OIDC_OBSERVER_DOMAINS": "a.se"},
        {
            "OIDC_ISSUER": "https://log.example.org",
            "OIDC_CLIENT_ID": "a",
            "OIDC_CLIENT_SECRET_FILE": "/no/file",
        },
    ],
)
def test_half_a_description_stops_the_start(app_factory: Callable[..., Flask], wrong: dict[str, str]) -> None:
    with pytest.raises(SystemExit, match="OIDC_"):
        app_factory(**wrong)


@pytest.mark.sqlite_is_enough
def test_the_start_loads_none_of_the_libraries_for_other_ways(tmp_path: Path) -> None:
    heavy = {"webauthn", "authlib", "requests", "joserfc", "OpenSSL", "redis", "psycopg"}
    script = (
        "import sys; from app import create_app; from app.config import load_settings\n"
        f"create_app(load_settings({{'DATA_DIR': {str(tmp_path)!r}}}))\n"
        f"print(sorted({heavy} & set(sys.modules)))\n"
        "import webauthn, authlib, redis, psycopg"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True)
    assert (done.returncode, done.stdout.strip()) == (0, "[]"), done.stderr
