"""Passkeys at the server: who they let in, and every answer that they must not let in by."""

from __future__ import annotations

import html
import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from app.adapters import secrets
from app.adapters.passkeys import Place, place_of
from app.db import db
from app.models import Audit, LoginSession, Organisation, Passkey
from tests.cast import Cast
from tests.passkeys import PRESENT, Device

OWN = "/desk/account/second-factor"


def change(cast: Cast, model: Any, **columns: Any) -> None:
    with cast.app.app_context():
        db.session.execute(sa.update(model).values(**columns))
        db.session.commit()


def question(page: str) -> str:
    found = re.search(r'data-passkey="([^"]+)"', page)
    assert found
    return html.unescape(found[1])


def add(browser: FlaskClient, device: Device, name: str = "Telefonen") -> bool:
    asked = question(browser.get(f"{OWN}/passkey").text)
    done = browser.post(f"{OWN}/passkey", data={"answer": device.make(asked), "name": name})
    return done.location == f"{OWN}?done=passkey"


def come_in(browser: FlaskClient, device: Device, **other: Any) -> bool:
    asked = question(browser.get("/desk/login").text)
    browser.post("/desk/login/passkey", data={"answer": device.use(asked, **other), "next": "/desk/account"})
    return is_in(browser)


def is_in(browser: FlaskClient) -> bool:
    return browser.get("/desk/").status_code == 200


def removal(browser: FlaskClient) -> str:
    return re.findall(rf"{OWN}/passkeys/[0-9a-f-]+/(?:removal|return)", browser.get(OWN).text)[0]


@pytest.fixture
def device(cast: Cast) -> Device:
    """Fatima's phone, with a passkey of hers."""
    made = Device()
    assert add(cast.fatima, made)
    return made


def test_a_passkey_lets_in_without_a_word(cast: Cast, device: Device) -> None:
    browser = cast.app.test_client()
    assert come_in(browser, device)
    page = browser.get(OWN).text
    assert "Telefonen" in page
    kept = cast.one(Passkey)
    assert (kept.sign_count, kept.used_at is None) == (2, False)
    session = cast.one(LoginSession, LoginSession.method == "passkey")
    assert session.second == "passkey"
    with cast.app.app_context():
        acts = list(db.session.scalars(sa.select(Audit.act).order_by(Audit.id)))
    assert acts == ["log_in", "passkey_add", "log_in"]


def test_several_passkeys_stand_beside_each_other(cast: Cast, device: Device) -> None:
    asked = json.loads(question(cast.fatima.get(f"{OWN}/passkey").text))
    assert len(asked["excludeCredentials"]) == 1
    assert asked["authenticatorSelection"] == {
        "residentKey": "required",
        "requireResidentKey": True,
        "userVerification": "required",
    }
    other = Device()
    assert add(cast.fatima, other, "Nyckeln")
    for one in (device, other):
        device.counter = other.counter = 5
        assert come_in(cast.app.test_client(), one)


def test_an_answer_lets_in_once(cast: Cast, device: Device) -> None:
    browser, thief = cast.app.test_client(), cast.app.test_client()
    answer = device.use(question(browser.get("/desk/login").text))
    assert browser.post("/desk/login/passkey", data={"answer": answer}).location == "/desk/"
    change(cast, Passkey, sign_count=0)
    assert thief.post("/desk/login/passkey", data={"answer": answer}).location.endswith("?wrong=passkey")
    assert not is_in(thief)


@pytest.mark.parametrize(
    "dishonest",
    [
        {"origin": "https://trygg-steg.example"},
        {"host": "trygg-steg.example"},
        {"flags": PRESENT},
        {"counter": 0},
        {"owner": b"somebody else's"},
        {"credential_id": b"an unknown key"},
    ],
    ids=lambda part: next(iter(part)),
)
def test_a_dishonest_answer_lets_nobody_in(cast: Cast, device: Device, dishonest: dict[str, Any]) -> None:
    for name, value in dishonest.items():
        setattr(device, name, value)
    assert not come_in(cast.app.test_client(), device)


def test_a_wrong_signature_lets_nobody_in(cast: Cast, device: Device) -> None:
    device.key = Device().key
    assert not come_in(cast.app.test_client(), device)


def test_a_question_grows_old_and_serves_what_it_was_made_for(
    cast: Cast, device: Device, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = cast.app.test_client()
    asked = question(browser.get("/desk/login").text)
    made_for_adding = question(cast.fatima.get(f"{OWN}/passkey").text)
    own = json.dumps({"challenge": secrets.token_hash("made by a stranger")})
    for wrong in (made_for_adding, own):
        browser.post("/desk/login/passkey", data={"answer": device.use(wrong)})
        assert not is_in(browser)
    later = secrets.time.time() + 16 * 60
    with monkeypatch.context() as patch:
        patch.setattr(secrets.time, "time", lambda: later)
        browser.post("/desk/login/passkey", data={"answer": device.use(asked)})
    assert not is_in(browser)
    assert come_in(browser, device)


@pytest.mark.parametrize(
    "answer",
    ["", "?", "{}", "[]", "null", '{"response": 1}', '{"rawId": "AA", "response": {"clientDataJSON": "AA"}}'],
)
def test_nonsense_is_one_clear_no(cast: Cast, answer: str) -> None:
    for path in ("/desk/login/passkey", f"{OWN}/passkey"):
        browser = cast.fatima if path.startswith(OWN) else cast.app.test_client()
        assert browser.post(path, data={"answer": answer}).location.endswith("?wrong=passkey")
    said = cast.app.test_client().get("/desk/login?wrong=passkey", headers={"Accept-Language": "en"}).text
    assert "That passkey does not fit here" in said


def test_guessing_is_capped(cast: Cast) -> None:
    browser = cast.app.test_client()
    answers = [browser.post("/desk/login/passkey", data={"answer": "?"}).status_code for _ in range(12)]
    assert answers == [303] * 10 + [429] * 2


def test_a_removed_passkey_lets_nobody_in_and_comes_back(cast: Cast, device: Device) -> None:
    assert cast.fatima.post(removal(cast.fatima)).status_code == 303
    assert not come_in(cast.app.test_client(), device)
    back = removal(cast.fatima)
    assert back.endswith("/return")
    assert cast.nils.post(back).status_code == 404
    assert cast.fatima.post(back).status_code == 303
    assert come_in(cast.app.test_client(), device)
    change(cast, Passkey, removed_at=datetime.now(UTC) - timedelta(hours=25))
    assert cast.fatima.post(back).status_code == 404


def test_it_is_the_second_factor_where_one_is_asked_for(cast: Cast) -> None:
    change(cast, Organisation, second_factor_of="everyone")
    fatima, device = cast.fatima, Device()
    assert not is_in(fatima)
    assert add(fatima, device)
    assert is_in(fatima)
    assert fatima.post(removal(fatima)).status_code == 403
    cast.log_out_all()
    made = cast.app.test_cli_runner().invoke(args=["facilitator", "link", "fatima@example.org"])
    browser = cast.app.test_client()
    assert browser.post(made.output.strip().removeprefix("http://localhost")).location == "/desk/login/second"
    asked = question(browser.get("/desk/login/second").text)
    assert len(json.loads(asked)["allowCredentials"]) == 1
    stranger = Device()
    assert add(cast.ove, stranger)
    for answer in (stranger.use(asked), device.use(question(browser.get("/desk/login").text))):
        browser.post("/desk/login/second/passkey", data={"answer": answer})
        assert not is_in(browser)
    browser.post("/desk/login/second/passkey", data={"answer": device.use(asked)})
    assert is_in(browser)


def test_an_old_log_in_is_asked_who_it_is_before_it_adds_one(cast: Cast) -> None:
    asked = question(cast.fatima.get(f"{OWN}/passkey").text)
    change(cast, LoginSession, created_at=datetime.now(UTC) - timedelta(minutes=16))
    assert "data-passkey" not in cast.fatima.get(f"{OWN}/passkey").text
    cast.fatima.post(f"{OWN}/passkey", data={"answer": Device().make(asked)})
    assert cast.count(Passkey) == 0


@pytest.mark.parametrize(
    ("public_url", "place"),
    [
        ("https://trygg.example.org", Place("trygg.example.org", "https://trygg.example.org")),
        ("https://trygg.example.org:8443", Place("trygg.example.org", "https://trygg.example.org:8443")),
        ("http://localhost:8000", Place("localhost", "http://localhost:8000")),
        ("http://trygg.example.org", None),
        ("https://192.0.2.7", None),
        ("https://[2001:db8::1]", None),
    ],
)
def test_passkeys_belong_to_the_public_address_alone(public_url: str, place: Place | None) -> None:
    assert place_of(public_url) == place
