"""Copies the browser libraries of package.json into app/static, byte for byte, and draws the icon sprite.

Owns app/static/vendor (except the hand-written .d.ts files) and app/static/icons/sprite.svg.
Promises: nothing is patched on the way; VENDOR.json says where each file comes from and what its hash is;
LICENSES.txt holds the licence of every package whose code is shipped, bundled ones included.
Does not choose versions: package.json and its lock do. Run it after every change of either (`make vendor`).
"""

import hashlib
import json
import re
import shutil
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MODULES = ROOT / "node_modules"
VENDOR = ROOT / "app/static/vendor"
SPRITE = ROOT / "app/static/icons/sprite.svg"
LICENCES = ROOT / "tools/licences"
UI_ICONS = ROOT / "tools/icons.txt"
CATEGORIES = ROOT / "app/data/categories.json"

# our file name: (package, file as published)
FILES = {
    "client-zip.js": ("client-zip", "index.js"),
    "idb.js": ("idb", "build/index.js"),
    "leaflet.js": ("leaflet", "dist/leaflet.js"),
    "leaflet.css": ("leaflet", "dist/leaflet.css"),
    "protomaps-leaflet.js": ("protomaps-leaflet", "dist/protomaps-leaflet.js"),
    "supercluster.js": ("supercluster", "dist/supercluster.min.js"),
}
# code that the published files above carry inside themselves
BUNDLED = [
    "@mapbox/point-geometry",
    "@mapbox/vector-tile",
    "@protomaps/basemaps",
    "color2k",
    "fflate",
    "kdbush",
    "pbf",
    "protomaps-leaflet/node_modules/pmtiles",
    "potpack",
    "quickselect",
    "rbush",
]
# packages that name a licence but ship no text of it: the standard text, with their holder
HOLDERS = {
    "@protomaps/basemaps": "The Protomaps Authors",
    "pmtiles": "Brandon Liu and Protomaps LLC",
}


def package(name: str) -> dict[str, str]:
    found: dict[str, str] = json.loads((MODULES / name / "package.json").read_text())
    return found


def licence_text(name: str) -> str:
    meta = package(name)
    shipped = sorted((MODULES / name).glob("LICENSE*"))
    if shipped:
        return shipped[0].read_text().strip()
    return (LICENCES / f"{meta['license']}.txt").read_text().format(holder=HOLDERS[meta["name"]]).strip()


def copy_files() -> list[dict[str, str]]:
    VENDOR.mkdir(parents=True, exist_ok=True)
    listed = []
    for target, (name, source) in FILES.items():
        shutil.copyfile(MODULES / name / source, VENDOR / target)
        digest = hashlib.sha256((VENDOR / target).read_bytes()).hexdigest()
        meta = package(name)
        entry = {"file": target, "package": name, "version": meta["version"], "source": source}
        listed.append(entry | {"sha256": digest, "licence": meta["license"]})
    return listed


def write_licences() -> None:
    names = sorted({name for name, _ in FILES.values()} | set(BUNDLED) | {"lucide-static"})
    parts = []
    for name in names:
        meta = package(name)
        parts.append(
            f"{meta['name']} {meta['version']} ({meta['license']})\n{'=' * 60}\n{licence_text(name)}\n"
        )
    (VENDOR / "LICENSES.txt").write_text("\n\n".join(parts))


def icon_names() -> list[str]:
    """The interface's own icons and those that the categories name."""
    categories = json.loads(CATEGORIES.read_text())["categories"]
    drawn = {one[name] for one in categories for name in ("icon", "icon_positive") if name in one}
    return sorted(drawn | set(UI_ICONS.read_text().split()))


def write_sprite() -> str:
    symbols = []
    for name in icon_names():
        drawing = (MODULES / "lucide-static/icons" / f"{name}.svg").read_text()
        inner = re.search(r"<svg[^>]*>(.*)</svg>", drawing, re.DOTALL)
        if inner is None:
            raise SystemExit(f"{name}.svg is not the drawing we expect")
        body = re.sub(r"\s*\n\s*", "", inner.group(1))
        symbols.append(f'<symbol id="{name}" viewBox="0 0 24 24">{body}</symbol>')
    style = (
        'fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round"'
    )
    lines = "\n".join(symbol.replace("<symbol ", f"<symbol {style} ") for symbol in symbols)
    SPRITE.parent.mkdir(parents=True, exist_ok=True)
    SPRITE.write_text(f'<svg xmlns="http://www.w3.org/2000/svg">\n{lines}\n</svg>\n')
    return hashlib.sha256(SPRITE.read_bytes()).hexdigest()


def main() -> None:
    subprocess.run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"], cwd=ROOT, check=True)
    listed = copy_files()
    write_licences()
    lucide = package("lucide-static")
    sprite = {"file": "../icons/sprite.svg", "package": "lucide-static", "version": lucide["version"]}
    listed.append(sprite | {"source": "icons/*.svg", "sha256": write_sprite(), "licence": lucide["license"]})
    (VENDOR / "VENDOR.json").write_text(json.dumps(listed, indent=2) + "\n")


if __name__ == "__main__":
    main()
