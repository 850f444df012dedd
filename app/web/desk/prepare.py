"""Pages for preparing a walk: do one again, what it is about, and its route with the stops."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import Blueprint, redirect, render_template, request
from flask_babel import gettext as _
from marshmallow import ValidationError

from app.db import db, transaction
from app.i18n import language, pick
from app.models import Area, Walk
from app.operations import plan, prepare, walks
from app.problems import Problem
from app.rules.categories import ALWAYS_ON, EXTRAS, MOST_EXTRAS, NAMES, by_code, catalogue, offered, own_name
from app.rules.plans import LONGEST_M, LONGEST_MINUTES, is_changeable, question_bank, same_weekday_later
from app.schemas.plan import AboutSchema
from app.web.api.common import now
from app.web.auth import facilitator
from app.web.desk.new_walk import messages_of, problems_of, times
from app.web.desk.session import require_login
from app.web.desk.sun_words import sun_words

bp = Blueprint("desk_prepare", __name__, url_prefix="/desk/walks/<uuid:walk_id>")
bp.before_request(require_login)

HALF_A_YEAR, A_YEAR = 26, 52
TIME_FIELDS = ("date", "from", "to")
EXTRA_PARTS = ("key", "category", "name")
SPARE_ROWS = 2
ABOUT_FIELDS = (*TIME_FIELDS, "title", "purpose", "theme", "light")


@bp.get("/again")
def again(walk_id: UUID) -> str:
    """The same walk at another time: about a year later, unless said otherwise."""
    walk = walks.walk_for(facilitator(), walk_id)
    weeks = HALF_A_YEAR if request.args.get("in") == "half" else A_YEAR
    return _again_page(walk, _later(walk, weeks), {})


@bp.post("/again")
def repeat(walk_id: UUID) -> Any:
    """Make the new walk, or say what is wrong with its time."""
    actor = facilitator()
    walk = walks.walk_for(actor, walk_id)
    values = {name: request.form.get(name, "") for name in TIME_FIELDS}
    try:
        when = _moments(values, _zone(walk))
        with transaction():
            made = prepare.repeat(actor, walk_id, when["starts_at"], when["ends_at"], now()).id
    except (ValidationError, Problem) as wrong:
        return _again_page(walk, values, problems_of(messages_of(wrong))), 422
    return redirect(f"/desk/walks/{made}/setup?done=again", 303)


@bp.get("/about")
def about(walk_id: UUID) -> str:
    """Title, purpose, theme, time, light, languages and categories."""
    walk = walks.walk_for(facilitator(), walk_id)
    return _about_page(walk, _about_values(walk), {})


@bp.post("/about")
def change_about(walk_id: UUID) -> Any:
    """Raises Problem(not_found | plan_closed)."""
    actor = facilitator()
    walk = walks.walk_for(actor, walk_id)
    values: dict[str, Any] = {name: request.form.get(name, "") for name in ABOUT_FIELDS}
    values |= {name: request.form.getlist(name) for name in ("languages", "categories")}
    values["extras"] = _extras_told()
    values["names"] = {code: request.form.get(f"name_{code}", "").strip() for code in by_code()}
    try:
        data = _about_data(values, _zone(walk))
        with transaction():
            prepare.change_about(actor, walk_id, data, now())
    except (ValidationError, Problem) as wrong:
        return _about_page(walk, values, _about_problems(messages_of(wrong))), 422
    return redirect(f"/desk/walks/{walk_id}/setup?done=about", 303)


@bp.get("/route")
def route(walk_id: UUID) -> str:
    """The route and its stops, on a map and in a list."""
    actor = facilitator()
    carried = walks.desk_bundle(actor, walk_id, language())
    carried |= {"plan": plan.plan_of(actor, walk_id), "bank": question_bank()}
    carried |= {"limits": {"metres": LONGEST_M, "minutes": LONGEST_MINUTES}}
    may_change = walks.may_here(actor, walk_id, "run") and is_changeable(carried["walk"]["state"])
    carried |= {"changeable": may_change}
    return render_template("desk/route.html", carried=carried, walk=carried["walk"])


def preparation(walk: Walk) -> dict[str, Any]:
    """What a walk's page says about its preparation."""
    darkness, starts_at = prepare.darkness_of(walk)
    return {
        "sun": sun_words(darkness, walk.light, starts_at),
        "light": walk.light,
        "checks": prepare.readiness(walk),
        "changeable": is_changeable(walk.state),
    }


def _area(walk: Walk) -> Area:
    return db.session.get_one(Area, walk.area_id)


def _zone(walk: Walk) -> ZoneInfo:
    return ZoneInfo(_area(walk).timezone)


def _later(walk: Walk, weeks: int) -> dict[str, str]:
    """The time fields of a walk some weeks later, by the clock on the wall."""
    zone = _zone(walk)
    starts_at, ends_at = walk.starts_at.astimezone(zone), walk.ends_at.astimezone(zone)
    day = same_weekday_later(starts_at.date(), weeks, now().astimezone(zone).date())
    return {"date": day.isoformat(), "from": f"{starts_at:%H:%M}", "to": f"{ends_at:%H:%M}"}


def _moments(values: Mapping[str, Any], zone: ZoneInfo) -> dict[str, Any]:
    """Start and end. Raises ValidationError."""
    starts_at, ends_at = times(values["date"], values["from"], values["to"], zone)
    wire = {"starts_at": starts_at, "ends_at": ends_at}
    loaded: dict[str, Any] = AboutSchema(only=("starts_at", "ends_at")).load(wire)
    return loaded


def _again_page(walk: Walk, values: Mapping[str, str], errors: Mapping[str, str]) -> str:
    shown = {"id": walk.id, "title": pick(walk.title), "light": walk.light}
    half, year = (date.fromisoformat(_later(walk, weeks)["date"]) for weeks in (HALF_A_YEAR, A_YEAR))
    return render_template(
        "desk/again.html",
        walk=shown | {"half": half, "year": year},
        place=_place(walk),
        values=values,
        errors=errors,
    )


def _place(walk: Walk) -> dict[str, Any]:
    """Where the sun is asked about."""
    area = _area(walk)
    middle = {"lat": (area.south + area.north) / 2, "lon": (area.west + area.east) / 2}
    return middle | {"timezone": area.timezone}


def _about_values(walk: Walk) -> dict[str, Any]:
    zone = _zone(walk)
    starts_at, ends_at = walk.starts_at.astimezone(zone), walk.ends_at.astimezone(zone)
    texts = {name: getattr(walk, name).get(_tag(), "") for name in ("title", "purpose", "theme")}
    when = {"date": f"{starts_at:%Y-%m-%d}", "from": f"{starts_at:%H:%M}", "to": f"{ends_at:%H:%M}"}
    codes = [category["code"] for category in offered(walk.categories)]
    own = walk.facts.get(NAMES)
    names = {code: own_name(own, code, _tag()) or "" for code in by_code()}
    extras = [one | {"name": pick(one["name"], _tag())} for one in walk.facts.get(EXTRAS, ())]
    shown = {"light": walk.light, "languages": walk.languages, "names": names}
    texts |= {"categories": codes, "extras": extras}
    return texts | {"title": texts["title"] or pick(walk.title)} | when | shown


def _about_data(values: Mapping[str, Any], zone: ZoneInfo) -> dict[str, Any]:
    """The form's texts as data. Raises ValidationError."""
    starts_at, ends_at = times(values["date"], values["from"], values["to"], zone)
    texts = {name: values[name].strip() for name in ("title", "purpose", "theme")}
    wire = dict(values) | texts | {"starts_at": starts_at, "ends_at": ends_at, "language": _tag()}
    wire["categories"] = [code for code in by_code() if code in {*values["categories"], *ALWAYS_ON}]
    data: dict[str, Any] = AboutSchema().load(wire)
    return data


def _extras_told() -> list[dict[str, str]]:
    """The rows of extra fields that somebody wrote in; a name that is taken away takes its field away."""
    columns = [request.form.getlist(f"extra_{name}") for name in EXTRA_PARTS]
    rows = [dict(zip(EXTRA_PARTS, row, strict=True)) for row in zip(*columns, strict=False)]
    return [row for row in rows if row["name"].strip()]


def _about_problems(messages: Mapping[str, Any]) -> dict[str, str]:
    if set(messages) <= {"languages", "theme", "names", "extras"}:
        sentences = {
            "extras": _("Every extra field needs a category, and a name of at most 60 characters."),
            "names": _("A word for a category may be 30 characters long."),
            "languages": _("Choose at least one language."),
            "theme": _("The theme is too long."),
        }
        return {name: sentences[name] for name in messages}
    return problems_of(messages)


def _about_page(walk: Walk, values: Mapping[str, Any], errors: Mapping[str, str]) -> str:
    if not is_changeable(walk.state):
        raise Problem("plan_closed")
    name = _tag()
    groups = [
        (group[name], [one for one in catalogue()["categories"] if one["group"] == group["code"]])
        for group in catalogue()["groups"]
    ]
    shown = {"id": walk.id, "title": pick(walk.title), "light": walk.light}
    spare = [dict.fromkeys(EXTRA_PARTS, "")] * SPARE_ROWS
    return render_template(
        "desk/about.html",
        extras=[*values["extras"], *spare][:MOST_EXTRAS],
        walk=shown,
        place=_place(walk),
        values=values,
        errors=errors,
        groups=groups,
        name=name,
        always=ALWAYS_ON,
    )


def _tag() -> str:
    return "sv" if language() == "sv" else "en"
