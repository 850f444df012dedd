"""The desk: pages and API for facilitators."""

from __future__ import annotations

from flask import Flask

from app.web.desk import links


def init_desk(app: Flask) -> None:
    app.register_blueprint(links.bp)
