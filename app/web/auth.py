"""Who is asking: a participant by its walk's cookie, a facilitator by the desk's session.

Owns cookies and the wiring of the login library. What an actor may do is in rules.access.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from flask import Flask, Request, Response, current_app, g, request, session
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface
from flask_security import Security, SQLAlchemyUserDatastore, user_authenticated
from flask_security.proxies import _security
from flask_security.utils import set_request_attr
from sqlalchemy.exc import OperationalError

from app.adapters.passphrases import HASHING
from app.adapters.photo_store import open_store
from app.db import UtcDateTime, db, quick_read, quick_transaction, run, table, transaction
from app.logs import log
from app.models import Facilitator, LoginSession, Membership, Role
from app.operations import logins, second_factor
from app.operations.join import Joined, participant_by_token
from app.problems import Problem
from app.rules.access import Actor

COOKIE = "trygg_walk"
FRESH = timedelta(minutes=15)
COOKIE_AGE_S = 400 * 86400
FACILITATOR, MEMBERSHIP, LOGIN = table(Facilitator), table(Membership), table(LoginSession)
SIGNED_IN = (
    sa.select(
        FACILITATOR.c.id,
        MEMBERSHIP.c.organisation_id,
        MEMBERSHIP.c.role,
        LOGIN.c.seen_at,
        LOGIN.c.created_at,
        LOGIN.c.second,
        LOGIN.c.is_limited,
    )
    .select_from(LOGIN)
    .join(FACILITATOR, FACILITATOR.c.id == LOGIN.c.facilitator_id)
    .outerjoin(
        MEMBERSHIP,
        sa.and_(MEMBERSHIP.c.facilitator_id == FACILITATOR.c.id, MEMBERSHIP.c.ended_at.is_(None)),
    )
    .where(
        LOGIN.c.id == sa.bindparam("login", type_=sa.Uuid(as_uuid=True)),
        LOGIN.c.ended_at.is_(None),
        LOGIN.c.created_at > sa.bindparam("since", type_=UtcDateTime),
        FACILITATOR.c.fs_uniquifier == sa.bindparam("uniquifier"),
        FACILITATOR.c.active.is_(True),
    )
)


class Sessions(SecureCookieSessionInterface):
    """Flask's own; a request without the cookie, such as every phone's, has nothing to be verified."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        if self.get_cookie_name(app) not in request.cookies:
            return self.session_class()
        return super().open_session(app, request)


def init_auth(app: Flask) -> None:
    """Facilitators log in by Flask-Security with our own pages; nothing is open by default."""
    settings = app.config["SETTINGS"]
    app.config.update(
        WTF_CSRF_ENABLED=False,
        SECURITY_PASSWORD_SALT=settings.secret_key[:32],
        SECURITY_PASSWORD_HASH="argon2",  # noqa: S106  # the method's name
        SECURITY_PASSWORD_HASH_PASSLIB_OPTIONS=HASHING,
        SECURITY_PASSWORD_SINGLE_HASH={"argon2"},  # a change of SECRET_KEY leaves passphrases as they are
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
        SECURITY_TWO_FACTOR_IMPLEMENTATIONS={"second": "app.web.desk.entry.SecondStep"},
        PERMANENT_SESSION_LIFETIME=12 * 3600,
        SESSION_REFRESH_EACH_REQUEST=False,  # twelve hours from the login, however often it polls
    )
    app.session_interface = Sessions()
    security = Security(app, SQLAlchemyUserDatastore(db, Facilitator, Role))
    security.support_mfa = True  # the way to our own second step, without the library's pages for it
    with app.app_context():
        # Rights are ours (rules.access): without this every request would look for a login session.
        _security.principal.identity_loaders.clear()
    app.login_manager.user_loader(_load_user)  # type: ignore[attr-defined]
    # The library would look for a token in every body, however large or deep, also while an error is told.
    app.login_manager.request_loader(lambda _request: None)  # type: ignore[attr-defined]
    user_authenticated.connect(_begin_login, app)
    app.after_request(_see_login)
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


def is_logged_in() -> bool:
    """Whether a facilitator is asking, without a problem if not."""
    try:
        facilitator()
    except Problem:
        return False
    return True


def login_id() -> UUID | None:
    """The log-in that this browser's session belongs to."""
    return UUID(session["login"]) if "login" in session else None


def is_limited() -> bool:
    """Whether whoever is logged in may do nothing yet but get a second factor."""
    return is_logged_in() and bool(g.login_facts.is_limited)


def is_fresh(now: datetime) -> bool:
    """Whether who it is was shown so short ago, by the log-in or since, that nobody is asked anew."""
    if not is_logged_in():
        return False
    login, shown_at = session.get("shown", ("", 0.0))
    at = max(g.login_facts.created_at.timestamp(), shown_at if login == session["login"] else 0.0)
    return bool(now.timestamp() - at < FRESH.total_seconds())


def remember_shown(now: datetime) -> None:
    """The person has shown anew who it is."""
    session["shown"] = (session["login"], now.timestamp())


def login_second() -> str | None:
    """The second factor that this log-in was made with."""
    return g.login_facts.second if is_logged_in() else None


def _facilitator() -> Actor:
    # The login library's session, read by one statement: its own way asks thrice, at every poll.
    uniquifier, login, now = session.get("_user_id"), login_id(), datetime.now(UTC)
    known = {"uniquifier": uniquifier, "login": login, "since": now - logins.LASTS}
    with quick_read():
        rows = run(SIGNED_IN, known).all() if uniquifier and login else ()
    if not rows:
        raise Problem("not_logged_in")
    g.login_facts = rows[0]
    g.login_is_seen = now - rows[0].seen_at < logins.SEEN_EVERY
    # Without the second factor that an organisation asks for, somebody belongs nowhere yet.
    belongs = () if rows[0].is_limited else rows
    memberships = {row.organisation_id: row.role for row in belongs if row.organisation_id}
    return Actor("facilitator", rows[0].id, memberships=memberships)


def _load_user(uniquifier: str) -> Facilitator | None:
    """What the login library asks for by its own session: the same person as ours, or nobody."""
    if not is_logged_in():
        return None
    set_request_attr("fs_authn_via", "session")
    return db.session.get(Facilitator, facilitator().id)


def _begin_login(_app: Flask, user: Facilitator, authn_via: list[str] | None = None, **_more: Any) -> None:
    """Every way in ends here: the browser's session carries the log-in's id.

    `authn_via` is the first factor and, if there was one, the second.
    """
    person, is_reset = user.id, user.sign_in_reset_at is not None
    method, second = [*(authn_via or ["password"]), None][:2]
    with transaction():
        actor, limited = Actor("facilitator", person), second_factor.step_for(person, second) == "enrol"  # type: ignore[arg-type]
        way = logins.Way("passphrase" if method == "password" else method, second, limited)
        begun = logins.begin(actor, request.user_agent.string, way, datetime.now(UTC))
    g.pop("facilitator", None)
    session["login"] = str(begun)
    session.pop("told_reset", None)
    if is_reset:
        session["told_reset"] = False


def _see_login(response: Response) -> Response:
    """Once a minute a log-in is noted as in use, after the answer is made; a failure costs only that."""
    login = login_id() if not g.get("login_is_seen", True) else None
    if login:
        try:
            with quick_transaction():
                logins.see(login, datetime.now(UTC))
        except OperationalError:
            log.warning("login_not_seen")
    return response


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
