"""HTTP: the thin seam between browsers and operations."""

from __future__ import annotations

from flask import Flask

from app.web import assets
from app.web.api import init_api
from app.web.desk import init_desk
from app.web.phone import init_phone


def register_web(app: Flask) -> None:
    assets.init_assets(app)
    init_api(app)
    init_phone(app)
    init_desk(app)
