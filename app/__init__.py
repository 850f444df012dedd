"""Trygga steg: safety walks from a phone in the dark to a protocol at a desk."""

from __future__ import annotations

from app import lean  # isort: skip  # first: it decides what the libraries take along

from flask import Flask
from flask_migrate import Migrate
from werkzeug.middleware.proxy_fix import ProxyFix

from app import models  # noqa: F401  # the tables must be known to the metadata
from app.build import DEV, build_id
from app.cli import register_cli
from app.config import Settings, load_settings
from app.db import db, init_db
from app.i18n import init_i18n
from app.logs import init_logs
from app.web import register_web
from app.web.again import App
from app.web.auth import init_auth
from app.web.errors import init_errors
from app.web.security import init_security

lean.loaded()

JSON_LIMIT = 256 * 1024
PHOTO_LIMIT = 8 * 1024 * 1024


def create_app(settings: Settings | None = None) -> Flask:
    """Wire the application. Raises ConfigError when a setting is missing or wrong."""
    settings = settings or load_settings()
    build = DEV if settings.debug else build_id()
    app = App(__name__, static_url_path=f"/static/{build}")
    app.config.update(
        SETTINGS=settings,
        BUILD=build,
        SECRET_KEY=settings.secret_key,
        SQLALCHEMY_DATABASE_URI=settings.database_url,
        MAX_CONTENT_LENGTH=PHOTO_LIMIT,
        MAX_FORM_MEMORY_SIZE=JSON_LIMIT,
        SEND_FILE_MAX_AGE_DEFAULT=None if settings.debug else 365 * 86400,
        SESSION_COOKIE_NAME="__Host-desk" if settings.is_https else "desk",
        SESSION_COOKIE_SECURE=settings.is_https,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
    )
    app.json.sort_keys = False  # type: ignore[attr-defined]
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    if settings.proxy_count:
        hops = settings.proxy_count
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    init_logs(app)
    init_db(app)
    Migrate(app, db, directory="migrations", render_as_batch=True)
    init_i18n(app)
    init_errors(app)
    init_security(app)
    init_auth(app)
    register_web(app)
    register_cli(app)
    return app
