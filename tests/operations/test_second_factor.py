"""Second factors: codes that work once, recovery codes, resets that reach no further than they may."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread

import pytest
import sqlalchemy as sa
from flask import Flask
from passlib.totp import TOTP

from app.db import db, transaction
from app.models import Audit, Authenticator, Facilitator, Membership, Organisation, RecoveryCode
from app.operations import second_factor
from app.problems import Problem
from app.rules.access import Actor
from tests.builders import a_facilitator, an_organisation

NOW = datetime(2026, 6, 1, 18, tzinfo=UTC)
LATER = NOW + timedelta(minutes=5)


def a_person(name: str = "Fatima", role: str = "facilitator") -> Actor:
    with transaction():
        ours = db.session.scalars(sa.select(Organisation)).first() or an_organisation()
        person = a_facilitator(ours, name, role)
        return Actor("facilitator", person.id, memberships={ours.id: role})


def code_at(secret: str, moment: datetime) -> str:
    return str(TOTP(key=secret).generate(int(moment.timestamp())).token)


def switched_on(actor: Actor) -> tuple[str, list[str]]:
    """The secret, and the recovery codes."""
    with transaction():
        second_factor.begin_app(actor, NOW)
        secret = second_factor.pending_secret(actor, NOW)
        return secret, second_factor.confirm_app(actor, code_at(secret, NOW), None, NOW)


def check_of(actor: Actor, typed: str, moment: datetime = LATER) -> str:
    with transaction():
        return second_factor.check(actor.id, typed, moment)


def test_a_code_of_the_app_works_once_and_older_ones_no_more(context: Flask) -> None:
    actor = a_person()
    secret, _codes = switched_on(actor)
    with pytest.raises(Problem, match="wrong_code"):
        check_of(actor, code_at(secret, NOW), NOW + timedelta(seconds=20))
    code = code_at(secret, LATER)
    assert check_of(actor, f"{code[:3]} {code[3:]}") == "totp"
    for again in (code, code_at(secret, LATER - timedelta(seconds=30))):
        with pytest.raises(Problem, match="wrong_code"):
            check_of(actor, again)
    assert check_of(actor, code_at(secret, LATER + timedelta(seconds=30))) == "totp"


@pytest.mark.parametrize(("seconds", "works"), [(-95, False), (-30, True), (30, True), (95, False)])
def test_a_clock_may_differ_by_half_a_minute(context: Flask, seconds: int, works: bool) -> None:
    actor = a_person()
    secret, _codes = switched_on(actor)
    code = code_at(secret, LATER + timedelta(seconds=seconds))
    if works:
        assert check_of(actor, code) == "totp"
    else:
        with pytest.raises(Problem, match="wrong_code"):
            check_of(actor, code)


def test_a_recovery_code_works_once_however_it_is_typed(context: Flask) -> None:
    actor = a_person()
    _secret, codes = switched_on(actor)
    assert len(set(codes)) == 10
    assert check_of(actor, f" {codes[0].lower().replace('-', ' ')} ") == "recovery"
    with pytest.raises(Problem, match="wrong_code"):
        check_of(actor, codes[0])
    assert second_factor.held(actor.id).codes_left == 9
    with pytest.raises(Problem, match="wrong_code"):
        check_of(a_person("Nils"), codes[1])
    with transaction():
        renewed = second_factor.renew_codes(actor, codes[1], LATER)
    with pytest.raises(Problem, match="wrong_code"):
        check_of(actor, codes[2])
    assert check_of(actor, renewed[0]) == "recovery"


def test_nothing_that_lets_in_stands_in_the_database(context: Flask) -> None:
    secret, codes = switched_on(a_person())
    kept = db.session.scalars(sa.select(Authenticator.sealed_secret)).one()
    assert secret not in kept
    hashes = " ".join(db.session.scalars(sa.select(RecoveryCode.code_hash)))
    assert not [code for code in codes if code in hashes or code.replace("-", "") in hashes]


def test_one_code_sent_twice_at_once_lets_in_once(app: Flask) -> None:
    with app.app_context():
        actor = a_person()
        secret, codes = switched_on(actor)
    for typed in (code_at(secret, LATER), codes[0]):
        start, won = Barrier(3), list[str]()

        def use(typed: str = typed, start: Barrier = start, won: list[str] = won) -> None:
            with app.app_context():
                start.wait()
                try:
                    won.append(check_of(actor, typed))
                except Problem:
                    return

        tabs = [Thread(target=use) for _ in range(3)]
        for tab in tabs:
            tab.start()
        for tab in tabs:
            tab.join()
        assert len(won) == 1


def test_an_app_that_was_not_confirmed_counts_for_nothing(context: Flask) -> None:
    actor = a_person()
    with transaction():
        second_factor.begin_app(actor, NOW)
        secret = second_factor.pending_secret(actor, NOW)
    assert not second_factor.held(actor.id).has_app
    assert second_factor.step_for(actor.id, None) == "in"
    with pytest.raises(Problem, match="wrong_code"):
        check_of(actor, code_at(secret, LATER))
    with pytest.raises(Problem, match="not_found"):
        second_factor.pending_secret(actor, NOW + timedelta(minutes=31))


def test_switching_off_takes_a_code_and_forgets_all(context: Flask) -> None:
    actor = a_person()
    _secret, codes = switched_on(actor)
    with pytest.raises(Problem, match="wrong_code"), transaction():
        second_factor.turn_off(actor, "000000", None, LATER)
    with transaction():
        second_factor.turn_off(actor, codes[0], None, LATER)
    held = second_factor.held(actor.id)
    assert (held.has_app, held.codes_left) == (False, 0)
    assert second_factor.step_for(actor.id, None) == "in"


@pytest.mark.parametrize(
    ("asked_of", "role", "step"),
    [
        ("nobody", "administrator", "in"),
        ("administrators", "administrator", "enrol"),
        ("administrators", "facilitator", "in"),
        ("everyone", "observer", "enrol"),
    ],
)
def test_an_organisation_asks_it_of_whom_it_says(context: Flask, asked_of: str, role: str, step: str) -> None:
    actor = a_person(role=role)
    with transaction():
        db.session.execute(sa.update(Organisation).values(second_factor_of=asked_of))
    assert second_factor.step_for(actor.id, None) == step
    assert second_factor.step_for(actor.id, "passkey") == "in"
    switched_on(actor)
    assert second_factor.step_for(actor.id, None) == "ask"


def test_an_administrator_resets_colleagues_and_nobody_else(context: Flask) -> None:
    admin, colleague, shared = a_person("Ada", "administrator"), a_person("Ove"), a_person("Nils")
    (ours,) = admin.memberships
    for one in (admin, colleague, shared):
        switched_on(one)
    with transaction():
        theirs = an_organisation("Grannstaden")
        row = Membership(organisation_id=theirs.id, facilitator_id=shared.id, role="observer", created_at=NOW)
        db.session.add(row)
    for asking, about in ((admin, admin), (admin, shared), (colleague, admin)):
        with pytest.raises(Problem, match="forbidden"), transaction():
            second_factor.reset(asking, ours, about.id, LATER)
    with transaction():
        second_factor.reset(admin, ours, colleague.id, LATER)
    assert [second_factor.held(one.id).has_app for one in (admin, colleague, shared)] == [True, False, True]
    assert db.session.get_one(Facilitator, colleague.id).sign_in_reset_at == LATER
    line = db.session.scalars(sa.select(Audit).where(Audit.act == "sign_in_reset")).one()
    assert (line.actor, line.thing_id) == (admin.name, str(colleague.id))


def test_the_command_line_resets_whom_nobody_else_can(app: Flask) -> None:
    with app.app_context():
        actor = a_person(role="administrator")
        switched_on(actor)
    run = app.test_cli_runner().invoke
    assert run(args=["facilitator", "reset-second-factor", "fatima@example.org"]).exit_code == 0
    with app.app_context():
        assert not second_factor.held(actor.id).has_app
        assert (
            db.session.scalars(sa.select(Audit.actor).where(Audit.act == "sign_in_reset")).one() == "command"
        )
    unknown = run(args=["facilitator", "reset-second-factor", "ingen@example.org"])
    assert unknown.exit_code != 0
    assert "no person" in unknown.output


def test_second_factors_outlive_a_change_of_the_key(app_factory: Callable[..., Flask]) -> None:
    old, new = "the-key-of-last-year-is-thirty-two", "the-key-of-this-year-is-thirty-two"
    with app_factory(SECRET_KEY=old).app_context():
        actor = a_person()
        secret, codes = switched_on(actor)
        db.session.remove()
    with app_factory(SECRET_KEY=new).app_context():
        with pytest.raises(Problem, match="wrong_code"):
            check_of(actor, code_at(secret, LATER))
        assert check_of(actor, codes[0]) == "recovery"
        db.session.remove()
    changed = app_factory(SECRET_KEY=new, PREVIOUS_SECRET_KEYS=f"another-one {old}")
    with changed.app_context():
        assert check_of(actor, code_at(secret, LATER)) == "totp"
        db.session.remove()
    resealed = changed.test_cli_runner().invoke(args=["facilitator", "reseal"])
    assert "sealed anew: 1, not openable by any key: 0" in resealed.output
    with app_factory(SECRET_KEY=new).app_context():
        assert check_of(actor, code_at(secret, LATER + timedelta(minutes=2)), LATER + timedelta(minutes=2))
        db.session.remove()
