"""Single sign-on at the desk: to the organisation's log-in service and back.

Owns what the browser keeps meanwhile, and the page that says what went wrong. Without OIDC_ISSUER there
is nothing at these addresses.
"""

from __future__ import annotations

import hmac
import time
from dataclasses import asdict
from typing import Any

from flask import Blueprint, Flask, current_app, redirect, render_template, request, session
from werkzeug.wrappers import Response

from app.adapters import sign_on as service
from app.adapters.sign_on import ClocksDiffer, Denied, Named, Question, Unreachable, Untrusted
from app.config import SignOnSettings
from app.db import transaction
from app.logs import log
from app.models import Facilitator
from app.operations import sign_on
from app.problems import Problem
from app.web.api.common import now
from app.web.desk.entry import let_in
from app.web.desk.session import own_path

bp = Blueprint("desk_sign_on", __name__, url_prefix="/desk/sign-on")

BACK = "/desk/sign-on/back"
LASTS_S = 900
AWAY = "sign_on"
BROKEN = ("server_error", "temporarily_unavailable")
PROBLEMS: dict[type[Exception], str] = {
    Unreachable: "sign_on_unreachable",
    Denied: "sign_on_denied",
    Untrusted: "sign_on_untrusted",
    ClocksDiffer: "sign_on_clocks",
}


def init_sign_on(app: Flask) -> None:
    """The log-in page, which is the login library's, asks whether to offer it and under which name."""
    settings: SignOnSettings | None = app.config["SETTINGS"].sign_on
    app.jinja_env.globals["sign_on_name"] = settings.name if settings else None


@bp.errorhandler(Problem)
def failed(problem: Problem) -> Any:
    """What went wrong and what can be done, in place of the general page."""
    log.warning(problem.code)
    page = render_template("desk/sign_on_failed.html", problem=problem)
    return page, problem.kind.status, {"Cache-Control": "no-store"}


@bp.get("")
def leave() -> Response:
    """Off to the log-in service, which sends the browser back. Raises Problem(sign_on_unreachable)."""
    settings, question = _settings(), service.new_question()
    try:
        there = service.address(settings, _back(), question)
    except Unreachable as failure:
        raise _problem(failure) from failure
    target = own_path(request.args.get("next"))
    session[AWAY] = asdict(question) | {"target": target, "at": time.time()}
    return redirect(there, 303)


@bp.get("/back")
def come_back() -> Response:
    """Raises Problem: the codes that begin with sign_on."""
    settings, kept = _settings(), session.pop(AWAY, None)
    question = _question(kept)
    if error := request.args.get("error"):
        raise Problem("sign_on_unreachable" if error in BROKEN else "sign_on_denied")
    try:
        named = service.named(settings, _back(), question, request.args.get("code", "")[:4000])
    except tuple(PROBLEMS) as failure:
        raise _problem(failure) from failure
    person = _person(named, settings)
    return let_in(person, "sign_on", kept["target"], "provider" if named.is_strong else None)


def _question(kept: Any) -> Question:
    """The question this very browser left with, of late. Raises Problem(sign_on_stale)."""
    state = request.args.get("state", "")
    if not kept or time.time() - kept["at"] > LASTS_S:
        raise Problem("sign_on_stale")
    if not hmac.compare_digest(state.encode(), kept["state"].encode()):
        raise Problem("sign_on_stale")
    return Question(kept["state"], kept["nonce"], kept["verifier"])


def _person(named: Named, settings: SignOnSettings) -> Facilitator:
    with transaction():
        return sign_on.person_of(named, settings, now())


def _problem(error: Exception) -> Problem:
    code = next(code for kind, code in PROBLEMS.items() if isinstance(error, kind))
    log.warning("sign_on", extra={"fields": {"problem": code, "why": str(error)[:200]}})
    return Problem(code)


def _back() -> str:
    return f"{current_app.config['SETTINGS'].public_url}{BACK}"


def _settings() -> SignOnSettings:
    settings: SignOnSettings | None = current_app.config["SETTINGS"].sign_on
    if settings is None:
        raise Problem("not_found")
    return settings
