"""One-time links: a click logs in or lets the person choose a password.

GET only shows a button, so that mail scanners and link previews do not use the link up.
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, render_template, request
from flask_security.utils import login_user

from app.db import transaction
from app.models import Facilitator
from app.operations import facilitators
from app.problems import Problem
from app.web.api.common import now
from app.web.attempts import checked_attempts

bp = Blueprint("desk_links", __name__, url_prefix="/desk/link")


@bp.get("/<token>")
def show(token: str) -> str:
    with checked_attempts("link"):
        invitation, facilitator = facilitators.open_link(token, now())
    return render_template("desk/link.html", purpose=invitation.purpose, facilitator=facilitator, errors=[])


@bp.post("/<token>")
def use(token: str) -> Any:
    """Log in, after setting the password if the link is an invitation."""
    with checked_attempts("link"):
        invitation, facilitator = facilitators.open_link(token, now())
    purpose = invitation.purpose
    try:
        facilitator = _use_up(token, purpose, request.form.get("password", ""))
    except Problem as problem:
        if problem.code != "invalid":
            raise
        errors = problem.errors["password"]
        return render_template("desk/link.html", purpose=purpose, facilitator=facilitator, errors=errors), 422
    login_user(facilitator)
    return redirect("/desk/", 303)


def _use_up(token: str, purpose: str, password: str) -> Facilitator:
    with transaction():
        if purpose == "login":
            return facilitators.use_login_link(token, now())
        return facilitators.choose_password(token, password, now())
