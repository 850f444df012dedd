"""Map packs: the offline maps that lie on this server.

Owns finding them and describing them. A pack is `<name>.pmtiles` with `<name>-index.json`, either
among the ones that ship with the app or in DATA_DIR/packs. Their URLs carry their hash.
"""

from __future__ import annotations

import hashlib
import struct
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from flask import current_app

SHIPPED = Path(__file__).resolve().parent.parent / "data" / "packs"
E7 = 1e7


@dataclass(frozen=True)
class Pack:
    """One map pack. `box` is west, south, east, north in degrees."""

    name: str
    path: Path
    sha256: str
    bytes: int
    box: tuple[float, float, float, float]
    minzoom: int
    maxzoom: int
    index_path: Path | None
    index_sha256: str | None
    index_bytes: int


def packs() -> dict[str, Pack]:
    """All packs by name; the operator's own come before those that ship with the app."""
    own = current_app.config["SETTINGS"].data_dir / "packs"
    found: dict[str, Pack] = {}
    for folder in (SHIPPED, own):
        for path in sorted(folder.glob("*.pmtiles")) if folder.is_dir() else []:
            found[path.stem] = _describe(path, path.stat().st_mtime_ns)
    return found


def pack(name: str | None) -> Pack | None:
    return packs().get(name) if name else None


def by_sha256(sha256: str) -> Path | None:
    """The file of that hash among packs and their indexes, or None."""
    for each in packs().values():
        if each.sha256 == sha256:
            return each.path
        if each.index_sha256 == sha256:
            return each.index_path
    return None


@lru_cache(maxsize=256)
def _describe(path: Path, _mtime_ns: int) -> Pack:
    """Read size, hash and the PMTiles v3 header (zooms at byte 100, bounds at 102)."""
    data = path.read_bytes()
    minzoom, maxzoom, *bounds = struct.unpack_from("<BBiiii", data, 100)
    index = path.with_name(f"{path.stem}-index.json")
    index_data = index.read_bytes() if index.exists() else None
    west, south, east, north = (value / E7 for value in bounds)
    return Pack(
        name=path.stem,
        path=path,
        sha256=hashlib.sha256(data).hexdigest(),
        bytes=len(data),
        box=(west, south, east, north),
        minzoom=minzoom,
        maxzoom=maxzoom,
        index_path=index if index_data is not None else None,
        index_sha256=hashlib.sha256(index_data).hexdigest() if index_data is not None else None,
        index_bytes=len(index_data or b""),
    )
