"""QR codes as SVG, by segno: black on white in every theme, with the quiet zone that scanners need."""

from __future__ import annotations

import segno
from markupsafe import Markup

QUIET_ZONE = 4


def qr_svg(text: str) -> Markup:
    """An inline SVG without size of its own; hidden from readers, since the text stands beside it."""
    code = segno.make(text, error="m", micro=False)
    drawn = code.svg_inline(
        dark="#000", light="#fff", border=QUIET_ZONE, omitsize=True, svgclass="qr", lineclass=None
    )
    return Markup(drawn.replace("<svg ", '<svg aria-hidden="true" focusable="false" ', 1))  # noqa: S704  # our own SVG
