"""Map packs: the offline maps that lie on this server.

Owns finding them and describing them. A pack is `<name>.pmtiles` with `<name>-index.json`, either
among the ones that ship with the app or in DATA_DIR/packs. Their URLs carry their hash. Promises to look
anew at each call, and to pass over a file that is not whole instead of failing for all walks.
"""

from __future__ import annotations

import hashlib
import struct
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from flask import current_app

from app.adapters.pack_file import E7, is_archive, title_of
from app.logs import log
from app.rules.places import Box

SHIPPED = Path(__file__).resolve().parent.parent / "data" / "packs"


@dataclass(frozen=True)
class Pack:
    """One map pack, known to walks by its name and to people by its title."""

    name: str
    title: str
    path: Path
    sha256: str
    bytes: int
    box: Box
    minzoom: int
    maxzoom: int
    index_path: Path
    index_sha256: str
    index_bytes: int


def packs() -> dict[str, Pack]:
    """All packs by name; the operator's own come before those that ship with the app."""
    own = current_app.config["SETTINGS"].data_dir / "packs"
    found: dict[str, Pack] = {}
    for folder in (SHIPPED, own):
        for path in sorted(folder.glob("*.pmtiles")) if folder.is_dir() else []:
            if described := _present(path):
                found[path.stem] = described
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


def _present(path: Path) -> Pack | None:
    index = path.with_name(f"{path.stem}-index.json")
    try:
        return _describe(path, index, path.stat().st_mtime_ns, index.stat().st_mtime_ns)
    except OSError as error:
        _pass_over(str(error.filename), str(error.strerror))
        return None


@lru_cache(maxsize=256)
def _describe(path: Path, index: Path, _mtime_ns: int, _index_mtime_ns: int) -> Pack | None:
    """Size, hash, name and the PMTiles v3 header (zooms at byte 100, bounds at 102). Raises OSError."""
    data, index_data = path.read_bytes(), index.read_bytes()
    if not is_archive(data):
        _pass_over(str(path), "not a PMTiles 3 archive")
        return None
    minzoom, maxzoom, *bounds = struct.unpack_from("<BBiiii", data, 100)
    west, south, east, north = (value / E7 for value in bounds)
    return Pack(
        name=path.stem,
        title=title_of(data) or path.stem,
        path=path,
        sha256=hashlib.sha256(data).hexdigest(),
        bytes=len(data),
        box=(west, south, east, north),
        minzoom=minzoom,
        maxzoom=maxzoom,
        index_path=index,
        index_sha256=hashlib.sha256(index_data).hexdigest(),
        index_bytes=len(index_data),
    )


@lru_cache(maxsize=256)
def _pass_over(file: str, why: str) -> None:
    """Say so once in each process; packs are looked for at every request."""
    log.warning("map pack passed over", extra={"fields": {"file": file, "why": why}})
