"""The build: one hash over everything a browser can get, and the phone's list of files.

Owns the build id that stands in every static path, the style sheets of a page, and the precache list
of the service worker. In development (build DEV) the phone runs the sources, otherwise the bundle that
`make bundle` wrote. Deterministic, so that all workers and hosts agree. Serves nothing.
"""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from pathlib import Path

APP = Path(__file__).resolve().parent
STATIC = APP / "static"

DEV = "dev"
HASHED = ("static", "templates", "translations", "data/categories.json")
BASE_SHEETS = ("css/tokens", "css/base", "css/layout", "css/buttons", "css/fields")
SHEETS = {
    "page": (*BASE_SHEETS, "css/page"),
    "phone": (
        *BASE_SHEETS,
        *("css/phone", "css/sheet", "css/tiles", "css/camera", "css/rows", "css/page"),
        *("vendor/leaflet", "css/map"),
    ),
}
"""Bundle of style sheets → its sources in order."""

INLINE = "page"
"""The bundle that stands in the page itself; its text must not end an element."""

SCRIPTS = {
    "phone": "js/phone/main.js",
    "early": "js/phone/early.js",
    "ahead": "js/phone/ahead.js",
    "sw": "sw.js",
    "leaflet": "vendor/leaflet.js",
    "protomaps-leaflet": "vendor/protomaps-leaflet.js",
}
"""What the phone's pages name, by name → source; of the two libraries the bundle holds what phones use."""

ALWAYS = ("icons/sprite.svg", "icons/logo.svg", "i18n/phone/", "img/help.svg")
BUNDLED = (
    *("js/dist/early.js", "js/dist/phone.js", "js/dist/shared.js", "js/dist/capture-worker.js"),
    *("js/dist/leaflet.js", "js/dist/protomaps-leaflet.js", "css/dist/phone.css"),
)
SOURCES = (
    *("js/phone/", "js/shared/", "vendor/idb.js", "vendor/client-zip.js"),
    *("vendor/leaflet.js", "vendor/protomaps-leaflet.js"),
)


def _files(root: Path) -> list[Path]:
    if root.is_file():
        return [root]
    return sorted(
        path for path in root.rglob("*") if path.is_file() and not path.name.endswith((".br", ".gz"))
    )


@cache
def build_id() -> str:
    """Twelve hex digits of SHA-256 over names and bytes of all files in HASHED."""
    digest = hashlib.sha256()
    for part in HASHED:
        for path in _files(APP / part):
            digest.update(path.relative_to(APP).as_posix().encode())
            digest.update(b"\0" + hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:12]


@cache
def phone_files(build: str) -> dict[str, str]:
    """Path below static/ → SHA-256 (hex) of each file that the phone keeps for offline use."""
    sheets = tuple(f"{name}.css" for name in SHEETS["phone"])
    wanted = ALWAYS + ((SOURCES + sheets) if build == DEV else BUNDLED)
    paths = {path.relative_to(STATIC).as_posix(): path for path in _files(STATIC)}
    return {
        name: hashlib.sha256(path.read_bytes()).hexdigest()
        for name, path in paths.items()
        if name.startswith(wanted) and not name.endswith(".d.ts")
    }


def phone_script(build: str, name: str) -> str:
    """One of SCRIPTS, below static/."""
    return SCRIPTS[name] if build == DEV else f"js/dist/{name}.js"


def phone_modules(build: str) -> list[str]:
    """The modules that the phone starts with, for modulepreload."""
    if build != DEV:
        return ["js/dist/phone.js", "js/dist/shared.js"]
    return [name for name in phone_files(build) if name.startswith("js/")]


def inline_styles(build: str, bundle: str) -> str | None:
    """The styles that stand in the page itself; None for a page that links its sheets.

    Who joins has never been here: one round trip of a slow network less before anything is seen.
    """
    return None if bundle != INLINE or build == DEV else _inline().decode()


@cache
def inline_hash() -> str:
    """What a policy calls the inline styles: their SHA-256 as base64 (CSP Level 3, hash-source)."""
    return f"sha256-{base64.b64encode(hashlib.sha256(_inline()).digest()).decode()}"


@cache
def _inline() -> bytes:
    return (STATIC / f"css/dist/{INLINE}.css").read_bytes()


def style_sheets(build: str, bundle: str) -> list[str]:
    """The style sheets that a page links, below static/; the base alone for a page without a bundle."""
    if bundle in SHEETS and build != DEV:
        return [f"css/dist/{bundle}.css"]
    return [f"{name}.css" for name in SHEETS.get(bundle, BASE_SHEETS)]
