"""Inviting facilitators, links that open once, and logging in with a password."""

from __future__ import annotations

import base64
import hashlib
import hmac
import unicodedata
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread

import pytest
import sqlalchemy as sa
from argon2 import PasswordHasher
from flask import Flask

from app.db import db, transaction
from app.models import Facilitator, Invitation, Membership, Organisation
from app.operations.facilitators import (
    choose_password,
    invite,
    is_password,
    login_link,
    open_link,
    use_login_link,
)
from app.problems import Problem

NOW = datetime(2026, 6, 1, 18, tzinfo=UTC)
PASSWORD = "korrekt häst batteri"


def token_of(link: str) -> str:
    return link.rsplit("/", 1)[1]


def an_invitation(email: str = "Fia@Example.org ", organisation: str = "Staden") -> str:
    with transaction():
        return token_of(invite(email, "Fia", organisation, NOW))


def test_nobody_exists_by_default(context: Flask) -> None:
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Facilitator)) == 0


def test_inviting_makes_account_membership_and_a_link(context: Flask) -> None:
    token = an_invitation()
    person = db.session.scalars(sa.select(Facilitator)).one()
    assert (person.email, person.name, person.password) == ("fia@example.org", "Fia", None)
    membership = db.session.scalars(sa.select(Membership)).one()
    assert (membership.role, membership.facilitator_id) == ("facilitator", person.id)
    assert open_link(token, NOW)[1].id == person.id


def test_inviting_again_makes_no_second_account(context: Flask) -> None:
    an_invitation(), an_invitation()
    an_invitation(organisation="Grannstaden")
    counts = [
        db.session.scalar(sa.select(sa.func.count()).select_from(each)) for each in (Facilitator, Membership)
    ]
    assert counts == [1, 2]
    assert len(db.session.scalars(sa.select(Organisation)).all()) == 2


def test_the_command_line_makes_the_first_administrator_and_keeps_roles(app: Flask) -> None:
    def role_after(*more: str) -> str:
        made = app.test_cli_runner().invoke(args=["facilitator", "invite", "fia@example.org", *more])
        assert made.exit_code == 0, made.output
        with app.app_context():
            return db.session.scalars(sa.select(Membership.role)).one()

    assert role_after() == "facilitator"
    assert role_after("--role", "administrator") == "administrator"
    assert role_after() == "administrator"
    assert app.test_cli_runner().invoke(args=["facilitator", "invite", "x", "--role", "queen"]).exit_code == 2


def test_a_password_is_chosen_once_and_never_stored_in_the_clear(context: Flask) -> None:
    token = an_invitation()
    with transaction():
        choose_password(token, PASSWORD, NOW)
    stored = db.session.scalars(sa.select(Facilitator.password)).one()
    assert stored is not None
    assert stored.startswith("$argon2")
    assert PASSWORD not in stored
    with pytest.raises(Problem, match="link_used"), transaction():
        choose_password(token, PASSWORD + "!", NOW)


@pytest.mark.parametrize("password", ["", "kort", "elva tecken"])
def test_a_short_password_is_refused_and_the_link_still_works(context: Flask, password: str) -> None:
    token = an_invitation()
    with pytest.raises(Problem, match="invalid"), transaction():
        choose_password(token, password, NOW)
    with transaction():
        choose_password(token, PASSWORD, NOW)


def test_a_passphrase_outlives_a_change_of_the_key(app_factory: Callable[..., Flask]) -> None:
    """Also one from when the key was mixed in, as long as the old key is still named."""
    old, new = "the-key-of-last-year-is-thirty-two", "the-key-of-this-year-is-thirty-two"
    with app_factory(SECRET_KEY=old).app_context():
        token = an_invitation()
        with transaction():
            choose_password(token, PASSWORD, NOW)
        db.session.remove()

    def may(app: Flask) -> bool:
        with app.app_context():
            person = db.session.scalars(sa.select(Facilitator)).one()
            right, wrong = is_password(person, PASSWORD), is_password(person, PASSWORD + "!")
            db.session.remove()
        assert not wrong
        return right

    assert may(app_factory(SECRET_KEY=new))
    mixed = base64.b64encode(
        hmac.new(old[:32].encode(), unicodedata.normalize("NFKD", PASSWORD).encode(), hashlib.sha512).digest()
    )
    before = PasswordHasher(time_cost=3, memory_cost=65536, parallelism=4).hash(mixed)
    changed = app_factory(SECRET_KEY=new)
    with changed.app_context(), transaction():
        db.session.execute(sa.update(Facilitator).values(password=before))
    assert not may(changed)
    assert may(app_factory(SECRET_KEY=old))
    assert may(app_factory(SECRET_KEY=new, PREVIOUS_SECRET_KEYS=old))


def test_a_link_dies_with_time(context: Flask) -> None:
    token = an_invitation()
    open_link(token, NOW + timedelta(days=6))
    with pytest.raises(Problem, match="link_used"):
        open_link(token, NOW + timedelta(days=8))
    with transaction():
        login = token_of(login_link("fia@example.org", NOW))
    with pytest.raises(Problem, match="link_used"):
        use_login_link(login, NOW + timedelta(minutes=16))


def test_a_link_for_one_purpose_serves_no_other(context: Flask) -> None:
    invited = an_invitation()
    with transaction():
        login = token_of(login_link("FIA@example.org", NOW))
    with pytest.raises(Problem, match="link_used"), transaction():
        use_login_link(invited, NOW)
    with pytest.raises(Problem, match="link_used"), transaction():
        choose_password(login, PASSWORD, NOW)


def test_a_stranger_gets_no_login_link(context: Flask) -> None:
    with pytest.raises(Problem, match="not_found"):
        login_link("stranger@example.org", NOW)


def test_two_tabs_open_a_link_at_once_and_one_wins(app: Flask) -> None:
    with app.app_context():
        an_invitation()
        with transaction():
            token = token_of(login_link("fia@example.org", NOW))
    start, won = Barrier(4), []

    def use() -> None:
        with app.app_context():
            start.wait()
            try:
                with transaction():
                    use_login_link(token, NOW)
            except Problem:
                return
            won.append(token)

    tabs = [Thread(target=use) for _ in range(4)]
    for tab in tabs:
        tab.start()
    for tab in tabs:
        tab.join()
    assert won == [token]
    with app.app_context():
        used = sa.select(sa.func.count()).where(Invitation.used_at.is_not(None))
        assert db.session.scalar(used) == 1


def test_logging_in_by_password_and_out_again(app: Flask) -> None:
    with app.app_context():
        token = an_invitation()
        with transaction():
            choose_password(token, PASSWORD, NOW)
    browser = app.test_client()
    wrong = browser.post("/desk/login", data={"email": "fia@example.org", "password": "fel lösenord!"})
    unknown = browser.post("/desk/login", data={"email": "ingen@example.org", "password": PASSWORD})
    assert (wrong.status_code, unknown.status_code) == (200, 200)
    assert browser.get("/desk/").status_code == 303
    right = browser.post("/desk/login", data={"email": "fia@example.org", "password": PASSWORD})
    assert (right.status_code, right.headers["Location"]) == (302, "/desk/")
    assert browser.get("/desk/").status_code == 200
    assert browser.post("/desk/logout").status_code == 302
    assert browser.get("/desk/").status_code == 303


def test_wrong_logins_are_capped(app: Flask) -> None:
    browser = app.test_client()
    answers = [
        browser.post("/desk/login", data={"email": "fia@example.org", "password": "gissning"}).status_code
        for _ in range(12)
    ]
    assert answers == [200] * 10 + [429] * 2
