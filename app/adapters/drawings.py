"""Symbols as SVG for paper: the app's own icons in the shapes and colours they have on the map.

Owns no drawing: icons come from the sprite that the screens use. Knows nothing of categories.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

SPRITE = Path(__file__).resolve().parent.parent / "static" / "icons" / "sprite.svg"
SYMBOL = re.compile(r'<symbol [^>]*?id="([a-z0-9-]+)"[^>]*>(.*?)</symbol>')
INK, WHITE = "#0F1A1F", "#FFFFFF"
GROUPS = {
    "light_sight": ("#FFD23F", INK),
    "order": ("#E0561B", INK),
    "traffic": ("#003F7D", WHITE),
    "feeling": ("#4A0A2E", WHITE),
    "good_place": ("#A8E0D1", INK),
    "other": ("#8A959C", INK),
}
"""Symbol group → fill and icon colour, as shared/symbols.js has them."""

CIRCLE = ("M28 8.5a19.5 19.5 0 0 1 0 39a19.5 19.5 0 0 1 0-39Z", 28)
DROP = ("M28 51.5C24.5 45 9.5 36.5 9.5 23a18.5 18.5 0 0 1 37 0C46.5 36.5 31.5 45 28 51.5Z", 23)
ICON = 22


def pin_svg(group: str, icon: str) -> str:
    """The button of a symbol group with an icon of the sprite: a drop, or a circle for a good place."""
    fill, colour = GROUPS[group]
    outline, middle = CIRCLE if group == "good_place" else DROP
    scale = ICON / 24
    at = f"translate({28 - ICON / 2} {middle - ICON / 2}) scale({scale:.4f})"
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="4 4 48 50">'
        f'<path d="{outline}" fill="{fill}" stroke="{INK}" stroke-width="2" stroke-linejoin="round"/>'
        f'<g transform="{at}" fill="none" stroke="{colour}" stroke-width="2" stroke-linecap="round" '
        f'stroke-linejoin="round">{_icons()[icon]}</g></svg>'
    )


@cache
def _icons() -> dict[str, str]:
    return dict(SYMBOL.findall(SPRITE.read_text(encoding="utf-8")))
