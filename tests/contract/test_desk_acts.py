"""Acts at the desk (desk_acts.py): each leaves a line in the log, and each that takes away is taken back.

What is compared is what people see: the pins as staff and another phone have them, the plan, and the pages.
A route that changes something and has no row fails, and so does a row whose undo leaves anything different.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from flask import Flask

from app.db import db
from app.models import Organisation
from app.web.desk.words import ACT_NAMES
from tests.builders import a_facilitator
from tests.cast import make_cast
from tests.contract.desk_acts import ACTS, SILENT, Act
from tests.contract.desk_scene import GIVEN, World, a_world

CHANGES = {"POST", "PUT", "PATCH", "DELETE"}


@pytest.fixture
def world_of(app_factory: Callable[..., Flask]) -> Iterator[Callable[[Act], World]]:
    """world_of(act) → a walk and a person of that act alone."""
    cast = make_cast(app_factory(ATTEMPTS_PER_ADDRESS="10000", ATTEMPTS_IN_ALL="10000"))
    people = 0

    def make(act: Act) -> World:
        nonlocal people
        people += 1
        with cast.app.app_context():
            ours = db.session.get_one(Organisation, cast.ids["organisation"])
            role = "administrator" if act.who == "administrator" else "facilitator"
            a_facilitator(ours, f"P{people}", role=role)
            colleague = a_facilitator(ours, f"Q{people}", role="owner").id
            db.session.commit()
        cast.desk(f"p{people}").get("/desk/")
        world = a_world(cast, f"p{people}", act.do.rule)
        world.ids["facilitator_id"] = colleague
        return world

    with cast.app.app_context():
        a_facilitator(
            db.session.get_one(Organisation, cast.ids["organisation"]), "Administrator", role="administrator"
        )
        db.session.commit()
    yield make
    with cast.app.app_context():
        db.session.remove()


def name_of(act: Act) -> str:
    return f"{act.word}: {act.do.method} {act.do.rule} {act.given}"


def prepared(world: World, act: Act) -> World:
    GIVEN[act.given](world)
    for call in act.before:
        world.call(call)
    return world


@pytest.mark.sqlite_is_enough
def test_every_act_is_in_the_log_and_what_it_takes_away_is_given_back(
    world_of: Callable[[Act], World],
) -> None:
    wrong = []
    for act in ACTS:
        world = prepared(world_of(act), act)
        before, lines = world.seen(act.do.rule), len(world.log())
        world.call(act.do)
        if act.word not in world.log()[lines:]:
            wrong.append(f"{name_of(act)} is not in the log: {world.log()[lines:]}")
        if isinstance(act.undo, str):
            continue
        if world.seen(act.do.rule) == before:
            wrong.append(f"{name_of(act)} changes nothing")
        world.call(act.undo)
        if len(world.log()) == lines + 1:
            wrong.append(f"{name_of(act)}: taking it back is not in the log")
        after = world.seen(act.do.rule)
        wrong += [f"{name_of(act)}: {place} differs" for place in before if after[place] != before[place]]
    assert not wrong, "\n".join(wrong)


def test_the_log_has_a_name_for_every_act() -> None:
    assert {act.word for act in ACTS} <= ACT_NAMES.keys()


@pytest.mark.sqlite_is_enough
def test_every_route_that_changes_something_has_its_row(app: Flask) -> None:
    routes = {
        (method, re.sub(r"<uuid:(other_id|pin_id)>", "<id>", rule.rule))
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) & CHANGES
        if rule.rule.startswith(("/desk/", "/api/desk/"))
    }
    rows = {(act.do.method, act.do.rule) for act in ACTS} | SILENT.keys()
    known = {
        (method, re.sub(r"<uuid:(login_id|passkey_id|card_id|pin_id)>", "<id>", rule))
        for method, rule in rows
    }
    assert routes == known
