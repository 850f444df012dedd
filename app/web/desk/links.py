"""One-time links: a click logs in or lets the person choose a password.

GET only shows a button, so that mail scanners and link previews do not use the link up.
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, render_template, request, session

from app.db import transaction
from app.models import Facilitator
from app.operations import facilitators, people
from app.problems import Problem
from app.web.api.common import now
from app.web.attempts import checked_attempts
from app.web.auth import facilitator, is_logged_in
from app.web.desk.entry import let_in
from app.web.desk.session import HOME
from app.web.desk.words import FAULTS
from app.web.errors import answer

bp = Blueprint("desk_links", __name__, url_prefix="/desk/link")


@bp.errorhandler(Problem)
def say_used(problem: Problem) -> Any:
    """A link that opens nothing has a page of its own: what happened, and what to do."""
    if problem.code != "link_used":
        return answer(problem)
    page = render_template("desk/link_used.html", is_in=is_logged_in())
    return page, problem.kind.status, {"Cache-Control": "no-store"}


@bp.get("/<token>")
def show(token: str) -> str:
    return _page(token, [])


@bp.post("/<token>")
def use(token: str) -> Any:
    """Log in; after setting the password, or becoming a member, if that is what the link is for."""
    with checked_attempts("link"):
        facilitators.open_link(token, now())
    try:
        person = _use_up(token, request.form.get("password", ""))
    except Problem as problem:
        if problem.code != "invalid":
            raise
        return _page(token, problem.errors["password"]), 422
    if session.get("_user_id") != person.fs_uniquifier:
        return let_in(person, "link", HOME)
    return redirect(HOME, 303)


def _use_up(token: str, password: str) -> Facilitator:
    asking = facilitator().id if is_logged_in() else None
    with transaction():
        purpose = facilitators.open_link(token, now())[0].purpose
        if purpose == "login":
            return facilitators.use_login_link(token, now())
        if purpose == "join":
            return people.take_up(token, asking, password, now())
        return facilitators.choose_password(token, password, now())


def _page(token: str, errors: list[str]) -> str:
    with checked_attempts("link"):
        invitation, person = facilitators.open_link(token, now())
    needs = invitation.purpose
    if needs == "join":
        needs = "invite" if people.is_unclaimed(person) else "join"
    return render_template(
        "desk/link.html",
        purpose=needs,
        name=invitation.name or person.name,
        email=person.email,
        is_own=_is(person),
        errors=[FAULTS[error] for error in errors],
    )


def _is(person: Facilitator) -> bool:
    return is_logged_in() and facilitator().id == person.id
