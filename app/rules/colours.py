"""Colours: whether text can be read on a brand colour, and its lighter twin for dark screens.

Pure. Contrast is that of WCAG 2.2. No colour has 4.5:1 against both white and our dark background,
so that the colour itself must have it against white, and a tint of it is made for the dark.
"""

from __future__ import annotations

import re

HEX = re.compile(r"#[0-9a-f]{6}")
LEAST = 4.5
WHITE = "#ffffff"
DARK = "#0b1014"
STEPS = 100


def normal_colour(text: str) -> str | None:
    """`#00526a` out of what was typed, or None."""
    typed = text.strip().lower()
    typed = typed if typed.startswith("#") else f"#{typed}"
    if re.fullmatch(r"#[0-9a-f]{3}", typed):
        typed = "#" + "".join(2 * digit for digit in typed[1:])
    return typed if HEX.fullmatch(typed) else None


def contrast(one: str, other: str) -> float:
    """From 1 to 21."""
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def is_readable(colour: str) -> bool:
    """White text on it, and it as text on white, can be read."""
    return contrast(colour, WHITE) >= LEAST


def for_dark(colour: str) -> str:
    """The colour, or the first of its tints towards white that can be read on our dark background."""
    mixed = (_mix(colour, step / STEPS) for step in range(STEPS + 1))
    return next(tint for tint in mixed if contrast(tint, DARK) >= LEAST)


def _mix(colour: str, share: float) -> str:
    return "#" + "".join(f"{round(part + (255 - part) * share):02x}" for part in _parts(colour))


def _parts(colour: str) -> tuple[int, ...]:
    return tuple(int(colour[place : place + 2], 16) for place in (1, 3, 5))


def _luminance(colour: str) -> float:
    def linear(part: int) -> float:
        share = part / 255
        return share / 12.92 if share <= 0.04045 else float(((share + 0.055) / 1.055) ** 2.4)

    red, green, blue = (linear(part) for part in _parts(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
