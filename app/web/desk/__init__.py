"""The desk: pages and API for facilitators."""

from __future__ import annotations

from flask import Flask

from app.web.desk import (
    account,
    audit,
    links,
    meeting,
    new_walk,
    organisation,
    pages,
    paper,
    paper_cards,
    people,
    prepare,
)
from app.web.desk.session import init_session


def init_desk(app: Flask) -> None:
    init_session(app)
    for part in (
        account,
        audit,
        links,
        meeting,
        new_walk,
        organisation,
        pages,
        paper,
        paper_cards,
        people,
        prepare,
    ):
        app.register_blueprint(part.bp)
