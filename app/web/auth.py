"""Who is asking: a participant by its walk's cookie, a facilitator by the desk's session.

Owns cookies and the wiring of the login library. What an actor may do is in rules.access.
"""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import sqlalchemy as sa
from flask import Flask, Response, current_app, g, request, session
from flask_security import Security, SQLAlchemyUserDatastore
from flask_security.proxies import _security

from app.adapters.photo_store import open_store
from app.db import db, quick_read, run, table
from app.models import Facilitator, Membership, Role
from app.operations.join import Joined, participant_by_token
from app.problems import Problem
from app.rules.access import Actor

COOKIE = "trygg_walk"
COOKIE_AGE_S = 400 * 86400
FACILITATOR, MEMBERSHIP = table(Facilitator), table(Membership)
SIGNED_IN = (
    sa.select(FACILITATOR.c.id, MEMBERSHIP.c.organisation_id, MEMBERSHIP.c.role)
    .outerjoin(MEMBERSHIP, MEMBERSHIP.c.facilitator_id == FACILITATOR.c.id)
    .where(FACILITATOR.c.fs_uniquifier == sa.bindparam("uniquifier"), FACILITATOR.c.active.is_(True))
)


def init_auth(app: Flask) -> None:
    """Facilitators log in by Flask-Security with our own pages; nothing is open by default."""
    settings = app.config["SETTINGS"]
    app.config.update(
        WTF_CSRF_ENABLED=False,
        SECURITY_PASSWORD_SALT=settings.secret_key[:32],
        SECURITY_PASSWORD_HASH="argon2",  # noqa: S106  # the method's name
        SECURITY_PASSWORD_LENGTH_MIN=12,
        SECURITY_REGISTERABLE=False,
        SECURITY_RECOVERABLE=False,
        SECURITY_SEND_REGISTER_EMAIL=False,
        SECURITY_URL_PREFIX="/desk",
        SECURITY_POST_LOGIN_VIEW="/desk/",
        SECURITY_POST_LOGOUT_VIEW="/desk/login",
        SECURITY_LOGOUT_METHODS=["POST"],
        SECURITY_RETURN_GENERIC_RESPONSES=True,
        SECURITY_LOGIN_USER_TEMPLATE="desk/login.html",
        SECURITY_FLASH_MESSAGES=False,
        SECURITY_DEFAULT_REMEMBER_ME=False,
        SECURITY_FRESHNESS=timedelta(seconds=-1),  # no page to say a password once more
        SECURITY_STATIC_FOLDER=None,
        PERMANENT_SESSION_LIFETIME=12 * 3600,
        SESSION_REFRESH_EACH_REQUEST=False,  # twelve hours from the login, however often it polls
    )
    Security(app, SQLAlchemyUserDatastore(db, Facilitator, Role))
    with app.app_context():
        # Rights are ours (rules.access): without this every request would look for a login session.
        _security.principal.identity_loaders.clear()
    app.extensions["photo_store"] = open_store(settings.photo_store, settings.data_dir)


def participant(walk_id: UUID) -> Actor:
    """The participant that this request comes from. Raises Problem(not_joined)."""
    token = request.cookies.get(COOKIE)
    with quick_read():
        actor = participant_by_token(walk_id, token) if token else None
    if actor is None:
        raise Problem("not_joined")
    return actor


def facilitator() -> Actor:
    """The facilitator that is logged in. Raises Problem(not_logged_in)."""
    if "facilitator" not in g:
        g.facilitator = _facilitator()
    return g.facilitator  # type: ignore[no-any-return]


def _facilitator() -> Actor:
    # The login library's session, read by one statement: its own way asks thrice, at every poll.
    uniquifier = session.get("_user_id")
    with quick_read():
        rows = run(SIGNED_IN, {"uniquifier": uniquifier}).all() if uniquifier else ()
    if not rows:
        raise Problem("not_logged_in")
    memberships = {row.organisation_id: row.role for row in rows if row.organisation_id}
    return Actor("facilitator", rows[0].id, memberships=memberships)


def set_participant_cookie(response: Response, joined: Joined) -> Response:
    """The token goes only where this walk's data goes, and no script can read it."""
    response.set_cookie(
        COOKIE,
        joined.token,
        max_age=COOKIE_AGE_S,
        path=f"/api/walks/{joined.walk_id}",
        secure=current_app.config["SETTINGS"].is_https,
        httponly=True,
        samesite="Lax",
    )
    return response


def clear_participant_cookie(response: Response, walk_id: UUID) -> Response:
    response.delete_cookie(COOKIE, path=f"/api/walks/{walk_id}")
    return response
