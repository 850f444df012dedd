"""The sun in words: when it sets, from when it is dark, and what that means for a walk's start."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask_babel import format_datetime
from flask_babel import gettext as _

from app.rules.darkness import Darkness, starts_before_dark


def sun_words(darkness: Darkness, light: str, starts_at: datetime) -> dict[str, Any]:
    """`words` about the evening, and a `warning` that is empty where the start suits the light."""
    warning = _warning(darkness) if starts_before_dark(light, starts_at, darkness) else ""
    return {"words": _words(darkness), "warning": warning}


def _words(darkness: Darkness) -> Any:
    sunset, dark_from = _clock(darkness.sunset), _clock(darkness.dark_from)
    if darkness.sky == "polar_day":
        return _("The sun does not set here on this day.")
    if darkness.sky == "dark_day":
        return _("It is dark here all day: the sun stays far below the horizon.")
    if darkness.sky == "polar_night":
        return _("The sun does not rise here on this day. Dark from %(time)s.", time=dark_from)
    if darkness.sky == "bright_night":
        return _("The sun sets at %(time)s. It does not get dark: dusk lasts all night.", time=sunset)
    return _(
        "The sun sets at %(sunset)s and dusk ends at %(dusk)s: dark from %(dusk)s.",
        sunset=sunset,
        dusk=dark_from,
    )


def _warning(darkness: Darkness) -> Any:
    if darkness.dark_from is None:
        return _("It does not get dark on this day. Choose another day, or another light.")
    return _(
        "The walk begins before it is dark. Begin at %(time)s or later, or choose dusk.",
        time=_clock(darkness.dark_from),
    )


def _clock(moment: datetime | None) -> str:
    return str(format_datetime(moment, "HH:mm", rebase=False)) if moment else ""
