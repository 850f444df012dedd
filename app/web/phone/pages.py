"""Pages for anyone: language switch, privacy, accessibility, licences, the problem list."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, current_app, redirect, render_template, request

from app.build import STATIC
from app.i18n import COOKIE, languages
from app.problems import CATALOGUE, Problem

bp = Blueprint("pages", __name__)
YEAR_S = 365 * 86400


@bp.post("/lang")
def switch_language() -> Response:
    """Remember the language and come back to the page it was chosen on."""
    target = request.form.get("next", "/")
    if not target.startswith("/") or target.startswith("//") or "\\" in target:
        target = "/"
    response = current_app.make_response(redirect(target, 303))
    tag = request.form.get("lang", "")
    if tag in dict(languages()):
        secure = current_app.config["SETTINGS"].is_https
        response.set_cookie(COOKIE, tag, max_age=YEAR_S, samesite="Lax", secure=secure)
    return response


@bp.get("/integritet")
def privacy() -> str:
    return render_template("public/privacy.html", code=request.args.get("code"))


@bp.get("/tillganglighet")
def accessibility() -> str:
    return render_template("public/accessibility.html")


@bp.get("/om")
def about() -> str:
    """What the app is, and the licences of all it carries."""
    vendored: list[dict[str, Any]] = json.loads(
        (STATIC / "vendor" / "VENDOR.json").read_text(encoding="utf-8")
    )
    texts = (STATIC / "vendor" / "LICENSES.txt").read_text(encoding="utf-8")
    build = current_app.config["BUILD"]
    return render_template("public/about.html", vendored=vendored, licences=texts, build=build)


@bp.get("/offline-help")
def offline_help() -> str:
    return render_template("public/offline_help.html")


@bp.get("/problems")
def problem_list() -> str:
    return render_template("public/problems.html", catalogue=CATALOGUE)


@bp.get("/telefon")
def phone_help() -> str:
    """How to trust the certificate of `flask phone`, in pictures; and over http, why it is needed."""
    return render_template("public/phone_help.html", has_authority=_authority().exists())


@bp.get("/telefon/certifikat.crt")
def authority() -> Response:
    """The authority's certificate, which holds no secret."""
    if not _authority().exists():
        raise Problem("not_found")
    data = _authority().read_bytes()
    return Response(data, mimetype="application/x-x509-ca-cert")


def _authority() -> Path:
    folder: Path = current_app.config["SETTINGS"].data_dir
    return folder / "phone" / "authority.pem"
