"""The phone's pages: joining, the shell, its service worker and manifest."""

from __future__ import annotations

from flask import Flask

from app.web.phone import join, pages, shell


def init_phone(app: Flask) -> None:
    for part in (join, shell, pages):
        app.register_blueprint(part.bp)
