"""The phone's pages: joining, the shell, its service worker and manifest."""

from __future__ import annotations

from flask import Flask

from app.web.phone import join, pages, receipt, shell


def init_phone(app: Flask) -> None:
    for part in (join, shell, pages, receipt):
        app.register_blueprint(part.bp)
