"""Draws the installed app's icons from app/static/icons/logo.svg, as PNG in the sizes that phones ask for.

Owns icon-<size>.png (rounded, as the logo is) and icon-maskable-<size>.png (ground to the edges, the drawing
within the circle that every phone leaves). Reads only what our own logo uses: one rect, and filled paths of
M, L, C, S and Z. No other SVG is understood. Run it after changing the logo.
"""

import re
import xml.etree.ElementTree as ET
from pathlib import Path

from PIL import Image, ImageDraw

ICONS = Path(__file__).resolve().parent.parent / "app/static/icons"
NAMESPACE = "{http://www.w3.org/2000/svg}"
SIDE = 64
SMOOTH = 4
STEPS = 24
SAFE = 0.8
SIZES = (192, 512)
COLOURS = 64

Point = tuple[float, float]


def curve(start: Point, a: Point, b: Point, end: Point) -> list[Point]:
    """Points on a cubic Bézier curve, without its start."""
    points = []
    for step in range(1, STEPS + 1):
        t = step / STEPS
        weights = ((1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t**3)
        points.append(
            (
                sum(w * p[0] for w, p in zip(weights, (start, a, b, end), strict=True)),
                sum(w * p[1] for w, p in zip(weights, (start, a, b, end), strict=True)),
            )
        )
    return points


def outline(path: str) -> list[Point]:
    """The path as one polygon."""
    points: list[Point] = []
    at: Point = (0, 0)
    mirror: Point = at
    for command, body in re.findall(r"([MmLlCcSs])([^A-Za-z]*)", path):
        numbers = [float(n) for n in re.findall(r"-?(?:\d+\.?\d*|\.\d+)", body)]
        pairs = list(zip(numbers[::2], numbers[1::2], strict=True))
        size = {"m": 1, "l": 1, "s": 2, "c": 3}[command.lower()]
        for first in range(0, len(pairs), size):
            base = at if command.islower() else (0, 0)
            given = [(base[0] + x, base[1] + y) for x, y in pairs[first : first + size]]
            if size == 1:
                points.append(given[0])
                mirror = given[0]
            else:
                start_handle = given[0] if size == 3 else mirror
                handle, end = given[-2], given[-1]
                points.extend(curve(at, start_handle, handle, end))
                mirror = (2 * end[0] - handle[0], 2 * end[1] - handle[1])
            at = given[-1]
    return points


def draw(logo: ET.Element, size: int, *, maskable: bool) -> Image.Image:
    """One icon, drawn large and made smaller for smooth edges."""
    side = size * SMOOTH
    scale = side / SIDE * (SAFE if maskable else 1)
    margin = side * (1 - SAFE) / 2 if maskable else 0
    image = Image.new("RGBA", (side, side), (0, 0, 0, 0))
    pen = ImageDraw.Draw(image)
    ground = logo.find(f"{NAMESPACE}rect")
    if ground is None:
        raise SystemExit("logo.svg has no ground")
    corner = 0.0 if maskable else float(ground.attrib["rx"]) * scale
    pen.rounded_rectangle((0, 0, side, side), corner, ground.attrib["fill"])
    parts = [(logo, "")] + [(group, group.attrib["fill"]) for group in logo.iter(f"{NAMESPACE}g")]
    for parent, fill in parts:
        for path in parent.findall(f"{NAMESPACE}path"):
            points = [(margin + x * scale, margin + y * scale) for x, y in outline(path.attrib["d"])]
            pen.polygon(points, fill=path.attrib.get("fill", fill))
    small = image.resize((size, size), Image.Resampling.LANCZOS)
    return small.quantize(COLOURS, Image.Quantize.FASTOCTREE)


def main() -> None:
    logo = ET.parse(ICONS / "logo.svg").getroot()
    for size in SIZES:
        draw(logo, size, maskable=False).save(ICONS / f"icon-{size}.png", optimize=True)
        draw(logo, size, maskable=True).save(ICONS / f"icon-maskable-{size}.png", optimize=True)


if __name__ == "__main__":
    main()
