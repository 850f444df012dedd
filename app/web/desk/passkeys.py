"""Passkeys on the desk: coming in by one, and one's own, added and removed.

Forms carry a question for the browser and take its answer in a field, so that no page needs an API.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, Flask, redirect, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.db import transaction
from app.operations import passkeys, second_factor
from app.problems import Problem
from app.rules.devices import device_of
from app.web.api.common import now
from app.web.attempts import checked_attempts
from app.web.auth import facilitator, is_fresh, login_id, remember_shown
from app.web.desk.entry import SECOND_STEP, let_in, waiting
from app.web.desk.second_factor import PAGE, tried
from app.web.desk.second_factor import bp as own_bp
from app.web.desk.words import FAULTS

bp = Blueprint("desk_passkeys", __name__, url_prefix="/desk/login")


def init_passkeys(app: Flask) -> None:
    """The log-in page, which is the login library's, asks for the question by itself."""
    app.jinja_env.globals["passkey_question"] = passkeys.question_to_use


@bp.post("/passkey")
def log_in() -> Response:
    """Raises Problem(too_many_attempts)."""
    try:
        with checked_attempts("login"), transaction():
            person = passkeys.use(_answer(), None, now())
    except Problem as problem:
        return _again(problem, "/desk/login?wrong=passkey")
    return let_in(person, "passkey", request.form.get("next", ""), "passkey")


@bp.post("/second/passkey")
def second_step() -> Response:
    """Raises Problem(too_many_attempts)."""
    try:
        who = waiting()
        with checked_attempts("login", who.person), transaction():
            person = passkeys.use(_answer(), who.person, now())
    except Problem as problem:
        return _again(problem, f"{SECOND_STEP}?wrong=passkey")
    return let_in(person, who.method, who.target, "passkey")


@own_bp.get("/passkey")
def new() -> str:
    """A name, and the button; after a while logged in, first the passphrase or a code."""
    return _page({})


@own_bp.post("/passkey/again")
def identify() -> Any:
    """Raises Problem(too_many_attempts)."""
    typed = request.form.get("typed", "")
    errors = tried("typed", lambda: second_factor.identify(facilitator(), typed, now()))
    if errors:
        return _page(errors), 422
    remember_shown(now())
    return redirect(f"{PAGE}/passkey", 303)


@own_bp.post("/passkey")
def add() -> Response:
    """Whoever has not shown_at of late who it is gets the page that asks."""
    if not is_fresh(now()):
        return redirect(f"{PAGE}/passkey", 303)
    name = request.form.get("name", "").strip()[: passkeys.LONGEST_NAME] or _usual_name()
    try:
        with transaction():
            passkeys.add(facilitator(), _answer(), name, login_id(), now())
    except Problem as problem:
        return _again(problem, f"{PAGE}/passkey?wrong=passkey")
    return redirect(f"{PAGE}?done=passkey", 303)


@own_bp.post("/passkeys/<uuid:other_id>/removal")
def remove(other_id: UUID) -> Response:
    """Raises Problem(not_found | second_factor_required)."""
    with transaction():
        passkeys.remove(facilitator(), other_id, now())
    return redirect(f"{PAGE}?done=removed", 303)


@own_bp.post("/passkeys/<uuid:other_id>/return")
def take_back(other_id: UUID) -> Response:
    """Undo a removal. Raises Problem(not_found)."""
    with transaction():
        passkeys.take_back(facilitator(), other_id, now())
    return redirect(f"{PAGE}?done=back", 303)


def _answer() -> str:
    return request.form.get("answer", "")


def _again(problem: Problem, target: str) -> Response:
    """Back to the page with the button, which says what went wrong."""
    if problem.code == "login_again":
        return redirect("/desk/login", 303)
    if problem.code != "passkey_refused":
        raise problem
    return redirect(target, 303)


def _usual_name() -> str:
    return device_of(request.user_agent.string) or str(_("Passkey"))


def _page(errors: dict[str, list[str]]) -> str:
    fresh = is_fresh(now())
    return render_template(
        "desk/passkey.html",
        question=passkeys.question_to_add(facilitator()) if fresh else None,
        possible=passkeys.place() is not None,
        fresh=fresh,
        name=_usual_name(),
        errors=errors,
        faults=FAULTS,
    )
