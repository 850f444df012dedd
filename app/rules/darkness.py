"""Darkness: when the sun sets, when dusk ends, and whether a walk begins too early for its light.

Pure. "Dark from" is the end of civil dusk, when the sun stands six degrees below the horizon. Where the
sun does not set, or never gets that low, there is no such time; `sky` says which of these it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Sky = Literal["ordinary", "bright_night", "polar_day", "polar_night", "dark_day"]


@dataclass(frozen=True)
class Darkness:
    """One evening at one place; times are aware and local.

    `sky`: ordinary – sunset and end of dusk; bright_night – it sets but dusk lasts all night; polar_day –
    it does not set; polar_night – it does not rise, and only dusk ends; dark_day – not even dusk comes.
    """

    sky: Sky
    sunset: datetime | None
    dark_from: datetime | None


def starts_before_dark(light: str, starts_at: datetime, darkness: Darkness) -> bool:
    """Whether a walk that is meant for the dark begins while dusk lasts."""
    if light != "dark" or darkness.sky == "dark_day":
        return False
    return darkness.dark_from is None or starts_at < darkness.dark_from
