"""An organisation's settings: name, colour, how long things are kept, who needs a second factor."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, Response, redirect, render_template, request

from app.db import transaction
from app.operations import organisations, rights
from app.problems import Problem
from app.rules.colours import contrast, for_dark, is_readable, normal_colour
from app.rules.redactions import DAYS
from app.rules.second_factor import REQUIRED_OF
from app.web.api.common import now
from app.web.auth import facilitator
from app.web.desk.people import administered, wanted_organisation
from app.web.desk.session import require_login
from app.web.desk.words import FAULTS, SECOND_FACTOR_OF

bp = Blueprint("desk_organisation", __name__, url_prefix="/desk/organisation")
bp.before_request(require_login)

LONGEST_NAME = 100
MONTHS = range(3, 25)


@bp.get("")
def show() -> str:
    """Raises Problem(not_found | forbidden)."""
    organisation_id = wanted_organisation()
    return _page(organisation_id, organisations.settings_of(facilitator(), organisation_id), {})


@bp.get("/colour/<colour>.css")
def colour_sheet(colour: str) -> Response:
    """The masthead in an organisation's colour; dark screens keep their own."""
    normal = normal_colour(colour)
    if normal is None or not is_readable(normal):
        raise Problem("not_found")
    return Response(
        f"@layer tokens {{ :root {{ --brand: {normal}; --on-brand: #fff; }} }}\n", mimetype="text/css"
    )


@bp.post("/<uuid:organisation_id>")
def change(organisation_id: UUID) -> Any:
    """Raises Problem(not_found | forbidden)."""
    rights.require(facilitator(), organisation_id, "manage")
    typed = {name: request.form.get(name, "").strip() for name in organisations.SETTINGS}
    wanted, errors = read(typed)
    if errors:
        return _page(organisation_id, typed, errors), 422
    with transaction():
        organisations.change_settings(facilitator(), organisation_id, wanted, now())
    return redirect(f"/desk/organisation?organisation={organisation_id}&done=yes", 303)


def read(typed: dict[str, str]) -> tuple[dict[str, Any], dict[str, list[str]]]:
    """What the form says, and what is wrong with it."""
    colour = normal_colour(typed["brand_colour"])
    errors = {}
    if not 0 < len(typed["name"]) <= LONGEST_NAME:
        errors["name"] = ["name"]
    if typed["brand_colour"] and colour is None:
        errors["brand_colour"] = ["colour"]
    elif colour and not is_readable(colour):
        errors["brand_colour"] = ["contrast"]
    if typed["second_factor_of"] not in REQUIRED_OF:
        errors["second_factor_of"] = ["second_factor_of"]
    wanted: dict[str, Any] = {name: typed[name] for name in ("name", "second_factor_of")}
    wanted["brand_colour"] = colour
    for name, allowed in (("retention_months", MONTHS), ("original_days", DAYS)):
        wanted[name] = _number(typed[name], allowed)
        if wanted[name] is None:
            errors[name] = [name]
    return wanted, errors


def _number(text: str, allowed: range) -> int | None:
    """A whole number within bounds, in ordinary digits."""
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 4 else None
    return number if number in allowed else None


def _page(organisation_id: UUID, values: dict[str, Any], errors: dict[str, list[str]]) -> str:
    colour = normal_colour(values["brand_colour"] or "")
    shown = (
        {"colour": colour, "dark": for_dark(colour), "contrast": contrast(colour, "#ffffff")}
        if colour
        else None
    )
    return render_template(
        "desk/organisation.html",
        organisation=organisation_id,
        administered=administered(),
        values=values,
        errors=errors,
        shown=shown,
        faults=FAULTS,
        second_factor_of=SECOND_FACTOR_OF,
    )
