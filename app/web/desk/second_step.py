"""The second step of logging in: a code of the authenticator app, a recovery code, or a passkey."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, render_template, request
from werkzeug.wrappers import Response

from app.db import db, transaction
from app.models import Facilitator
from app.operations import logins, passkeys, second_factor
from app.problems import Problem
from app.rules.access import Actor
from app.rules.second_factor import Second
from app.web.api.common import now
from app.web.attempts import checked_attempts
from app.web.desk.entry import Waiting, let_in, waiting
from app.web.errors import answer

bp = Blueprint("desk_second_step", __name__, url_prefix="/desk/login/second")


@bp.errorhandler(Problem)
def begin_again(problem: Problem) -> Any:
    """Whoever took too long begins with the first step."""
    if problem.code == "login_again":
        return redirect("/desk/login", 303)
    return answer(problem)


@bp.get("")
def show() -> str:
    return _page(waiting())


@bp.post("")
def use() -> Any:
    """Raises Problem(too_many_attempts)."""
    who = waiting()
    try:
        with checked_attempts("login", who.person), transaction():
            second = second_factor.check(who.person, request.form.get("code", ""), now())
    except Problem as problem:
        if problem.code != "wrong_code":
            raise
        return _refused(who), 422
    return _in(who, second)


def _in(who: Waiting, second: Second) -> Response:
    person = db.session.get_one(Facilitator, who.person)
    return let_in(person, who.method, who.target, second)


def _refused(who: Waiting) -> str:
    """Somebody knows the passphrase and not the code: the log says so."""
    with transaction():
        logins.note(Actor("facilitator", who.person), "second_factor_wrong", now())
    return _page(who, is_wrong=True)


def _page(who: Waiting, is_wrong: bool = False) -> str:
    held = second_factor.held(who.person)
    question = passkeys.question_to_use(who.person) if held.passkeys else None
    return render_template("desk/second_step.html", held=held, question=question, is_wrong=is_wrong)
