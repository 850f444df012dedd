"""Is the process alive? Answers without touching database or disk."""

from __future__ import annotations

from flask import Blueprint, Response, current_app

bp = Blueprint("health", __name__)


@bp.get("/healthz")
def healthz() -> Response:
    response = current_app.make_response({"ok": True, "build": current_app.config["BUILD"]})
    response.headers["Cache-Control"] = "no-store"
    return response
