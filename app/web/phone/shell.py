"""The phone's shell: one page without anyone's data, its service worker and manifest."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from flask import Blueprint, Response, current_app, render_template, url_for
from flask_babel import gettext as _

from app.build import STATIC, phone_files, phone_modules, phone_script
from app.i18n import language
from app.web.api.common import compressed

bp = Blueprint("shell", __name__)
NO_CACHE = {"Cache-Control": "no-cache"}
SHELL_SCRIPTS = ("early", "phone", "leaflet", "protomaps-leaflet")


@bp.get("/app/", defaults={"walk_id": None})
@bp.get("/app/<uuid:walk_id>")
def shell(walk_id: object) -> Response:
    """The same page for every walk; the browser keeps it for offline use."""
    build = current_app.config["BUILD"]
    modules = [url_for("static", filename=name) for name in phone_modules(build)]
    scripts = {name: url_for("static", filename=phone_script(build, name)) for name in SHELL_SCRIPTS}
    words = f"i18n/phone/{language()}.json"
    html = render_template(
        "phone/shell.html",
        build=build,
        static_modules=modules,
        scripts=scripts,
        words=url_for("static", filename=words) if words in phone_files(build) else None,
    )
    return compressed(Response(html, headers=NO_CACHE, mimetype="text/html"))


@bp.get("/sw.js")
def service_worker() -> Response:
    """The worker after two constants: the build and the files to keep, with their hashes."""
    build = current_app.config["BUILD"]
    prefix = current_app.static_url_path or ""
    files = {f"{prefix}/{name}": sha256 for name, sha256 in phone_files(build).items()}
    head = f"const BUILD = {json.dumps(build)};\nconst PRECACHE = {json.dumps(files)};\n"
    return Response(head + _worker_source(build), headers=NO_CACHE, mimetype="text/javascript")


@cache
def _worker_source(build: str) -> str:
    return (STATIC / phone_script(build, "sw")).read_text(encoding="utf-8")


@bp.get("/manifest.webmanifest")
def manifest() -> Response:
    """How the phone shows the app on its home screen."""
    response = current_app.make_response(_manifest())
    response.mimetype = "application/manifest+json"
    response.headers.update(NO_CACHE)
    return response


def _manifest() -> dict[str, Any]:
    def icon(name: str, size: int, purpose: str) -> dict[str, str]:
        src = url_for("static", filename=f"icons/{name}.png")
        return {"src": src, "sizes": f"{size}x{size}", "type": "image/png", "purpose": purpose}

    return {
        "id": "/app/",
        "name": "Trygga steg",
        "short_name": "Trygga steg",
        "description": str(_("Safety walks with your neighbours, also without coverage.")),
        "start_url": "/app/",
        "scope": "/",
        "display": "standalone",
        "orientation": "any",
        "background_color": "#0b1014",
        "theme_color": "#0b1014",
        "icons": [
            icon("icon-192", 192, "any"),
            icon("icon-512", 512, "any"),
            icon("icon-maskable-192", 192, "maskable"),
            icon("icon-maskable-512", 512, "maskable"),
        ],
        "shortcuts": [
            {"name": str(_("New pin")), "url": "/app/#/new"},
            {"name": str(_("My pins")), "url": "/app/#/mine"},
        ],
    }
