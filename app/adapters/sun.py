"""The sun over a place, by astral's formulas.

Owns the search for the moments when the sun crosses a height: between the highest and the lowest point
of one evening its height only falls, so halving finds the moment also where dusk ends after midnight, and
the heights at both ends tell a polar day or night, which are no errors here.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from astral import Observer
from astral.sun import elevation, noon

from app.rules.darkness import Darkness

SET_DEG = -0.833
"""The sun's upper edge on the horizon, with the usual refraction."""
DARK_DEG = -6.0
"""End of civil dusk."""
PRECISE = timedelta(seconds=1)
POLE_DEG = 89.9
"""Nearer a pole there is no noon to begin from."""


def darkness_on(lat: float, lon: float, day: date, zone: ZoneInfo) -> Darkness:
    """The evening that follows noon on `day`, in local time."""
    place = Observer(max(-POLE_DEG, min(POLE_DEG, lat)), lon)
    highest = noon(place, day, UTC)
    lowest = highest + timedelta(hours=12)
    top, bottom = _height(place, highest), _height(place, lowest)
    if bottom > SET_DEG:
        return Darkness("polar_day", None, None)
    if top < DARK_DEG:
        return Darkness("dark_day", None, None)
    sunset = _falls_to(SET_DEG, place, highest, lowest) if top > SET_DEG else None
    dark_from = _falls_to(DARK_DEG, place, highest, lowest) if bottom < DARK_DEG else None
    local = [moment.astimezone(zone) if moment else None for moment in (sunset, dark_from)]
    if sunset is None:
        return Darkness("polar_night", None, local[1])
    return Darkness("ordinary" if dark_from else "bright_night", local[0], local[1])


def _height(place: Observer, moment: datetime) -> float:
    return elevation(place, moment, with_refraction=False)


def _falls_to(degrees: float, place: Observer, high: datetime, low: datetime) -> datetime:
    """When the sun, falling from `high` to `low`, is at `degrees`."""
    while low - high > PRECISE:
        middle = high + (low - high) / 2
        if _height(place, middle) > degrees:
            high = middle
        else:
            low = middle
    return high
