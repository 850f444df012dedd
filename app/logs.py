"""Logs: one JSON object a line, without what must not be written down.

Owns the request log and the formatter. Promises no join codes, tokens, notes, full addresses or
fine coordinates: a path's `/v/<code>` is cut, queries are dropped, control characters escaped by
JSON itself.
"""

from __future__ import annotations

import json
import logging
import re
import time
from datetime import UTC, datetime

from flask import Flask, Response, g, request

SECRET_PATHS = re.compile(r"^(/v/|/desk/link/|/s/)[^/]+")
log = logging.getLogger("trygga_steg")


class JsonLines(logging.Formatter):
    """`{"at", "level", "event", …}`; extra fields come from `extra={"fields": {...}}`."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "event": record.getMessage(),
            **getattr(record, "fields", {}),
        }
        if record.exc_info:
            line["trace"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=True, default=str)


def init_logs(app: Flask) -> None:
    """Send our log to stderr as JSON lines, and write one line for each request."""
    if not log.handlers:
        handler = logging.StreamHandler()
        handler.setFormatter(JsonLines())
        log.addHandler(handler)
        log.propagate = False
    log.setLevel(app.config["SETTINGS"].log_level)
    app.before_request(_start)
    app.after_request(_finish)


def redacted(path: str) -> str:
    """The path without anything that opens a door."""
    return SECRET_PATHS.sub(lambda match: match.group(1) + "…", path)


def _start() -> None:
    g.started = time.perf_counter()


def _finish(response: Response) -> Response:
    if log.isEnabledFor(logging.INFO) and request.endpoint != "static":
        fields = {
            "method": request.method,
            "path": redacted(request.path),
            "status": response.status_code,
            "ms": round((time.perf_counter() - g.get("started", time.perf_counter())) * 1000, 1),
        }
        log.info("request", extra={"fields": fields})
    return response
