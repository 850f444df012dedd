"""The desk: pages and API for facilitators."""

from __future__ import annotations

from flask import Flask

from app.web.desk import (
    account,
    aside,
    audit,
    imports,
    links,
    meeting,
    new_walk,
    offline_map,
    organisation,
    owners,
    pages,
    paper,
    paper_cards,
    passkeys,
    people,
    prepare,
    rescue,
    second_factor,
    second_step,
    sign_on,
)
from app.web.desk.passkeys import init_passkeys
from app.web.desk.session import init_session
from app.web.desk.sign_on import init_sign_on


def init_desk(app: Flask) -> None:
    init_session(app)
    init_passkeys(app)
    init_sign_on(app)
    for part in (
        account,
        aside,
        audit,
        imports,
        links,
        meeting,
        new_walk,
        offline_map,
        organisation,
        owners,
        pages,
        paper,
        paper_cards,
        passkeys,
        people,
        prepare,
        rescue,
        second_factor,
        second_step,
        sign_on,
    ):
        app.register_blueprint(part.bp)
