"""A walk's papers as PDF, for staff of its organisation: poster, cards, map.

Owns the fixed words on paper, in the languages that were asked for.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, request
from flask_babel import force_locale, format_date, format_datetime, format_decimal, ngettext
from flask_babel import gettext as _

from app.adapters import paper as press
from app.adapters.paper_map import Drawn
from app.db import db
from app.i18n import LANGUAGES, language
from app.operations import paper
from app.web.auth import facilitator
from app.web.desk.session import require_login

bp = Blueprint("desk_paper", __name__, url_prefix="/desk/walks/<uuid:walk_id>")
bp.before_request(require_login)

MOST_LANGUAGES = 4


@bp.get("/poster.pdf")
def poster(walk_id: UUID) -> Response:
    """A4, in up to four languages; the first is the large one."""
    actor = facilitator()
    told = [(tag, paper.facts(actor, walk_id, tag)) for tag in wanted()]
    first = told[0][1]
    data = {name: first[name] for name in ("qr", "code")} | {
        "organiser": first["walk"]["organisation"]["name"],
        "host": first["walk"]["organisation"]["host"],
        "texts": [poster_words(tag, found) for tag, found in told],
    }
    return sent("poster", data)


@bp.get("/cards.pdf")
def cards(walk_id: UUID) -> Response:
    """Paper cards for those without a phone, and invitations to hand out."""
    tag = wanted()[0]
    found = paper.facts(facilitator(), walk_id, tag)
    with force_locale(tag):
        return sent("cards", card_data(tag, found))


@bp.get("/map.pdf")
def walk_map(walk_id: UUID) -> Response:
    """A4 map with the route and numbered stops, and the list of stops with their questions."""
    tag = wanted()[0]
    found = paper.facts(facilitator(), walk_id, tag)
    with force_locale(tag):
        return sent("map", map_data(tag, found, paper.drawn_map(found, tag)))


def wanted() -> list[str]:
    """The languages that `?lang=sv,en` names and we speak, in its order; else the page's own."""
    asked = request.args.get("lang", "").split(",")
    known = [tag for tag in dict.fromkeys(asked) if tag in LANGUAGES]
    return known[:MOST_LANGUAGES] or [language() if language() in LANGUAGES else "en"]


def sent(sheet: press.Sheet, data: dict[str, Any]) -> Response:
    """The sheet, set without holding a connection of the database meanwhile."""
    db.session.remove()
    response = Response(press.pdf(sheet, data), mimetype="application/pdf")
    response.headers["Content-Disposition"] = f"inline; filename={sheet}.pdf"
    return response


def poster_words(tag: str, found: dict[str, Any]) -> dict[str, str]:
    with force_locale(tag):
        return {
            "lang": tag,
            "kind": _("Safety walk"),
            "title": found["walk"]["title"],
            "when": when(found["starts_at"], found["ends_at"]),
            "where": meeting(found),
            "how": how_to_join(found),
            "promise": _("No app, no account. Works without coverage.") if found["code"] else "",
            "qr_alt": _("QR code that leads to %(url)s", url=found["url"]),
            "organiser_word": _("Organiser"),
        }


def how_to_join(found: dict[str, Any]) -> str:
    if not found["code"]:
        return str(_("The walk has ended. There is no code to join by any more."))
    return str(_("Point the phone’s camera at the code, or go to the address and type the code."))


def when(starts: datetime, ends: datetime) -> str:
    """Day and times where the walk is; the last day too of one that is longer than an evening or a night."""
    day, last_day = (format_date(one, "full") for one in (starts, ends))
    first, last = (format_datetime(one, "HH:mm", rebase=False) for one in (starts, ends))
    if ends - starts < timedelta(hours=24):
        return f"{day}, {first}–{last}"
    return f"{day}, {first} – {last_day}, {last}"


def meeting(found: dict[str, Any]) -> str:
    return str(_("We meet here: %(place)s", place=found["place"]))


def common(tag: str, found: dict[str, Any]) -> dict[str, Any]:
    return {
        "lang": tag,
        "title": found["walk"]["title"],
        "organiser": found["walk"]["organisation"]["name"],
        "host": found["walk"]["organisation"]["host"],
        "code": found["code"],
        "when": when(found["starts_at"], found["ends_at"]),
        "where": meeting(found),
    }


def card_data(tag: str, found: dict[str, Any]) -> dict[str, Any]:
    return common(tag, found) | {
        "qr": found["qr"],
        "kinds": [kind["label"] for kind in found["kinds"]],
        "categories": paper.tiles(found),
        "words": {
            "stop": _("Stop no."),
            "about": _("What is it about? Tick one."),
            "place": _("Where exactly?"),
            "text": _("What do you see? Write no names."),
            "hand_in": _("Give the card to the leader of the walk. One card for each thing you see."),
            "promise": _("No app, no account. Works without coverage."),
            "qr_alt": _("QR code that leads to %(url)s", url=found["url"]),
        },
    }


def map_data(tag: str, found: dict[str, Any], drawn: Drawn) -> dict[str, Any]:
    return common(tag, found) | {
        "size": paper.MAP_MM,
        "svg": drawn.svg,
        "names": drawn.names,
        "scale": drawn.scale,
        "attribution": "© OpenStreetMap" if found["pack"] else "",
        "length": _length(paper.length_of(found)),
        "stops": [
            {
                "order": stop["order"],
                "at": place,
                "name": stop["name"],
                "minutes": _("%(num)s min", num=stop["minutes"]),
                "questions": [question["text"] for question in stop["questions"]],
            }
            for stop, place in zip(found["stops"], drawn.stops, strict=True)
        ],
        "end_questions": [question["text"] for question in found["end_questions"]],
        "words": {
            "alt": ngettext(
                "Map of the route with %(num)s stop. It is described on the next page.",
                "Map of the route with %(num)s stops. They are listed on the next page.",
                len(found["stops"]),
            ),
            "north": _("N"),
            "stops": _("Stops"),
            "end": _("At the end"),
        },
    }


def _length(metres: int) -> str:
    return str(_("The route is %(km)s km long.", km=format_decimal(metres / 1000, "0.0"))) if metres else ""
