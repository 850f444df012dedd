"""One's own second factor: the authenticator app and recovery codes, switched on, renewed, off."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, redirect, render_template, request, session
from werkzeug.wrappers import Response

from app.adapters import totp
from app.adapters.qr import qr_svg
from app.db import db, transaction
from app.models import Facilitator
from app.operations import organisations, passkeys, second_factor
from app.problems import Problem
from app.web.api.common import now
from app.web.attempts import checked_attempts
from app.web.auth import facilitator, is_fresh, is_limited, login_id
from app.web.desk.session import ENROLMENT, own_time, require_login
from app.web.desk.words import FAULTS

bp = Blueprint(ENROLMENT, __name__, url_prefix="/desk/account/second-factor")
bp.before_request(require_login)
bp.before_request(own_time)

PAGE = "/desk/account/second-factor"


@bp.get("")
def show() -> str:
    return page({})


@bp.post("/seen")
def seen() -> Response:
    """Whoever's second factor was taken away has read it."""
    with transaction():
        second_factor.seen_reset(facilitator())
    session["told_reset"] = True
    return redirect(PAGE if is_limited() else "/desk/", 303)


@bp.post("/app")
def begin_app() -> Any:
    """A secret for the authenticator app; after a while logged in, by passphrase or code."""
    errors = tried("app", _begin_app)
    return (page(errors), 422) if errors else redirect(f"{PAGE}/app", 303)


@bp.get("/app")
def scan() -> str:
    """Raises Problem(not_found)."""
    return _scan_page(False)


@bp.post("/app/confirmation")
def confirm() -> Any:
    """The first code; answers with the recovery codes. Raises Problem(not_found | too_many_attempts)."""
    actor, codes = facilitator(), list[str]()
    errors = tried("code", lambda: codes.extend(_confirmed(request.form.get("code", ""))))
    if errors:
        return _scan_page(True), 422
    return render_template("desk/recovery_codes.html", codes=codes, email=_email(actor.id), is_first=True)


@bp.post("/recovery-codes")
def renew() -> Any:
    """New recovery codes, shown this once. Raises Problem(too_many_attempts)."""
    actor, codes = facilitator(), list[str]()
    errors = tried("codes", lambda: codes.extend(second_factor.renew_codes(actor, _typed(), now())))
    if errors:
        return page(errors), 422
    return render_template("desk/recovery_codes.html", codes=codes, email=_email(actor.id), is_first=False)


@bp.post("/off")
def turn_off() -> Any:
    """Raises Problem(too_many_attempts)."""
    errors = tried("off", lambda: second_factor.turn_off(facilitator(), _typed(), login_id(), now()))
    return (page(errors), 422) if errors else redirect(f"{PAGE}?done=off", 303)


def tried(field: str, act: Callable[[], object]) -> dict[str, list[str]]:
    """Do it; what is wrong with what was typed, if anything. Wrong codes are counted as wrong log-ins."""
    actor = facilitator()
    try:
        with checked_attempts("login", actor.id), transaction():
            act()
    except Problem as problem:
        if problem.code != "wrong_code":
            raise
        return {field: ["neither"]}
    return {}


def _begin_app() -> None:
    if not is_fresh(now()):
        second_factor.identify(facilitator(), _typed(), now())
    second_factor.begin_app(facilitator(), now())


def _confirmed(code: str) -> list[str]:
    return second_factor.confirm_app(facilitator(), code, login_id(), now())


def _typed() -> str:
    return request.form.get("typed", "")


def _email(person: Any) -> str:
    return db.session.get_one(Facilitator, person).email


def _scan_page(is_wrong: bool) -> str:
    actor = facilitator()
    secret = second_factor.pending_secret(actor, now())
    names = list(organisations.names(list(actor.memberships)).values())
    address = totp.address(secret, _email(actor.id), names[0] if len(names) == 1 else "")
    return render_template(
        "desk/scan.html", qr=qr_svg(address), typed=totp.to_type(secret), address=address, is_wrong=is_wrong
    )


def page(errors: dict[str, list[str]]) -> str:
    actor = facilitator()
    person = db.session.get_one(Facilitator, actor.id)
    return render_template(
        "desk/second_factor.html",
        person=person,
        held=second_factor.held(actor.id),
        required=second_factor.required(actor.id),
        limited=is_limited(),
        fresh=is_fresh(now()),
        passkeys=passkeys.own(actor, now()),
        possible=passkeys.place() is not None,
        errors=errors,
        faults=FAULTS,
    )
