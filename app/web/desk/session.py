"""Logging in and out at the desk, and what every desk page has in common.

Owns the counting of wrong logins, where a login leads, and that no desk page stays in a cache. The
login itself is Flask-Security's.
"""

from __future__ import annotations

from urllib.parse import unquote, urlsplit

from flask import Flask, Response, g, redirect, request, session, url_for
from flask_security import current_user
from werkzeug.wrappers import Response as AnyResponse

from app.db import transaction
from app.operations import logins, organisations
from app.problems import Problem
from app.rules.access import RIGHTS
from app.schemas.desk import DEFAULT_ZONE
from app.web.api.common import now
from app.web.attempts import count_failure, refuse_guessing
from app.web.auth import facilitator, is_limited, is_logged_in, login_id

HOME = "/desk/"
LOGIN = "security.login"
LOGOUT = "security.logout"
ENROLMENT = "desk_second_factor"
"""The pages that are open before the second factor is there."""


def init_session(app: Flask) -> None:
    app.before_request(refuse_password_guessing)
    app.before_request(refuse_strange_targets)
    app.before_request(end_login)
    app.before_request(refuse_without_second_factor)
    app.after_request(after_desk)
    app.jinja_env.filters["own_path"] = own_path
    app.jinja_env.globals.update(holds=holds, brand=brand)


def own_path(target: str | None) -> str:
    """`target` if it is a path of this very site, else the desk's start page."""
    if not target or not target.startswith("/") or target.startswith("//"):
        return HOME
    plain = unquote(target)
    if "\\" in plain or any(ord(letter) < ord(" ") for letter in plain):
        return HOME
    return target


def require_login() -> AnyResponse | None:
    """For before_request: whoever is not logged in gets the login page and comes back afterwards."""
    if is_limited() and request.blueprint != ENROLMENT:
        return redirect("/desk/account/second-factor", 303)
    if is_logged_in():
        told = session.get("told_reset", True) or request.blueprint == ENROLMENT or request.method != "GET"
        return None if told else redirect("/desk/account/second-factor", 303)
    target = request.full_path.rstrip("?") if request.method == "GET" else HOME
    return redirect(url_for(LOGIN, next=target), 303)


def refuse_without_second_factor() -> None:
    """For the desk's API: a page leads to where the second factor is got, a script is told.

    Raises Problem(second_factor_required).
    """
    if request.path.startswith("/api/desk/") and is_limited():
        raise Problem("second_factor_required")


def holds(right: str) -> bool:
    """Whether the person logged in has the right in any organisation: for what a page offers."""
    return is_logged_in() and any(
        right in RIGHTS.get(role, ()) for role in facilitator().memberships.values()
    )


def end_login() -> None:
    """Logging out ends the log-in here too, not in the browser's cookie alone."""
    login = login_id()
    if request.endpoint == LOGOUT and request.method == "POST" and login and is_logged_in():
        actor = facilitator()
        with transaction():
            logins.end(actor, login, now())


def brand() -> str | None:
    """The digits of the colour that the desk's masthead has, if the organisation chose one."""
    colour = organisations.colour_of(facilitator().memberships) if is_logged_in() else None
    return colour.removeprefix("#") if colour else None


def own_time() -> None:
    """For before_request: pages that show times of no walk show them as where the organisation walks."""
    if is_logged_in():
        g.timezone = organisations.timezone_of(facilitator().memberships) or DEFAULT_ZONE


def refuse_password_guessing() -> None:
    """Raises Problem(too_many_attempts)."""
    if request.endpoint == LOGIN and request.method == "POST":
        refuse_guessing("login")


def refuse_strange_targets() -> None:
    """Our form names a path of this site; what else is sent may be no address, which the library cannot read.

    Raises Problem(malformed_request).
    """
    if request.endpoint not in (LOGIN, LOGOUT) or request.method != "POST":
        return
    if any(target and own_path(target) != target for target in request.values.getlist("next")):
        raise Problem("malformed_request")


def after_desk(response: Response) -> Response:
    """Count wrong logins, keep redirects at home, and let nothing of the desk be kept."""
    if not request.path.startswith("/desk"):
        return response
    response.headers["Cache-Control"] = "no-store"
    if request.endpoint == LOGIN:
        if request.method == "POST" and not current_user.is_authenticated and response.status_code == 200:
            count_failure("login")
        if response.location:
            response.location = own_path(_path_of(response.location))
    if request.endpoint == LOGOUT:
        response.headers["Clear-Site-Data"] = '"cache"'
    return response


def _path_of(location: str) -> str:
    """The path of an address at this host; an address elsewhere stays as it is and is refused."""
    parts = urlsplit(location)
    if parts.netloc != request.host:
        return location
    return location.split(request.host, 1)[1]
