"""Letting somebody in: every first factor ends here, and leads to the desk or to the second step.

Owns what the browser's session carries between the two steps, for ten minutes. The log-in itself is
begun in web.auth.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import flask
from flask import redirect, session
from flask_security.tf_plugin import TfPluginBase
from flask_security.utils import login_user
from werkzeug.wrappers import Response

from app.adapters.secrets import token_hash
from app.db import db
from app.models import Facilitator
from app.operations import second_factor
from app.problems import Problem
from app.rules.second_factor import Method, Second
from app.web.desk.session import own_path

SECOND_STEP = "/desk/login/second"
WAITS_S = 600
WAITING = "second_step"


@dataclass(frozen=True)
class Waiting:
    """Somebody with the first factor, before the second."""

    person: UUID
    method: Method
    target: str


def let_in(person: Facilitator, method: Method, target: str, second: Second | None = None) -> Response:
    """To the desk, or first to the second step."""
    if second_factor.step_for(person.id, second) == "ask":
        return _to_second_step(person, method, target)
    session.pop(WAITING, None)
    login_user(person, authn_via=[method, second] if second else [method])
    return redirect(own_path(target), 303)


def waiting() -> Waiting:
    """Who stands between the steps in this browser. Raises Problem(login_again)."""
    kept = session.get(WAITING)
    if kept is None or time.time() - kept["at"] > WAITS_S:
        raise Problem("login_again")
    person = db.session.get(Facilitator, UUID(kept["person"]))
    if person is None or not person.active or _mark(person) != kept["mark"]:
        raise Problem("login_again")
    return Waiting(person.id, kept["method"], kept["target"])


def _to_second_step(person: Facilitator, method: Method, target: str | None) -> Response:
    facts = {"person": str(person.id), "mark": _mark(person), "method": method}
    session[WAITING] = facts | {"target": own_path(target), "at": time.time()}
    return redirect(SECOND_STEP, 303)


def _mark(person: Facilitator) -> str:
    """Changes with the passphrase, so that an old first step leads nowhere."""
    return token_hash(person.fs_uniquifier)[:16]


class SecondStep(TfPluginBase):
    """The login library's question, after the passphrase, whether there is a second step."""

    def create_blueprint(self, app: flask.Flask, bp: flask.Blueprint, state: Any) -> None:
        """The pages are ours (desk.second_step)."""

    def get_setup_methods(self, user: Any) -> list[tuple[str, str]]:
        return [("second", "")] if second_factor.step_for(user.id, None) == "ask" else []

    def tf_login(self, user: Any, json_payload: dict[str, Any], next_loc: str | None) -> Response:
        session.pop("tf_user_id", None)
        return _to_second_step(user, "passphrase", next_loc)
