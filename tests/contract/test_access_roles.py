"""The access matrix by role: the same routes for the organisation's leader, observer and administrator.

A row's `roles` are their statuses, written by hand. Without them a route that is nobody's in particular
answers as it answers Fatima; one of the organisation's own answers an administrator as it answers her, an
observer so far as nothing is changed, and a leader not at all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from flask import Flask

from app.db import db
from app.models import Facilitator, Organisation
from app.operations.facilitators import add_link
from app.operations.packs import SHIPPED
from tests.builders import a_facilitator, sha256
from tests.cast import Cast, make_cast
from tests.contract.test_access_matrix import MATRIX, ROLES, Row, a_scene, login_token, told


def expected(method: str, row: Row) -> str:
    """What the three are told at the organisation's own things."""
    if row.roles:
        return row.roles
    _nobody, _bengt, nils, _ove, fatima, _amina = row.own.split()
    if nils == fatima:
        return " ".join([fatima] * len(ROLES))
    return f"403 {fatima if method == 'GET' else '403'} {fatima}"


def an_invitation(cast: Cast) -> UUID:
    """One of the organisation's that nobody has taken up."""
    with cast.app.app_context():
        ove, now = db.session.get_one(Facilitator, cast.ids["ove"]), datetime.now(UTC)
        invitation, _link = add_link(
            ove, cast.ids["organisation"], "join", now.replace(year=now.year + 1), now
        )
        invitation.name, invitation.role = "Ove", "observer"
        db.session.commit()
        return invitation.id


@pytest.fixture
def cast(app_factory: Callable[..., Flask]) -> Iterator[Cast]:
    """Everyone, and one person in each role."""
    cast = make_cast(app_factory(ATTEMPTS_PER_ADDRESS="10000", ATTEMPTS_IN_ALL="10000"))
    with cast.app.app_context():
        ours = db.session.get_one(Organisation, cast.ids["organisation"])
        for role in ROLES:
            a_facilitator(ours, role.capitalize(), role=role)
        db.session.commit()
    cast.app.testing = False  # what breaks shall be a 500 in its row
    yield cast
    with cast.app.app_context():
        db.session.remove()


def test_each_role_is_told_what_the_matrix_says(cast: Cast) -> None:
    pack = next(iter(sorted(SHIPPED.glob("*.pmtiles"))))
    fixed: dict[str, Any] = {"size": "thumb", "kind": "pmtiles", "filename": "icons/logo.svg"}
    fixed |= {"build": cast.app.config["BUILD"], "invitation_id": an_invitation(cast)}
    wrong = {}
    for (method, rule), row in MATRIX.items():
        scene = a_scene(cast, cast.another_walk())
        scene.ids |= fixed | {"token": login_token(cast)}
        if rule.startswith("/packs/"):
            scene.ids["sha256"] = sha256(pack.read_bytes())
        got = told(cast, method, rule, row, scene, ROLES)
        if got != (wanted := expected(method, row)):
            wrong[f"{method} {rule}"] = f"wanted {wanted}, got {got}"
    assert not wrong, "\n".join(f"{place}: {said}" for place, said in wrong.items())
