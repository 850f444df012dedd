"""A phone's file: brought by hand, looked at with its pictures, taken in, and taken back.

Plain forms throughout. The pictures of what is not taken in are encoded by us for each look; bytes of a
phone are never served.
"""

from __future__ import annotations

from contextlib import closing
from typing import Any, BinaryIO, cast
from uuid import UUID

from flask import Blueprint, Response, g, redirect, render_template, request
from werkzeug.datastructures import FileStorage

from app.adapters.jobs import doorbell
from app.db import transaction
from app.i18n import language
from app.operations import import_pins, imports, rescue, walks
from app.problems import Problem
from app.rules.rescue import BadRescue
from app.web.api.common import now
from app.web.auth import facilitator
from app.web.desk.import_words import BAD_RESCUE
from app.web.desk.session import require_login
from app.web.pictures import send_once

bp = Blueprint("desk_rescue", __name__, url_prefix="/desk/walks/<uuid:walk_id>/rescue")
bp.before_request(require_login)

SHOWN_PINS = 200


@bp.get("")
def start(walk_id: UUID) -> str:
    """Bring a phone's file, and see those that were taken in before."""
    return _start_page(walk_id, None)


@bp.post("")
def bring(walk_id: UUID) -> Any:
    """Keep the file to be looked at, in the walk that it is of; or say what is wrong with it."""
    walks.walk_for(facilitator(), walk_id)
    file = request.files.get("file") or FileStorage()
    name, stream = file.filename or "", cast(BinaryIO, file.stream)
    with closing(file):
        try:
            there, made = rescue.bring(facilitator(), walk_id, name, stream, now())
        except BadRescue as fault:
            return _start_page(walk_id, fault.reason if name else "none"), 422
    moved = "?moved=yes" if there != walk_id else ""
    return redirect(f"/desk/walks/{there}/rescue/{made}{moved}", 303)


@bp.get("/<uuid:rescue_id>")
def show(walk_id: UUID, rescue_id: UUID) -> str:
    """What would come of the file; when it is taken in, what came of it."""
    row, found = rescue.one(facilitator(), walk_id, rescue_id, now()), _walk(walk_id)
    if row.state != "read":
        back = import_pins.still_back(row.id, row.undone_at)
        return render_template("desk/rescue_done.html", one=row, back=back, **found)
    look = rescue.look(facilitator(), walk_id, rescue_id, now())
    names = {one["code"]: one for one in found["categories"]}
    stops = {one["id"]: f"{one['order']}. {one['name']}" for one in found["stops"]}
    shown = {"shown": look.pins[:SHOWN_PINS], "names": names, "stop_names": stops}
    return render_template("desk/rescue_look.html", one=row, look=look, **shown, **found)


@bp.post("/<uuid:rescue_id>")
def settle(walk_id: UUID, rescue_id: UUID) -> Any:
    """Take the file in, or forget it."""
    there, act = f"/desk/walks/{walk_id}/rescue", request.form.get("act")
    if act not in ("take_in", "drop"):
        raise Problem("invalid")
    if act == "drop":
        with transaction():
            imports.drop(facilitator(), walk_id, rescue_id)
        return redirect(there, 303)
    with transaction():
        photos = rescue.take_in(facilitator(), walk_id, rescue_id, now())
    if photos:
        doorbell("photo", str(photos[0]))
    return redirect(f"{there}/{rescue_id}", 303)


@bp.post("/<uuid:rescue_id>/undone")
def undo(walk_id: UUID, rescue_id: UUID) -> Any:
    """Take back the pins that were new with the file, or bring them back."""
    with transaction():
        imports.set_undone(facilitator(), walk_id, rescue_id, request.form.get("undone") == "yes", now())
    return redirect(f"/desk/walks/{walk_id}/rescue/{rescue_id}", 303)


@bp.get("/<uuid:rescue_id>/photos/<sha256:sha256>")
def picture(walk_id: UUID, rescue_id: UUID, sha256: str) -> Response:
    """A photo of the file, small, before it is taken in."""
    return send_once(rescue.preview(facilitator(), walk_id, rescue_id, sha256, now()))


def _walk(walk_id: UUID) -> dict[str, Any]:
    """The walk with its stops, categories and kinds. Raises Problem(not_found | forbidden)."""
    walks.walk_for(facilitator(), walk_id)
    found = walks.desk_bundle(facilitator(), walk_id, language())
    g.timezone = found["area"]["timezone"]
    return found


def _start_page(walk_id: UUID, reason: str | None) -> str:
    done = imports.of_walk(facilitator(), walk_id, "rescue")
    fault = BAD_RESCUE[reason] if reason else None
    return render_template("desk/rescue.html", fault=fault, done=done, **_walk(walk_id))
