"""The projector's page: slides for the meeting after a walk, all in one page so that they need no network."""

from __future__ import annotations

from functools import partial
from typing import Any
from uuid import UUID

from flask import Blueprint, render_template

from app.i18n import language
from app.operations import meeting
from app.rules.categories import Names, catalogue, name_of
from app.web.auth import facilitator
from app.web.desk.session import require_login

bp = Blueprint("desk_meeting", __name__, url_prefix="/desk/walks/<uuid:walk_id>")
bp.before_request(require_login)


@bp.get("/meeting")
def slides(walk_id: UUID) -> str:
    """A first slide, one for each stop, one for what lies between them, and a last one."""
    found = meeting.slides(facilitator(), walk_id, language())
    return render_template(
        "desk/meeting.html", label=partial(label, found["names"]), kind_words=kind_words(), **found
    )


def label(names: Names, pin: dict[str, Any]) -> str:
    """What a pin is about, in this request's language and the walk's own words."""
    return name_of(pin["category"], pin["kind"], _tag(), names)


def kind_words() -> dict[str, str]:
    return {kind["code"]: kind[_tag()] for kind in catalogue()["kinds"]}


def _tag() -> str:
    return "sv" if language() == "sv" else "en"
