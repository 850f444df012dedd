"""The log's page: what was done at the desk, newest first, by person, act or walk."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, render_template, request

from app.i18n import pick
from app.operations import audit
from app.web.desk.facts import words_of
from app.web.desk.people import administered, wanted_organisation
from app.web.desk.session import own_time, require_login
from app.web.desk.words import ACT_NAMES

bp = Blueprint("desk_audit", __name__, url_prefix="/desk/audit")
bp.before_request(require_login)
bp.before_request(own_time)


@bp.get("")
def show() -> str:
    """Raises Problem(not_found | forbidden)."""
    organisation_id = wanted_organisation()
    wanted: dict[str, Any] = {name: request.args.get(name, "")[:100] for name in ("actor", "act")}
    wanted["walk_id"] = request.args.get("walk_id", type=UUID)
    found = audit.page(organisation_id, wanted, request.args.get("before", type=UUID))
    return render_template(
        "desk/audit.html",
        organisation=organisation_id,
        administered=administered(),
        wanted=wanted,
        choices=audit.choices(organisation_id),
        acts=ACT_NAMES,
        words_of=words_of,
        pick=pick,
        **found,
    )
