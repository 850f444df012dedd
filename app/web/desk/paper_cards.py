"""Typing paper cards in: one short form, by keyboard alone, that is ready for the next card at once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid4

from flask import Blueprint, redirect, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.db import transaction
from app.i18n import language
from app.operations import paper_cards, walks
from app.operations.paper import KEYS
from app.problems import Problem
from app.rules.categories import KINDS, NAMES, name_of
from app.web.api.common import now
from app.web.auth import facilitator
from app.web.desk.session import require_login

bp = Blueprint("desk_paper_cards", __name__, url_prefix="/desk/walks/<uuid:walk_id>/paper")
bp.before_request(require_login)

FIELDS = ("stop", "category", "kind", "text")
LONGEST = 2000


@bp.get("")
def form(walk_id: UUID) -> str:
    """An empty card, at the stop of the one before."""
    found = walk_of(walk_id)
    return _page(found, {"stop": request.args.get("stop", "")[:3], "kind": "1"}, {}, uuid4())


@bp.post("")
def enter(walk_id: UUID) -> Any:
    """Keep the card and give the next; or say all that is wrong with it."""
    found, pin_id = walk_of(walk_id), request.form.get("id", type=UUID) or uuid4()
    values = {name: request.form.get(name, "").strip() for name in FIELDS}
    card, errors = read(values, found)
    if errors:
        return _page(found, values, errors, pin_id), 422
    try:
        with transaction():
            paper_cards.enter(facilitator(), walk_id, pin_id, card, now())
    except Problem as problem:
        if problem.code != "id_taken":
            raise
        errors = {"text": _("This card is saved already. Press Enter to save it as one more.")}
        return _page(walk_of(walk_id), values, errors, uuid4()), 409
    return redirect(f"/desk/walks/{walk_id}/paper?stop={values['stop']}&saved={pin_id}", 303)


@bp.post("/<uuid:pin_id>/undo")
def undo(walk_id: UUID, pin_id: UUID) -> Response:
    """Take a card back; with `back`, let it stand again."""
    is_back = request.form.get("back") == "yes"
    with transaction():
        (paper_cards.bring_back if is_back else paper_cards.take_back)(facilitator(), walk_id, pin_id, now())
    return redirect(f"/desk/walks/{walk_id}/paper?{'back' if is_back else 'undone'}={pin_id}", 303)


def walk_of(walk_id: UUID) -> dict[str, Any]:
    """The walk with its stops and keyed categories. Raises Problem(not_found | forbidden)."""
    walks.walk_for(facilitator(), walk_id)
    found = walks.desk_bundle(facilitator(), walk_id, language())
    shown = [one for one in found["categories"] if one["button"]]
    return found | {"keys": {KEYS[one["button"] - 1]: one for one in shown}}


def read(values: Mapping[str, str], found: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, str]]:
    """The card's data, and a sentence for each field that is wrong."""
    stop = next((one for one in found["stops"] if str(one["order"]) == values["stop"]), None)
    category = found["keys"].get(values["category"])
    kind = dict(zip("123", KINDS, strict=True)).get(values["kind"])
    wrong = {
        "stop": None if stop else _("There is no stop with that number."),
        "category": None if category else _("Type one of the digits below."),
        "kind": None if kind else _("Type 1, 2 or 3."),
        "text": _("The text is too long.") if len(values["text"]) > LONGEST else None,
    }
    errors = {name: words for name, words in wrong.items() if words}
    if errors or not stop or not category:
        return {}, errors
    data = {"stop_id": UUID(stop["id"]), "category": category["code"], "kind": kind}
    return data | {"text": values["text"]}, {}


def _page(
    found: Mapping[str, Any], values: Mapping[str, str], errors: Mapping[str, str], pin_id: UUID
) -> str:
    cards = paper_cards.entered(UUID(found["walk"]["id"]))
    orders = {one["id"]: one["order"] for one in found["stops"]}
    return render_template(
        "desk/paper_cards.html",
        values=values,
        errors=errors,
        pin_id=pin_id,
        names=walks.walk_for(facilitator(), UUID(found["walk"]["id"])).facts.get(NAMES),
        taken=request.args.get("undone", type=UUID),
        name_of=name_of,
        cards=cards,
        orders=orders,
        **found,
    )
