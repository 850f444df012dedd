"""The desk's pages: logging in, what stays in no cache, walks, settings, a new walk by form."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from flask.testing import FlaskClient

from app.db import db, transaction
from app.models import Area, Walk
from app.operations.facilitators import invite
from tests.apps import AppFactory
from tests.cast import Cast, make_cast

PASSPHRASE = "häst batteri klammer åska"
EMAIL = "sara@example.org"


def invited(cast: Cast) -> str:
    """The path of an invitation for Sara, of Fatima's organisation."""
    with cast.app.app_context(), transaction():
        link = invite(EMAIL, "Sara", "Staden", datetime.now(UTC))
    return link.removeprefix("http://localhost")


@pytest.fixture
def sara(cast: Cast) -> FlaskClient:
    """A browser without login; Sara has chosen her passphrase by the link."""
    browser = cast.app.test_client()
    assert browser.post(invited(cast), data={"password": PASSPHRASE}).status_code == 303
    return cast.app.test_client()


def log_in(browser: FlaskClient, email: str = EMAIL, password: str = PASSPHRASE, **more: str) -> Any:
    return browser.post("/desk/login", data={"email": email, "password": password, **more})


ENGLISH = {"Accept-Language": "en"}


def form(**fields: str) -> dict[str, str]:
    values = {
        "title": "Runt torget",
        "purpose": "Se var det är mörkt.",
        "light": "dusk",
        "date": "2099-11-25",
        "from": "18:00",
        "to": "19:30",
        "timezone": "Europe/Helsinki",
        "area_name": "Torget",
        "pack": "",
        "shape": "box",
        "polygon": "",
        "west": "24,93",
        "south": "60.16",
        "east": "24.97",
        "north": "60.18",
    }
    return values | fields


def made_id(made: Any) -> UUID:
    """Which walk the answer leads to."""
    return UUID(made.location.split("/")[3])


def test_whoever_is_not_logged_in_comes_back_after_logging_in(cast: Cast, sara: FlaskClient) -> None:
    page = f"/desk/walks/{cast.a.id}?show=new"
    sent = sara.get(page)
    assert sent.status_code == 303
    login = sara.get(sent.location)
    assert f'name="next" value="/desk/walks/{cast.a.id}?show=new"' in login.text
    assert log_in(sara, next=page).location == page
    assert sara.get(page).status_code == 200


@pytest.mark.parametrize("inside", ["Å", "å"])
def test_a_passphrase_may_be_typed_on_any_keyboard(cast: Cast, inside: str) -> None:
    """The same letters, composed and decomposed (a Mac's file names, some phones)."""
    import unicodedata

    browser = cast.app.test_client()
    phrase = f"fyra {inside}terkommande vanliga ord"
    browser.post(invited(cast), data={"password": unicodedata.normalize("NFC", phrase)})
    browser.post("/desk/logout")
    assert log_in(browser, password=unicodedata.normalize("NFD", phrase)).status_code == 302
    assert browser.get("/desk/").status_code == 200


def test_a_short_passphrase_is_refused_and_the_link_stays(cast: Cast) -> None:
    path, browser = invited(cast), cast.app.test_client()
    refused = browser.post(path, data={"password": "kort lösen"})
    assert refused.status_code == 422
    assert 'aria-invalid="true"' in refused.text
    assert browser.post(path, data={"password": PASSPHRASE}).status_code == 303


def test_a_link_works_once_and_looking_at_it_uses_nothing_up(cast: Cast) -> None:
    path = invited(cast)
    for _ in range(2):
        assert cast.nobody.get(path).status_code == 200
    assert cast.nobody.post(path, data={"password": PASSPHRASE}).status_code == 303
    assert cast.nobody.get(path).status_code == 410
    assert cast.nobody.post(path, data={"password": PASSPHRASE}).status_code == 410


def test_a_wrong_address_and_a_wrong_passphrase_look_the_same(sara: FlaskClient) -> None:
    def shown(email: str, password: str) -> str:
        answer = log_in(sara, email, password)
        assert answer.status_code == 200
        # What a passkey would be asked is another thing each time a page is shown.
        return re.sub(r"challenge[^,]+,", "", answer.text.replace(email, ""))

    assert shown(EMAIL, "fel fel fel fel fel") == shown("ingen@example.org", "fel fel fel fel fel")
    assert shown(EMAIL, "") == shown("ingen@example.org", "")


def test_guessing_passphrases_is_capped_and_a_right_one_waits_too(app_factory: AppFactory) -> None:
    cast = make_cast(app_factory(ATTEMPTS_PER_ADDRESS="3"))
    browser = cast.app.test_client()
    browser.post(invited(cast), data={"password": PASSPHRASE})
    guesser = cast.app.test_client()
    for _ in range(3):
        assert log_in(guesser, password="fel fel fel fel").status_code == 200
    refused = log_in(guesser)
    assert refused.status_code == 429
    assert refused.headers["Retry-After"] == "60"
    assert browser.get("/desk/").status_code == 200


def test_right_passphrases_are_not_counted(app_factory: AppFactory) -> None:
    cast = make_cast(app_factory(ATTEMPTS_PER_ADDRESS="3"))
    cast.app.test_client().post(invited(cast), data={"password": PASSPHRASE})
    for _ in range(5):
        assert log_in(cast.app.test_client()).status_code == 302


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example",
        "//evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "javascript:alert(1)",
        "evil",
        "http://[::1",
        "//[",
        "http://evil\u2100example",
    ],
)
def test_a_login_leads_nowhere_else(sara: FlaskClient, target: str) -> None:
    assert target not in sara.get("/desk/login", query_string={"next": target}).text
    for way in ("/desk/login", "/desk/logout"):
        for sent in ({"data": {"next": target}}, {"query_string": {"next": target}}):
            assert sara.post(way, **sent).status_code == 400
    assert log_in(sara, next=target).location is None
    log_in(sara)
    again = sara.get("/desk/login", query_string={"next": target})
    assert again.location == "/desk/"


def test_after_logging_out_nothing_of_the_desk_is_left(cast: Cast, sara: FlaskClient) -> None:
    log_in(sara)
    page = f"/desk/walks/{cast.a.id}"
    assert sara.get(page).headers["Cache-Control"] == "no-store"
    out = sara.post("/desk/logout")
    assert out.headers["Clear-Site-Data"] == '"cache"'
    assert sara.get(page).status_code == 303
    assert sara.get(f"/api/desk/walks/{cast.a.id}/pins").status_code == 401


def test_logging_out_needs_a_post_from_here(cast: Cast) -> None:
    assert cast.fatima.get("/desk/logout").status_code == 405
    assert cast.fatima.post("/desk/logout", headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert cast.fatima.get("/desk/").status_code == 200


def test_no_desk_page_may_be_kept(cast: Cast) -> None:
    walk = f"/desk/walks/{cast.a.id}"
    for page in ("/desk/", "/desk/walks/new", walk, f"{walk}/setup", f"{walk}/qr"):
        answer = cast.fatima.get(page)
        assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store"), page
    assert cast.nobody.get("/desk/login").headers["Cache-Control"] == "no-store"


def test_my_walks_say_what_waits(cast: Cast) -> None:
    cast.amina.put_pin(acute=True)
    cast.amina.put_pin()
    text = " ".join(cast.fatima.get("/desk/", headers={"Accept-Language": "en"}).text.split())
    assert f'/desk/walks/{cast.a.id}?show=acute"' in text
    assert "<strong>2</strong> to review" in text
    assert "Kajen" in text


def test_other_organisations_walks_are_not_there(cast: Cast) -> None:
    assert "Kajen" not in cast.nils.get("/desk/").text
    for part in ("", "/setup", "/qr"):
        assert cast.nils.get(f"/desk/walks/{cast.a.id}{part}").status_code == 404
    for part in ("code", "newcomers", "state"):
        assert cast.nils.post(f"/desk/walks/{cast.a.id}/{part}", data={"state": "closing"}).status_code == 404
    assert cast.one(Walk, Walk.id == cast.a.id).state == "open"


def test_an_empty_desk_says_how_to_begin(cast: Cast) -> None:
    text = cast.nils.get("/desk/", headers={"Accept-Language": "en"}).text
    assert "No walks yet" in text
    assert 'href="/desk/walks/new"' in text


def test_settings_work_by_plain_forms(cast: Cast) -> None:
    walk = f"/desk/walks/{cast.a.id}"
    assert cast.a.code in cast.fatima.get(f"{walk}/setup").text
    assert cast.fatima.post(f"{walk}/code").status_code == 303
    assert cast.a.code not in cast.fatima.get(f"{walk}/setup").text
    cast.fatima.post(f"{walk}/newcomers", data={"paused": "yes"})
    assert cast.one(Walk, Walk.id == cast.a.id).newcomers_paused is True
    cast.fatima.post(f"{walk}/state", data={"state": "closing"})
    assert cast.one(Walk, Walk.id == cast.a.id).state == "closing"
    assert cast.fatima.post(f"{walk}/state", data={"state": "draft"}).status_code == 422


def test_a_walk_is_made_by_a_plain_form_in_the_time_of_its_area(cast: Cast) -> None:
    made = cast.fatima.post("/desk/walks/new", data=form())
    assert made.status_code == 303, made.text
    walk = cast.one(Walk, Walk.id == made_id(made))
    assert walk.starts_at == datetime(2099, 11, 25, 16, 0, tzinfo=UTC)
    assert (walk.state, walk.light, walk.pack) == ("draft", "dusk", None)
    area = cast.one(Area, Area.id == walk.area_id)
    assert (area.west, area.south, area.east, area.north) == (24.93, 60.16, 24.97, 60.18)
    assert "Runt torget" in cast.fatima.get(made.location).text


def test_a_walk_may_end_after_midnight(cast: Cast) -> None:
    made = cast.fatima.post("/desk/walks/new", data=form(**{"from": "22:30", "to": "00:15"}))
    walk = cast.one(Walk, Walk.id == made_id(made))
    assert (walk.ends_at - walk.starts_at).total_seconds() == 105 * 60


def test_a_shape_gives_the_area_its_box(cast: Cast) -> None:
    polygon = '{"type":"Polygon","coordinates":[[[24.93,60.16],[24.96,60.16],[24.94,60.17],[24.93,60.16]]]}'
    made = cast.fatima.post("/desk/walks/new", data=form(shape="polygon", polygon=polygon, west="", east=""))
    assert made.status_code == 303, made.text
    walk = cast.one(Walk, Walk.id == made_id(made))
    area = cast.one(Area, Area.id == walk.area_id)
    assert (area.west, area.south, area.east, area.north) == (24.93, 60.16, 24.96, 60.17)
    assert area.polygon["coordinates"][0][1] == [24.96, 60.16]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"title": " "}, "title"),
        ({"area_name": ""}, "area_name"),
        ({"light": ""}, "light"),
        ({"date": ""}, "date"),
        ({"date": "2026-02-30"}, "date"),
        ({"date": "2020-11-25"}, "date"),
        ({"from": "soon"}, "date"),
        ({"to": ""}, "to"),
        ({"to": "18:00"}, "to"),
        ({"to": "16:00"}, "to"),
        ({"west": "24.99"}, "west"),
        ({"north": "high"}, "west"),
        ({"north": "1e999"}, "west"),
        ({"shape": "polygon"}, "shape"),
        ({"shape": "polygon", "polygon": "[" * 3000}, "shape"),
        (
            {"shape": "polygon", "polygon": '{"type":"Polygon","coordinates":[[[24,60],[25,60],[24,60]]]}'},
            "shape",
        ),
        ({"shape": "polygon", "polygon": "NaN"}, "shape"),
    ],
)
def test_a_wrong_form_says_where_and_keeps_what_was_typed(
    cast: Cast, wrong: dict[str, str], field: str
) -> None:
    answer = cast.fatima.post("/desk/walks/new", data=form(**wrong))
    assert answer.status_code == 422
    assert f'<a href="#{field}">' in answer.text
    assert "Se var det är mörkt." in answer.text
    assert cast.count(Walk) == 2


def test_a_title_is_text_and_never_markup(cast: Cast) -> None:
    title = "</script><img src=x onerror=alert(1)>"
    made = cast.fatima.post("/desk/walks/new", data=form(title=title))
    walk = made.location.removesuffix("/setup?done=made")
    for page in ("/desk/", walk, f"{walk}/setup", f"{walk}/qr"):
        assert "<img src=x" not in cast.fatima.get(page).text
        assert "</script><img" not in cast.fatima.get(page).text


def test_a_link_in_a_mail_to_a_walk_is_under_our_own_address(cast: Cast) -> None:
    text = cast.fatima.get(
        f"/desk/walks/{cast.a.id}/setup", headers={"X-Forwarded-Host": "evil.example"}
    ).text
    assert f"http://localhost/v/{cast.a.code}" in text
    assert "evil.example" not in text


@pytest.fixture(autouse=True)
def clean_session(app: Any) -> Any:
    yield
    with app.app_context():
        db.session.remove()


def test_a_day_that_has_passed_is_named_as_such(cast: Cast) -> None:
    answer = cast.fatima.post("/desk/walks/new", data=form(date="2020-11-25"), headers=ENGLISH)
    assert "That day has passed. Choose today or a later day." in answer.text


def test_every_time_zone_is_offered_once_under_the_name_it_has_now(cast: Cast) -> None:
    text = cast.fatima.get("/desk/walks/new", headers=ENGLISH).text
    zones = re.findall(r'<option value="(Europe/[^"]+)"( selected)?>([^<]+)<', text)
    names, cities = [zone[0] for zone in zones], [zone[2] for zone in zones]
    assert "Europe/Kyiv" in names
    assert not {"Europe/Kiev", "Europe/Belfast", "Europe/Uzhgorod"} & set(names)
    assert len(set(names)) == len(names) == len(set(cities)) > 50
    assert [zone[0] for zone in zones if zone[1]] == ["Europe/Stockholm"]
    again = cast.fatima.post("/desk/walks/new", data=form(timezone="Europe/Kiev", title="")).text
    assert '<option value="Europe/Kyiv" selected>' in again


def test_a_link_that_opens_nothing_says_what_happened_and_what_to_do(cast: Cast) -> None:
    path = invited(cast)
    browser = cast.app.test_client()
    assert browser.post(path, data={"password": PASSPHRASE}).status_code == 303
    for client, way in ((cast.nobody, "/desk/login"), (browser, "/desk/")):
        answer = client.get(path, headers=ENGLISH)
        assert (answer.status_code, answer.headers["Cache-Control"]) == (410, "no-store")
        assert "The link no longer works" in answer.text
        assert f'<a class="btn btn--primary btn--wide" href="{way}">' in answer.text
    assert "Otherwise ask for a new link" in cast.nobody.get(path, headers=ENGLISH).text
    assert "a new link" not in browser.get(path, headers=ENGLISH).text
