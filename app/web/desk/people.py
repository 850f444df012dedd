"""The people page: who belongs to an organisation, in which role, and inviting them by link."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID

from flask import Blueprint, g, redirect, render_template, request
from werkzeug.wrappers import Response

from app.adapters.qr import qr_svg
from app.db import transaction
from app.operations import organisations, people, rights, second_factor
from app.operations.facilitators import INVITE_VALID
from app.problems import Problem
from app.rules.access import ROLES
from app.rules.access import organisations as with_right
from app.web.api.common import now
from app.web.auth import facilitator
from app.web.desk.session import own_time, require_login
from app.web.desk.words import FAULTS, ROLE_HINTS, ROLE_NAMES

bp = Blueprint("desk_people", __name__, url_prefix="/desk/people")
bp.before_request(require_login)
bp.before_request(own_time)

ADDRESS = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
LONGEST_ADDRESS = 254
LONGEST_NAME = 100
OF_ONE = "/<uuid:organisation_id>"
NOTHING: dict[str, Any] = {"values": {"role": "facilitator"}, "errors": {}, "link": None}


def wanted_organisation() -> UUID:
    """The organisation that ?organisation names, else the first that the person administers."""
    named = request.args.get("organisation", type=UUID)
    return rights.organisation_for(facilitator(), "manage", named)


def administered() -> dict[UUID, str]:
    """All that the person administers, by name, to choose between."""
    return organisations.names(with_right(facilitator(), "manage"))


@bp.get("")
def show() -> str:
    """Raises Problem(not_found | forbidden)."""
    return _page(wanted_organisation(), **NOTHING)


@bp.post(f"{OF_ONE}/invitations")
def invite(organisation_id: UUID) -> Any:
    """Make a link and show it, this once. Raises Problem(not_found | forbidden)."""
    rights.require(facilitator(), organisation_id, "manage")
    values = {name: request.form.get(name, "").strip() for name in ("email", "name", "role")}
    errors = _errors(values)
    try:
        link = None if errors else _invited(organisation_id, values)
    except Problem as problem:
        if problem.code != "invalid":
            raise
        link, errors = None, problem.errors
    if link is None:
        return _page(organisation_id, values=values, errors=errors, link=None), 422
    return _page(organisation_id, **NOTHING | {"link": link, "invited_name": values["name"]})


@bp.post(f"{OF_ONE}/invitations/<uuid:invitation_id>/withdrawal")
def withdraw(organisation_id: UUID, invitation_id: UUID) -> Response:
    """End an invitation; with `back`, let it count again. Raises Problem(not_found | forbidden)."""
    withdrawn = request.form.get("back") != "yes"
    with transaction():
        people.withdraw(facilitator(), organisation_id, invitation_id, withdrawn, now())
    return _back(organisation_id, f"withdrawn&invitation={invitation_id}" if withdrawn else "invited")


@bp.post(f"{OF_ONE}/<uuid:facilitator_id>/role")
def change_role(organisation_id: UUID, facilitator_id: UUID) -> Response:
    """Raises Problem(not_found | forbidden | invalid | last_administrator)."""
    role = request.form.get("role", "")
    if role not in ROLES:
        raise Problem("invalid")
    with transaction():
        people.change_role(facilitator(), organisation_id, facilitator_id, role, now())
    return _back(organisation_id, "role")


@bp.post(f"{OF_ONE}/<uuid:facilitator_id>/access")
def set_access(organisation_id: UUID, facilitator_id: UUID) -> Response:
    """Raises Problem(not_found | forbidden | last_administrator)."""
    ended = request.form.get("ended") == "yes"
    with transaction():
        people.set_access(facilitator(), organisation_id, facilitator_id, ended, now())
    return _back(organisation_id, "ended" if ended else "back")


@bp.post(f"{OF_ONE}/<uuid:facilitator_id>/second-factor/reset")
def reset(organisation_id: UUID, facilitator_id: UUID) -> Response:
    """Raises Problem(not_found | forbidden)."""
    with transaction():
        second_factor.reset(facilitator(), organisation_id, facilitator_id, now())
    return _back(organisation_id, "reset")


def _invited(organisation_id: UUID, values: dict[str, str]) -> str:
    with transaction():
        return people.invite(facilitator(), organisation_id, values, now())


def _errors(values: dict[str, str]) -> dict[str, list[str]]:
    right = {
        "email": bool(ADDRESS.fullmatch(values["email"])) and len(values["email"]) <= LONGEST_ADDRESS,
        "name": 0 < len(values["name"]) <= LONGEST_NAME,
        "role": values["role"] in ROLES,
    }
    return {name: [name] for name, is_right in right.items() if not is_right}


def _page(organisation_id: UUID, **more: Any) -> str:
    link = more["link"]
    return render_template(
        "desk/people.html",
        own=facilitator().id,
        organisation=organisation_id,
        administered=administered(),
        members=[one | _second(one["id"]) for one in people.members(facilitator(), organisation_id)],
        invited=people.invited(organisation_id, now()),
        roles=ROLE_NAMES,
        hints=ROLE_HINTS,
        faults=FAULTS,
        valid_days=INVITE_VALID.days,
        qr=qr_svg(link) if link else None,
        withdrawn=request.args.get("invitation", type=UUID),
        **more,
    )


def _second(person: UUID) -> dict[str, Any]:
    return {"held": second_factor.held(person), "may_reset": second_factor.may_reset(facilitator(), person)}


def _back(organisation_id: UUID, done: str) -> Response:
    g.pop("facilitator", None)  # whoever took the role from themselves goes home
    own = organisation_id in with_right(facilitator(), "manage")
    return redirect(f"/desk/people?organisation={organisation_id}&done={done}" if own else "/desk/", 303)
