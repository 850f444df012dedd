"""One's own account: log-ins that are seen and ended, and the passphrase; and the log of acts."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from app.db import db
from app.models import Audit, LoginSession, Membership, Pin
from app.operations.facilitators import login_link
from tests.cast import Cast

OLD, NEW = "häst batteri klammer åska", "tretton blå hattar simmar"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


def log_in(cast: Cast, name: str = "fatima") -> FlaskClient:
    """One more browser of the person."""
    with cast.app.app_context():
        link = login_link(f"{name}@example.org", datetime.now(UTC))
        db.session.commit()
    browser = cast.app.test_client()
    made = browser.post(link.removeprefix("http://localhost"), headers={"User-Agent": FIREFOX})
    assert made.status_code == 303
    return browser


def is_in(browser: FlaskClient) -> bool:
    return browser.get("/desk/").status_code == 200


def moved(cast: Cast, **columns: Any) -> None:
    """Every log-in as if at another time."""
    with cast.app.app_context():
        db.session.execute(sa.update(LoginSession).values(**columns))
        db.session.commit()


def ends(browser: FlaskClient) -> list[str]:
    return re.findall(r"/desk/account/logins/[0-9a-f-]{36}/end", browser.get("/desk/account").text)


def acts(cast: Cast) -> list[str]:
    with cast.app.app_context():
        return list(db.session.scalars(sa.select(Audit.act).order_by(Audit.id)))


def test_another_log_in_is_seen_and_ended(cast: Cast) -> None:
    other = log_in(cast)
    assert "Firefox · Linux" in cast.fatima.get("/desk/account").text
    (end,) = ends(cast.fatima)
    assert cast.fatima.post(end).status_code == 303
    assert not is_in(other)
    assert other.get(f"/api/desk/walks/{cast.a.id}/pins").status_code == 401
    assert other.get("/desk/login").status_code == 200
    assert is_in(cast.fatima)
    assert cast.fatima.post(end).status_code == 404


def test_all_others_are_ended_at_once(cast: Cast) -> None:
    others = [log_in(cast) for _ in range(3)]
    assert len(ends(cast.fatima)) == 3
    cast.fatima.post("/desk/account/logins/end-others")
    assert [is_in(one) for one in [*others, cast.fatima]] == [False, False, False, True]


def test_nobody_sees_or_ends_anothers(cast: Cast) -> None:
    other = log_in(cast)
    (end,) = ends(cast.fatima)
    assert ends(cast.nils) == []
    assert cast.nils.post(end).status_code == 404
    cast.nils.post("/desk/account/logins/end-others")
    assert is_in(other)


def test_logging_out_ends_it_for_a_copied_cookie_too(cast: Cast) -> None:
    cookie = cast.fatima.get_cookie("desk")
    assert cookie is not None
    thief = cast.app.test_client()
    thief.set_cookie("desk", cookie.value)
    assert is_in(thief)
    cast.fatima.post("/desk/logout")
    assert not is_in(thief)


def test_a_log_in_ends_after_twelve_hours_however_much_it_is_used(cast: Cast) -> None:
    assert is_in(cast.fatima)
    moved(cast, created_at=datetime.now(UTC) - timedelta(hours=11, minutes=59))
    assert is_in(cast.fatima)
    moved(cast, created_at=datetime.now(UTC) - timedelta(hours=12, minutes=1))
    assert not is_in(cast.fatima)


def test_a_use_is_noted_once_a_minute(cast: Cast) -> None:
    poll = f"/api/desk/walks/{cast.a.id}/changes"
    just, before = datetime.now(UTC) - timedelta(seconds=20), datetime.now(UTC) - timedelta(minutes=5)
    cast.fatima.get(poll)
    moved(cast, seen_at=just)
    assert cast.fatima.get(poll).status_code == 200
    assert cast.one(LoginSession).seen_at == just
    moved(cast, seen_at=before)
    assert cast.fatima.get(poll).status_code == 200
    assert cast.one(LoginSession).seen_at > just


def test_a_new_passphrase_ends_every_other_log_in(cast: Cast) -> None:
    fatima = cast.fatima
    assert fatima.post("/desk/account/passphrase", data={"password": OLD}).status_code == 303
    other = cast.app.test_client()
    other.post("/desk/login", data={"email": "fatima@example.org", "password": OLD})
    assert is_in(other)
    changed = fatima.post("/desk/account/passphrase", data={"present": OLD, "password": NEW})
    assert (changed.status_code, is_in(fatima), is_in(other)) == (303, True, False)
    again = cast.app.test_client()
    again.post("/desk/login", data={"email": "fatima@example.org", "password": OLD})
    assert not is_in(again)
    again.post("/desk/login", data={"email": "fatima@example.org", "password": NEW})
    assert is_in(again)


@pytest.mark.parametrize(
    ("present", "password", "field"),
    [("fel fel fel fel", NEW, "present"), (OLD, "kort", "password"), (OLD, "fatima@example.org", "password")],
)
def test_a_wrong_change_says_where_and_changes_nothing(
    cast: Cast, present: str, password: str, field: str
) -> None:
    cast.fatima.post("/desk/account/passphrase", data={"password": OLD})
    answer = cast.fatima.post("/desk/account/passphrase", data={"present": present, "password": password})
    assert answer.status_code == 422
    assert f'<a href="#{field}">' in answer.text
    other = cast.app.test_client()
    other.post("/desk/login", data={"email": "fatima@example.org", "password": OLD})
    assert is_in(other)


def test_guessing_the_present_passphrase_is_capped(cast: Cast) -> None:
    cast.fatima.post("/desk/account/passphrase", data={"password": OLD})
    answers = {
        cast.fatima.post("/desk/account/passphrase", data={"present": "fel", "password": NEW}).status_code
        for _ in range(12)
    }
    assert answers == {422, 429}


def test_every_act_leaves_a_line_and_a_refused_one_none(cast: Cast) -> None:
    cast.amina.put_pin(text="Grannen i nr 5 skriker")
    api = f"/api/desk/walks/{cast.a.id}"
    pin = cast.fatima.get(f"{api}/pins").json["pins"][0]
    review = f"{api}/pins/{pin['id']}/review"
    seen = {"If-Match": f'"{pin["seq"]}"'}
    assert cast.fatima.put(review, json={"pin": "hidden"}, headers=seen).status_code == 200
    assert cast.fatima.put(review, json={"pin": "hidden"}, headers=seen).status_code == 412
    cast.fatima.put(f"{api}/newcomers", json={"paused": True})
    cast.fatima.post(f"{api}/code", json={})
    cast.fatima.put(f"{api}/state", json={"state": "closing"})
    cast.fatima.put(f"{api}/participants/{cast.amina.id}/hidden", json={"hidden": True})
    told = ["log_in", "review_pin", "walk_newcomers", "walk_code", "walk_closing", "hide_participant"]
    assert acts(cast) == told
    line = cast.one(Audit, Audit.act == "review_pin")
    assert (line.actor, line.walk_id) == (f"facilitator:{cast.ids['fatima']}", cast.a.id)
    assert line.facts == {"number": 1, "to": "hidden", "before": "new"}
    assert line.thing_id == str(cast.one(Pin).id)


def test_the_log_is_filtered_paged_and_tells_no_words(cast: Cast) -> None:
    fatima, api = cast.fatima, f"/api/desk/walks/{cast.a.id}"
    with cast.app.app_context():
        own = Membership.facilitator_id == cast.ids["fatima"]
        db.session.execute(sa.update(Membership).where(own).values(role="administrator"))
        db.session.commit()
    cast.amina.put_pin(text="Grannen i nr 5 skriker")
    assert cast.nils.get("/desk/").status_code == 200
    for turn in range(60):
        fatima.put(f"{api}/newcomers", json={"paused": turn % 2 == 0})
    page = fatima.get("/desk/audit", headers={"Accept-Language": "en"})
    assert page.text.count('<li class="people__one">') == 50
    earlier = re.search(r'href="(/desk/audit\?[^"]*before=[^"]*)"', page.text)
    assert earlier
    rest = fatima.get(earlier[1].replace("&amp;", "&"), headers={"Accept-Language": "en"})
    assert rest.text.count('<li class="people__one">') == 11
    only = fatima.get("/desk/audit?act=log_in").text
    assert only.count('<li class="people__one">') == 1
    assert fatima.get(f"/desk/audit?actor=facilitator:{cast.ids['nils']}").text.count("people__one") == 0
    assert fatima.get(f"/desk/audit?walk_id={cast.b.id}").text.count("people__one") == 0
    for text in (page.text, rest.text):
        assert "Grannen" not in text
        assert "Nils" not in text
        assert "paused: " not in text
    assert page.text.count("<bdi>Let in</bdi>") == 25
