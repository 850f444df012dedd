"""Static files: compressed once per build, sent with a year's promise; and map packs.

Owns how files reach browsers. In development the files are served as they lie.
"""

from __future__ import annotations

import gzip
import os
import shutil
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

import brotli
from flask import Blueprint, Flask, Response, request, send_file
from whitenoise import WhiteNoise

from app.build import STATIC, inline_styles, style_sheets
from app.operations.packs import by_sha256
from app.problems import Problem
from app.web.bodies import heard_out
from app.web.security import security_headers

bp = Blueprint("assets", __name__)
COMPRESSED = {".js", ".css", ".svg", ".json", ".txt", ".html"}
YEAR_S = 365 * 86400
PACK_TYPE = "application/octet-stream"


def init_assets(app: Flask) -> None:
    app.register_blueprint(bp)
    app.jinja_env.globals["style_sheets"] = partial(style_sheets, app.config["BUILD"])
    app.jinja_env.globals["inline_styles"] = partial(inline_styles, app.config["BUILD"])


def served(app: Flask) -> Any:
    """The WSGI application with its static files in front, precompressed.

    The copy under DATA_DIR/static/<build> is made at a build's first start and kept.
    """
    settings = app.config["SETTINGS"]
    if settings.debug:
        return app
    headers = security_headers(settings.is_https)

    def add_headers(headers_of_file: Any, _path: str, _url: str) -> None:
        for name, value in headers.items():
            headers_of_file[name] = value

    return WhiteNoise(
        heard_out(app.wsgi_app),
        root=compressed_static(settings.data_dir / "static", app.config["BUILD"]),
        prefix=f"static/{app.config['BUILD']}/",
        max_age=YEAR_S,
        immutable_file_test=lambda _path, _url: True,
        add_headers_function=add_headers,
        allow_all_origins=False,
    )


def compressed_static(parent: Path, build: str) -> Path:
    """Copy static/ with .br and .gz beside each text file; older builds are removed."""
    target = parent / build
    if target.is_dir():
        return target
    making = parent / f".{build}.{os.getpid()}"
    shutil.rmtree(making, ignore_errors=True)
    shutil.copytree(STATIC, making)
    for path in [path for path in making.rglob("*") if path.suffix in COMPRESSED]:
        data = path.read_bytes()
        path.with_name(path.name + ".br").write_bytes(brotli.compress(data, quality=11))
        path.with_name(path.name + ".gz").write_bytes(gzip.compress(data, 9, mtime=0))
    for old in parent.iterdir():
        if old != making and not old.name.startswith("."):
            shutil.rmtree(old, ignore_errors=True)
    try:
        making.rename(target)
    except OSError:
        shutil.rmtree(making, ignore_errors=True)
    return target


def _index(path: Path, sha256: str) -> Response:
    """An address index, compressed for those who take it."""
    if request.accept_encodings["br"]:
        response = Response(_compressed(path, sha256), mimetype="application/json")
        response.content_encoding = "br"
        response.set_etag(sha256, weak=True)
    else:
        response = send_file(path, mimetype="application/json", etag=sha256)
    response.vary.add("Accept-Encoding")
    return response


@lru_cache(maxsize=64)
def _compressed(path: Path, _sha256: str) -> bytes:
    """An address index as browsers fetch it; compressed once in each process."""
    compressed: bytes = brotli.compress(path.read_bytes(), quality=9)
    return compressed


@bp.get("/packs/<sha256>.<any(pmtiles, json):kind>")
def pack_file(sha256: str, kind: str) -> Response:
    """A map pack or its address index, whole or by range; the hash in the name never changes."""
    path = by_sha256(sha256)
    if path is None or path.suffix != f".{kind}":
        raise Problem("not_found")
    response = _index(path, sha256) if kind == "json" else send_file(path, PACK_TYPE, etag=sha256)
    response.headers["Cache-Control"] = f"public, max-age={YEAR_S}, immutable"
    return response
