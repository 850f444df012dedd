"""The pages of owners: who answers for what, their usual categories, and their ground on a map or as text."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, render_template, request
from werkzeug.wrappers import Response

from app.db import transaction
from app.i18n import language
from app.operations import grounds, organisations, rights
from app.problems import Problem
from app.rules.access import organisations as with_right
from app.rules.categories import by_code, catalogue
from app.rules.grounds import GroundFault, as_typed, read_collection, read_ground
from app.rules.issues import OWNER_KINDS
from app.web.api.common import now
from app.web.auth import facilitator
from app.web.desk.session import require_login
from app.web.desk.words import FAULTS, OWNER_KIND_NAMES

bp = Blueprint("desk_owners", __name__, url_prefix="/desk/owners")
bp.before_request(require_login)

OF_ONE = "/<uuid:organisation_id>"
THE_OWNER = f"{OF_ONE}/<uuid:owner_id>"
LONGEST_NAME, LONGEST_CONTACT = 120, 200
LINES = ("name", "kind", "contact", "ground")


@bp.get("")
def show() -> str:
    """Raises Problem(not_found | forbidden)."""
    named = request.args.get("organisation", type=UUID)
    return _list(rights.organisation_for(facilitator(), "run", named), "", {})


@bp.post(f"{OF_ONE}/import")
def take(organisation_id: UUID) -> Any:
    """Grounds of a GeoJSON collection, by name. Raises Problem(not_found | forbidden)."""
    rights.require(facilitator(), organisation_id, "run")
    typed = request.form.get("collection", "")
    try:
        found = read_collection(typed)
    except GroundFault as fault:
        return _list(organisation_id, typed, {"collection": [fault.code]}), 422
    if any(len(name) > LONGEST_NAME for name in found):
        return _list(organisation_id, typed, {"collection": ["owner_name"]}), 422
    try:
        with transaction():
            count = grounds.take_grounds(facilitator(), organisation_id, found, now())
    except Problem as problem:
        return _list(organisation_id, typed, {"collection": _faults(problem)["name"]}), 422
    return _back(organisation_id, f"taken&count={count}")


@bp.get(f"{OF_ONE}/new")
def new(organisation_id: UUID) -> str:
    """Raises Problem(not_found | forbidden)."""
    rights.require(facilitator(), organisation_id, "run")
    empty = {"name": "", "kind": "municipality", "contact": "", "ground": "", "categories": []}
    return _form(organisation_id, None, empty, {})


@bp.post(f"{OF_ONE}/new")
def make(organisation_id: UUID) -> Any:
    """Raises Problem(not_found | forbidden)."""
    return _saved(organisation_id, None)


@bp.get(THE_OWNER)
def one(organisation_id: UUID, owner_id: UUID) -> str:
    """Raises Problem(not_found | forbidden)."""
    owner = grounds.owner_of(facilitator(), organisation_id, owner_id)
    shown = {"name": owner.name, "kind": owner.kind, "contact": owner.contact or ""}
    shown |= {"ground": as_typed(owner.ground)}
    return _form(organisation_id, owner, shown | {"categories": grounds.categories_of(owner)}, {})


@bp.post(THE_OWNER)
def change(organisation_id: UUID, owner_id: UUID) -> Any:
    """Raises Problem(not_found | forbidden)."""
    return _saved(organisation_id, owner_id)


@bp.post(f"{THE_OWNER}/aside")
def aside(organisation_id: UUID, owner_id: UUID) -> Response:
    """Set an owner aside, or offer it again. Raises Problem(not_found | forbidden)."""
    is_aside = request.form.get("aside") == "yes"
    with transaction():
        grounds.set_aside(facilitator(), organisation_id, owner_id, is_aside, now())
    return _back(organisation_id, "aside" if is_aside else "back")


@bp.post(f"{THE_OWNER}/ground-back")
def ground_back(organisation_id: UUID, owner_id: UUID) -> Response:
    """The ground before the latest change. Raises Problem(not_found | forbidden)."""
    with transaction():
        grounds.put_ground_back(facilitator(), organisation_id, owner_id, now())
    return redirect(f"/desk/owners/{organisation_id}/{owner_id}?done=yes", 303)


def _saved(organisation_id: UUID, owner_id: UUID | None) -> Any:
    actor = facilitator()
    rights.require(actor, organisation_id, "run")
    owner = grounds.owner_of(actor, organisation_id, owner_id) if owner_id else None
    typed: dict[str, Any] = {name: request.form.get(name, "").strip() for name in LINES}
    typed["categories"] = [code for code in by_code() if code in request.form.getlist("categories")]
    data, errors = _read(typed)
    if errors:
        return _form(organisation_id, owner, typed, errors), 422
    try:
        with transaction():
            grounds.save(actor, organisation_id, owner_id, data, now())
    except Problem as problem:
        return _form(organisation_id, owner, typed, _faults(problem)), 422
    return _back(organisation_id, "yes")


def _faults(problem: Problem) -> dict[str, list[str]]:
    """What the operation refused of the form; any other problem goes on."""
    if problem.code != "invalid":
        raise problem
    found: dict[str, list[str]] = problem.errors
    return found


def _read(typed: dict[str, Any]) -> tuple[dict[str, Any], dict[str, list[str]]]:
    """What the form says, and what is wrong with it."""
    errors = {}
    if not 0 < len(typed["name"]) <= LONGEST_NAME:
        errors["name"] = ["owner_name"]
    if typed["kind"] not in OWNER_KINDS:
        errors["kind"] = ["owner_kind"]
    if len(typed["contact"]) > LONGEST_CONTACT:
        errors["contact"] = ["owner_contact"]
    data = dict(typed)
    try:
        data["ground"] = read_ground(typed["ground"])
    except GroundFault as fault:
        errors["ground"] = [fault.code]
    return data, errors


def _list(organisation_id: UUID, typed: str, errors: dict[str, list[str]]) -> str:
    owners = [_card(owner) for owner in grounds.all_owners(facilitator(), organisation_id)]
    return render_template(
        "desk/owners.html",
        **_common(organisation_id, errors),
        owners=owners,
        collection=typed,
        taken=request.args.get("count", 0, type=int),
    )


def _form(organisation_id: UUID, owner: Any, values: dict[str, Any], errors: dict[str, list[str]]) -> str:
    taken = {
        code: other.name
        for other in grounds.all_owners(facilitator(), organisation_id)
        for code in grounds.categories_of(other)
        if owner is None or other.id != owner.id
    }
    groups = [
        (group[_tag()], [each for each in catalogue()["categories"] if each["group"] == group["code"]])
        for group in catalogue()["groups"]
    ]
    more = {"owner": owner, "values": values, "taken": taken, "groups": groups, "tag": _tag()}
    shown = {"kinds": OWNER_KIND_NAMES, "map": grounds.map_of(organisation_id)}
    return render_template("desk/owner.html", **_common(organisation_id, errors), **more, **shown)


def _common(organisation_id: UUID, errors: dict[str, list[str]]) -> dict[str, Any]:
    run = organisations.names(with_right(facilitator(), "run"))
    return {"organisation": organisation_id, "administered": run, "errors": errors, "faults": FAULTS}


def _card(owner: Any) -> dict[str, Any]:
    labels = [by_code()[code][_tag()] for code in grounds.categories_of(owner) if code in by_code()]
    return {
        "id": owner.id,
        "name": owner.name,
        "kind": OWNER_KIND_NAMES.get(owner.kind, owner.kind),
        "categories": labels,
        "has_ground": owner.ground is not None,
        "is_aside": grounds.is_aside(owner),
    }


def _tag() -> str:
    return "sv" if language() == "sv" else "en"


def _back(organisation_id: UUID, done: str) -> Response:
    return redirect(f"/desk/owners?organisation={organisation_id}&done={done}", 303)
