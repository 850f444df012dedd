"""Sunset and dusk against times that others have published, and where there are none.

Sources: Helsinki, 1 January: worldcitiesexplorer.com/en/sunrise-sunset/helsinki (sunset 15:26, civil dusk
16:20). Helsinki, 21 June 2012: 22:50 (aheikkinen.wordpress.com/2012/06/21); 21 December 2008: 15:13
(holynpoly.blogspot.com/2008/12). Kiruna: midnight sun at Jukkasjärvi beside it 30 May – 14 July
(icehotel.com/see-do/midnight-sun), no sunrise at the winter solstice (kirunalapland.se, polar night).
Helsingborg: 20 June 21:59 and 23:02, 12 November 16:07 and 16:49, our own calculation of 2025.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from app.adapters.sun import darkness_on

HELSINKI = (60.1699, 24.9384, "Europe/Helsinki")
KIRUNA = (67.8558, 20.2253, "Europe/Stockholm")
HELSINGBORG = (56.0465, 12.6945, "Europe/Stockholm")
UMEA = (63.8258, 20.2630, "Europe/Stockholm")
LONGYEARBYEN = (78.2232, 15.6267, "Arctic/Longyearbyen")
CLOSE = timedelta(minutes=3)
"""Published times are rounded, and are for another spot of the same town."""


def evening(place: tuple[float, float, str], day: str) -> tuple[str, datetime | None, datetime | None]:
    lat, lon, zone = place
    found = darkness_on(lat, lon, date.fromisoformat(day), ZoneInfo(zone))
    return found.sky, found.sunset, found.dark_from


def near(found: datetime | None, day: str, clock: str) -> bool:
    assert found is not None
    assert found.tzinfo is not None
    wanted = datetime.fromisoformat(f"{day}T{clock}").replace(tzinfo=found.tzinfo)
    return abs(found - wanted) <= CLOSE


@pytest.mark.parametrize(
    ("place", "day", "clock"),
    [
        (HELSINKI, "2026-01-01", "15:26"),
        (HELSINKI, "2012-06-21", "22:50"),
        (HELSINKI, "2008-12-21", "15:13"),
        (HELSINGBORG, "2026-06-20", "21:59"),
        (HELSINGBORG, "2026-11-12", "16:07"),
    ],
)
def test_sunset_as_published(place: tuple[float, float, str], day: str, clock: str) -> None:
    sky, sunset, _dark_from = evening(place, day)
    assert sky == "ordinary"
    assert near(sunset, day, clock)


@pytest.mark.parametrize(
    ("place", "day", "clock"),
    [
        (HELSINKI, "2026-01-01", "16:20"),
        (HELSINGBORG, "2026-06-20", "23:02"),
        (HELSINGBORG, "2026-11-12", "16:49"),
    ],
)
def test_end_of_civil_dusk_as_published(place: tuple[float, float, str], day: str, clock: str) -> None:
    assert near(evening(place, day)[2], day, clock)


def test_dusk_may_end_after_midnight() -> None:
    _sky, sunset, dark_from = evening(HELSINKI, "2026-06-20")
    assert sunset is not None
    assert dark_from is not None
    assert (sunset.date(), dark_from.date()) == (date(2026, 6, 20), date(2026, 6, 21))


@pytest.mark.parametrize("day", ["2026-05-31", "2026-06-20", "2026-07-10"])
def test_the_sun_does_not_set_in_kiruna_in_june(day: str) -> None:
    assert evening(KIRUNA, day) == ("polar_day", None, None)


def test_the_sun_does_not_rise_in_kiruna_at_the_winter_solstice_but_dusk_ends() -> None:
    sky, sunset, dark_from = evening(KIRUNA, "2026-12-21")
    assert (sky, sunset) == ("polar_night", None)
    assert dark_from is not None
    assert dark_from.hour == 14


def test_kiruna_has_ordinary_evenings_between() -> None:
    assert evening(KIRUNA, "2026-03-20")[0] == "ordinary"


def test_a_night_that_never_gets_dark_and_a_day_that_never_gets_light() -> None:
    sky, sunset, dark_from = evening(UMEA, "2026-06-20")
    assert (sky, dark_from) == ("bright_night", None)
    assert sunset is not None
    assert evening(LONGYEARBYEN, "2026-12-21") == ("dark_day", None, None)


@pytest.mark.parametrize("lat", [-90.0, 90.0])
def test_the_poles_have_an_answer(lat: float) -> None:
    assert evening((lat, 0.0, "UTC"), "2026-06-20")[0] in ("polar_day", "dark_day")
