"""Faces: which are found, by their height, what is taken for one, and what a photo costs.

The sample set is made here of pictures that scikit-image ships (`python -m pip install
scikit-image`; nothing else here needs it): one face, upright, mirrored, turned and in the dark, at
ten heights on six grounds without people. It says how small a face may be, and nothing of how
faces differ.
"""

from __future__ import annotations

import io
import time
from itertools import product
from pathlib import Path

from PIL import Image, ImageEnhance, ImageOps

from app.adapters import faces_child

FULL = (1600, 1200)
GROUNDS = ("coffee.png", "rocket.jpg", "chelsea.png", "motorcycle_left.png", "brick.png", "gravel.png")
PORTRAIT, CROP, FACE_SHARE = "astronaut.png", (150, 20, 310, 240), 0.54
HEIGHTS = (14, 18, 22, 26, 32, 40, 52, 72, 110, 180)
VARIANTS = ("upright", "mirrored", "turned", "dark")


def pictures() -> Path:
    """Where scikit-image keeps what it ships."""
    try:
        import skimage.data
    except ImportError:
        raise SystemExit("python -m pip install scikit-image, then once more") from None
    return Path(skimage.data.__file__).parent


def face_of(folder: Path, variant: str) -> Image.Image:
    face = Image.open(folder / PORTRAIT).convert("RGB").crop(CROP)
    if variant == "mirrored":
        return ImageOps.mirror(face)
    if variant == "turned":
        return face.rotate(15, resample=Image.Resampling.BICUBIC, fillcolor=(128, 128, 128))
    return face


def sample(folder: Path, ground: str, variant: str) -> tuple[bytes, dict[int, tuple[float, float]]]:
    """A photo as we encode it, and where the middle of the face of each height is."""
    scene = Image.open(folder / ground).convert("RGB").resize(FULL)
    face, middles = face_of(folder, variant), {}
    for place, height in enumerate(HEIGHTS):
        scale = height / (face.height * FACE_SHARE)
        pasted = face.resize(
            (round(face.width * scale), round(face.height * scale)), Image.Resampling.LANCZOS
        )
        left, top = 40 + place % 5 * 310, 60 + place // 5 * 560
        scene.paste(pasted, (left, top))
        middles[height] = (left + pasted.width / 2, top + pasted.height * 0.45)
    if variant == "dark":
        scene = ImageEnhance.Brightness(scene).enhance(0.3)
    out = io.BytesIO()
    scene.save(out, "JPEG", quality=80)
    return out.getvalue(), middles


def main() -> None:
    folder, model = pictures(), faces_child.session()
    found, extra, spent = dict.fromkeys(HEIGHTS, 0), 0, []
    cases = list(product(GROUNDS, VARIANTS))
    for ground, variant in cases:
        data, middles = sample(folder, ground, variant)
        begun = time.process_time()
        boxes = faces_child.find(model, data)
        spent.append(time.process_time() - begun)
        hit = set()
        for x, y, width, height, _score in boxes:
            inside = {h for h, (a, b) in middles.items() if x <= a <= x + width and y <= b <= y + height}
            hit |= inside
            extra += not inside
        for height in hit:
            found[height] += 1
    spent.sort()
    for height in HEIGHTS:
        print(f"faces    {height:4} px high: {found[height] / len(cases):.0%} found")
    print(f"faces    {extra} boxes around nothing in {len(cases)} pictures")
    middle, most = spent[len(spent) // 2] * 1000, spent[-1] * 1000
    print(f"faces    {middle:.0f} ms CPU a photo, at most {most:.0f} (<= 400)")
