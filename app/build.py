"""The build: one hash over everything a browser can get, and the phone's list of files.

Owns the build id that stands in every static path, and the precache list of the service worker.
Deterministic, so that all workers and hosts agree. Serves nothing.
"""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

APP = Path(__file__).resolve().parent
STATIC = APP / "static"

HASHED = ("static", "templates", "translations", "data/categories.json")
PHONE = ("css", "js/phone", "js/shared", "vendor", "icons", "img", "i18n")
NOT_PHONE = ("css/desk", "js/shared/clusters", "vendor/terra-draw", "vendor/supercluster", "icons/icon-")
PHONE_TYPES = {".js", ".css", ".svg", ".json"}
NOT_SERVED = {"VENDOR.json"}


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


def _is_phone(name: str) -> bool:
    path = Path(name)
    wanted = name.startswith(tuple(f"{part}/" for part in PHONE)) and not name.startswith(NOT_PHONE)
    return (
        wanted and path.suffix in PHONE_TYPES and not name.endswith(".d.ts") and path.name not in NOT_SERVED
    )


@cache
def phone_files() -> dict[str, str]:
    """Path below static/ → SHA-256 (hex) of each file that the phone keeps for offline use."""
    names = {path.relative_to(STATIC).as_posix(): path for path in _files(STATIC)}
    return {
        name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in names.items() if _is_phone(name)
    }


@cache
def phone_modules() -> list[str]:
    """The phone's own JavaScript modules, for modulepreload."""
    return [name for name in phone_files() if name.endswith(".js") and name.startswith("js/")]
