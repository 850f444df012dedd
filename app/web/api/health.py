"""Is the process alive, and can it take something in? For whoever watches over the service."""

from __future__ import annotations

import time

from flask import Blueprint, Response, current_app

from app.operations.readiness import unready, waiting
from app.problems import Problem

bp = Blueprint("health", __name__)
ASKED_AGAIN_AFTER_S = 5.0
"""The checks write and read: a stranger who asks all the time costs no more than this."""


@bp.get("/healthz")
def healthz() -> Response:
    """The process answers. Touches neither database nor disk."""
    return _never_kept({"ok": True, "build": current_app.config["BUILD"]})


@bp.get("/readyz")
def readyz() -> Response:
    """Database, disk and photo store take something in; 503 names what does not.

    `waiting`: uploads that rest on this machine until the photo store answers.
    """
    asked_at, wrong = current_app.extensions.get("readiness", (0.0, []))
    if not asked_at or time.monotonic() - asked_at > ASKED_AGAIN_AFTER_S:
        wrong = unready()
        current_app.extensions["readiness"] = (time.monotonic(), wrong)
    if wrong:
        raise Problem("not_ready", failing=wrong)
    return _never_kept({"ready": True, "build": current_app.config["BUILD"], "waiting": waiting()})


def _never_kept(body: dict[str, object]) -> Response:
    response = current_app.make_response(body)
    response.headers["Cache-Control"] = "no-store"
    return response
