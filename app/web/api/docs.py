"""Our own readable page of the API, drawn from the OpenAPI document, inside the CSP."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, current_app, render_template

bp = Blueprint("docs", __name__)
METHODS = ("get", "post", "put", "patch", "delete")


@bp.get("/api/docs")
def docs() -> str:
    spec: dict[str, Any] = current_app.extensions["flask-smorest"]["apis"][""]["ext_obj"].spec.to_dict()
    calls = [
        (method.upper(), path, item[method])
        for path, item in spec["paths"].items()
        for method in METHODS
        if method in item
    ]
    return render_template("public/api.html", spec=spec, calls=calls, schemas=spec["components"]["schemas"])
