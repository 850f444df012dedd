"""One's own account: where one is logged in, and the passphrase."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, render_template, request
from flask_security.utils import login_user
from werkzeug.wrappers import Response

from app.db import db, transaction
from app.models import Facilitator
from app.operations import facilitators, logins, organisations, second_factor
from app.problems import Problem
from app.web.api.common import now
from app.web.attempts import checked_attempts
from app.web.auth import facilitator, login_id, login_second
from app.web.desk.session import own_time, require_login
from app.web.desk.words import FAULTS, METHOD_NAMES, ROLE_NAMES, SECOND_NAMES

bp = Blueprint("desk_account", __name__, url_prefix="/desk/account")
bp.before_request(require_login)
bp.before_request(own_time)


@bp.get("")
def show() -> str:
    return _page({})


@bp.post("/logins/<uuid:other_id>/end")
def end(other_id: UUID) -> Response:
    """Raises Problem(not_found)."""
    with transaction():
        logins.end(facilitator(), other_id, now())
    return redirect("/desk/account?done=ended" if other_id != login_id() else "/desk/login", 303)


@bp.post("/logins/end-others")
def end_others() -> Response:
    with transaction():
        logins.end_others(facilitator(), login_id(), now())
    return redirect("/desk/account?done=others", 303)


@bp.post("/passphrase")
def change_passphrase() -> Any:
    """Whoever was logged in elsewhere is no longer. Raises Problem(too_many_attempts)."""
    second = login_second()
    try:
        with checked_attempts("login"):
            person = _changed(request.form.get("present", ""), request.form.get("password", ""))
    except Problem as problem:
        if problem.code not in ("invalid", "wrong_login"):
            raise
        return _page(problem.errors or {"present": ["wrong"]}), 422
    login_user(person, authn_via=["passphrase", *([second] if second else [])])
    return redirect("/desk/account?done=passphrase", 303)


def _changed(present: str, password: str) -> Facilitator:
    with transaction():
        return facilitators.change_password(facilitator(), present, password, now())


def _page(errors: dict[str, list[str]]) -> str:
    actor = facilitator()
    names = organisations.names(list(actor.memberships))
    return render_template(
        "desk/account.html",
        person=db.session.get_one(Facilitator, actor.id),
        memberships=[(names[key], ROLE_NAMES.get(role, role)) for key, role in actor.memberships.items()],
        logins=logins.own(actor, now()),
        this=login_id(),
        held=second_factor.held(actor.id),
        methods=METHOD_NAMES,
        seconds=SECOND_NAMES,
        errors=errors,
        faults=FAULTS,
    )
