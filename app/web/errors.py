"""Errors: whatever happens becomes one JSON shape, or one page, with a stable code.

Owns the translation of exceptions into problems. Promises that what a client sends never ends in
a 5xx other than 503 and 507, and that nothing internal is shown.
"""

from __future__ import annotations

import errno
from typing import Any

from flask import Flask, Response, current_app, jsonify, render_template, request
from limits.errors import StorageError
from sqlalchemy.exc import DBAPIError, OperationalError
from werkzeug.exceptions import HTTPException

from app.adapters.photo_store import StoreFull, StoreUnavailable
from app.db import db, has_no_room
from app.logs import log
from app.problems import BY_STATUS, Problem

RETRY_AFTER = "5"


def init_errors(app: Flask) -> None:
    app.register_error_handler(Problem, answer)
    app.register_error_handler(HTTPException, lambda error: answer(problem_of_http(error)))
    app.register_error_handler(OperationalError, lambda error: answer(_problem_of_database(error)))
    app.register_error_handler(StoreFull, lambda _error: answer(Problem("storage_full")))
    app.register_error_handler(StoreUnavailable, lambda _error: answer(Problem("busy")))
    app.register_error_handler(StorageError, lambda _error: answer(Problem("busy")))
    app.register_error_handler(OSError, lambda error: answer(_problem_of_system(error)))
    app.register_error_handler(Exception, lambda error: answer(_unforeseen(error)))


def answer(problem: Problem) -> Response:
    """The problem as JSON under /api/, else as a page."""
    db.session.rollback()
    if request.path.startswith("/api/") or request.path in ("/healthz", "/readyz"):
        response = jsonify(problem.as_json())
        response.mimetype = "application/problem+json"
    else:
        response = current_app.make_response(render_template("public/problem.html", problem=problem))
    response.status_code = problem.kind.status
    response.headers.update(problem.headers)
    if problem.kind.status in (429, 503, 507):
        response.headers.setdefault("Retry-After", RETRY_AFTER)
    response.headers["Cache-Control"] = "no-store"
    return response


def problem_of_http(error: HTTPException) -> Problem:
    """Our word for an error of the framework; 422 keeps the field errors."""
    status = error.code or 500
    if status < 400:
        raise error
    data: dict[str, Any] = getattr(error, "data", None) or {}
    code = BY_STATUS.get(status, "server_error" if status >= 500 else "malformed_request")
    headers = {}
    allowed = getattr(error, "valid_methods", None)
    if status == 405 and allowed:
        headers["Allow"] = ", ".join(sorted(allowed))
    return Problem(code, errors=data.get("messages"), headers=headers)


def _problem_of_database(error: DBAPIError) -> Problem:
    if has_no_room(error):
        return Problem("storage_full")
    log.warning("database", extra={"fields": {"error": type(error.orig).__name__}})
    return Problem("busy")


def _problem_of_system(error: OSError) -> Problem:
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return Problem("storage_full")
    return _unforeseen(error)


def _unforeseen(error: Exception) -> Problem:
    if current_app.testing or current_app.config["SETTINGS"].debug:
        raise error
    log.error("unforeseen", exc_info=error)
    return Problem("server_error")
