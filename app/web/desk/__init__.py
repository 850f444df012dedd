"""The desk: pages and API for facilitators."""

from __future__ import annotations

from flask import Flask

from app.web.desk import links, new_walk, pages, paper
from app.web.desk.session import init_session


def init_desk(app: Flask) -> None:
    init_session(app)
    for part in (links, new_walk, pages, paper):
        app.register_blueprint(part.bp)
