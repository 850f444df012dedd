"""The receipt's page: type the code of a phone, and see how much of what it sent is here. Needs no script."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, g, render_template, request
from flask_babel import gettext as _

from app.operations import receipts
from app.problems import CATALOGUE, Problem
from app.rules.codes import RECEIPT_LENGTH, grouped, normal_code
from app.web.attempts import checked_attempts

bp = Blueprint("receipt", __name__)


@bp.get("/kvitto")
@bp.get("/receipt")
def ask() -> str:
    """Type the code."""
    return render_template("public/receipt.html", code="", receipt=None, fault=None)


@bp.post("/kvitto")
@bp.post("/receipt")
def check() -> Any:
    """What has arrived, counted now; guesses are counted too."""
    typed = request.form.get("code", "")[:64]
    if not typed.strip():
        fault = _("Type the code that the phone shows under My pins.")
        return render_template("public/receipt.html", code="", receipt=None, fault=fault), 422
    try:
        with checked_attempts("receipt"):
            receipt = receipts.check(typed)
    except Problem as problem:
        fault = CATALOGUE[problem.code].title
        page = render_template("public/receipt.html", code=typed, receipt=None, fault=fault)
        return page, problem.kind.status, problem.headers
    g.timezone = receipt.timezone
    code = grouped(normal_code(typed, RECEIPT_LENGTH) or "")
    return render_template("public/receipt.html", code=code, receipt=receipt, fault=None)
