"""Pins from a file: bring it, look at what would come of it, take it in, take all of it back.

Plain forms throughout, so that it works by keyboard and without scripts; a choice is looked at again
before anything is taken in.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from typing import Any
from uuid import UUID

from flask import Blueprint, g, redirect, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.db import transaction
from app.i18n import language
from app.operations import imports, walks
from app.rules.categories import KINDS, VOICES, is_known
from app.rules.imports import FIELDS, HEADINGS
from app.rules.projections import SYSTEMS, WGS84
from app.rules.tables import ENCODINGS, Unreadable
from app.web.api.common import now
from app.web.auth import facilitator
from app.web.desk import import_words as words
from app.web.desk.session import require_login

bp = Blueprint("desk_imports", __name__, url_prefix="/desk/walks/<uuid:walk_id>/import")
bp.before_request(require_login)

SHOWN_ROWS = 10
SHOWN_FAULTS = 100


@bp.get("")
def start(walk_id: UUID) -> str:
    """Bring a file, and see what was taken in before."""
    return _start_page(walk_id, None)


@bp.post("")
def bring(walk_id: UUID) -> Any:
    """Keep the file, or the pasted rows, to be looked at; or say what is wrong with it."""
    found, file = walks.walk_for(facilitator(), walk_id), request.files.get("file")
    name = (file.filename or "") if file else ""
    content = request.form.get("pasted", "").strip().encode()
    if file and name:
        with closing(file):
            content = file.read()
    try:
        with transaction():
            made = imports.bring(facilitator(), found.id, name, content, now())
    except Unreadable as fault:
        return _start_page(walk_id, fault.reason if name or content else "none"), 422
    return redirect(f"/desk/walks/{walk_id}/import/{made}", 303)


@bp.get("/<uuid:import_id>")
def show(walk_id: UUID, import_id: UUID) -> Any:
    """What would come of the file; when it is taken in, what came of it."""
    row, found = imports.one(facilitator(), walk_id, import_id, "table"), _walk(walk_id)
    if row.state != "read":
        return render_template("desk/import_done.html", one=row, **found)
    try:
        look = imports.look(facilitator(), walk_id, import_id, now())
    except Unreadable as fault:
        return _start_page(walk_id, fault.reason), 422
    return render_template("desk/import_look.html", **_looked(look, found), **found)


@bp.post("/<uuid:import_id>")
def choose(walk_id: UUID, import_id: UUID) -> Response:
    """Remember the choices and look again; or take the file in; or forget it."""
    act, actor, there = request.form.get("act"), facilitator(), f"/desk/walks/{walk_id}/import"
    with transaction():
        if act == "drop":
            imports.drop(actor, walk_id, import_id)
            return redirect(there, 303)
        imports.choose(actor, walk_id, import_id, choices_of(request.form))
        if act == "take_in":
            imports.take_in(actor, walk_id, import_id, now())
    return redirect(f"{there}/{import_id}{'' if act == 'take_in' else '#rows'}", 303)


@bp.post("/<uuid:import_id>/undone")
def undo(walk_id: UUID, import_id: UUID) -> Response:
    """Take the whole import back, or bring it back."""
    with transaction():
        undone = request.form.get("undone") == "yes"
        imports.set_undone(facilitator(), walk_id, import_id, undone, now())
    return redirect(f"/desk/walks/{walk_id}/import/{import_id}", 303)


def choices_of(form: Mapping[str, str]) -> dict[str, Any]:
    """What a human said, of what can be said; anything else counts as unsaid.

    Where the file is read in another way, its columns are guessed anew; where its places stand in other
    columns, so is their system, unless that was changed too.
    """
    columns = {name: form.get(f"column-{name}", "") for name in FIELDS if f"column-{name}" in form}
    if _is_other(form, "was-read", "encoding", "delimiter", "headings"):
        columns = {}
    delimiter = words.DELIMITERS.get(form.get("delimiter", ""))
    headings = {"yes": True, "no": False}.get(form.get("headings", ""))
    encoding, system, kind = (form.get(name, "") for name in ("encoding", "system", "kind"))
    if not columns or _is_other(form, "was-place", "column-north", "column-east"):
        system = system if system != form.get("was-system") else ""
    category = form.get("category", "")
    return {
        "encoding": encoding if encoding in ENCODINGS else None,
        "delimiter": delimiter[0] if delimiter else None,
        "has_headings": headings,
        "columns": {
            name: int(at) if at.isdecimal() and len(at) < 4 else None for name, at in columns.items()
        },
        "system": system if system in (WGS84, *SYSTEMS) else "",
        "category": category if is_known(category) else "",
        "kind": kind if kind in KINDS else "problem",
        "voice": form.get("voice") if form.get("voice") in VOICES else None,
    }


def _is_other(form: Mapping[str, str], was: str, *names: str) -> bool:
    """Whether fields differ from what the page had shown, which it says of itself in `was`."""
    return was in form and form[was] != "|".join(form.get(name, "") for name in names)


def _walk(walk_id: UUID) -> dict[str, Any]:
    """The walk with its stops, categories and kinds. Raises Problem(not_found | forbidden)."""
    walks.walk_for(facilitator(), walk_id)
    found = walks.desk_bundle(facilitator(), walk_id, language())
    g.timezone = found["area"]["timezone"]
    return found


def _start_page(walk_id: UUID, reason: str | None) -> str:
    found = _walk(walk_id)
    headings = {
        words.FIELD_NAMES[name]: [word for word in HEADINGS[name] if word.isalpha()] for name in FIELDS
    }
    extras = (extra for one in found["categories"] for extra in one.get("extras", ()))
    headings |= {extra["label"]: [extra["label"]] for extra in extras}
    return render_template(
        "desk/import.html",
        headings=headings,
        fault=words.UNREADABLE[reason] if reason else None,
        done=imports.of_walk(facilitator(), walk_id, "table"),
        **found,
    )


def _looked(look: imports.Look, found: Mapping[str, Any]) -> dict[str, Any]:
    """The page's facts: choices, first rows as pins, and every fault in words."""
    faulty = [row for row in look.rows if row.faults]
    known = [row for row in look.good if row.number in look.known]
    names = {one["code"]: one["label"] for one in found["categories"]}
    delimiters = {sign: name for name, (sign, _words) in words.DELIMITERS.items()}
    return {
        "one": look.row,
        "table": look.table,
        "chosen": look.choices,
        "delimiter": delimiters.get(look.table.reading.delimiter or ""),
        "first": [_shown(row, look) for row in look.rows[:SHOWN_ROWS]],
        "faulty": [_shown(row, look) for row in faulty[:SHOWN_FAULTS]],
        "counts": {
            "rows": len(look.rows),
            "good": len(look.good) - len(known),
            "known": len(known),
            "bad": len(faulty),
        },
        "systems": {WGS84: _("Latitude and longitude (WGS 84)")}
        | {key: one.name for key, one in SYSTEMS.items()},
        "names": names,
        "words": words,
        "kind_names": {one["code"]: one["label"] for one in found["kinds"]},
        "stop_names": {one["id"]: f"{one['order']}. {one['name']}" for one in found["stops"]},
    }


def _shown(row: Any, look: imports.Look) -> dict[str, Any]:
    cells = [cell for cell in look.table.rows[row.number - 1] if cell]
    faults = [str(words.FAULTS[fault.code]) % {"value": fault.value} for fault in row.faults]
    return {
        "number": row.number,
        "fields": row.fields,
        "faults": faults,
        "known": row.number in look.known,
        "raw": " · ".join(cells)[:160],
    }
