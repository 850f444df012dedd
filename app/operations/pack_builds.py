"""Making map packs: from OpenStreetMap's data, or out of an archive that somebody else has made.

Owns the order of the work, and that a pack is looked through before it is moved into place whole: a server
that runs sees the old pack or the new one, never half of one. Promises PackError with one line. The extra
`basemap` is needed for building, not for extracting.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from app.adapters import lamp_register, pack_file, remote_pack
from app.adapters.pack_file import PLAIN_ATTRIBUTION, Tile
from app.adapters.pack_names import names_in
from app.rules.address_index import Door, Landmark, index_text
from app.rules.packs import LARGEST_KM2, PackError, name_of, refuse_larger
from app.rules.places import Box, distance_m

INSTALL = "sh tools/setup.sh python requirements-basemap.txt"
SAME_LAMP_M = 8.0
"""A lamp of OpenStreetMap so close to one of the register is that one."""
LAMP = {"kind": "street_lamp"}
LANGUAGES = ("sv", "en")

Told = Callable[[str, float], None]
Tiles = Mapping[Tile, bytes]


@dataclass(frozen=True)
class Order:
    """What is wanted: `box` None for all that the data covers; `lamps` a register to lay over it."""

    name: str
    box: Box | None
    title: str = ""
    lamps: Path | None = None
    languages: Sequence[str] = LANGUAGES
    is_replacing: bool = False


class Made(NamedTuple):
    """What has been put in place, in figures."""

    path: Path
    box: Box
    bytes: int
    index_bytes: int
    tiles: int
    doors: int
    lamps: int
    holds: Box | None
    """What the data covers, where it says so: a smaller box than `box` leaves the rest of the map empty."""


def build(source: Path, order: Order, folder: Path, told: Told) -> Made:
    """A pack from a file of OpenStreetMap's data. Raises PackError."""
    _refuse(order, folder)
    map_tiles, osm_file = _builders()
    found, box = osm_file.survey(source, order.box, order.languages, told)
    refuse_larger(box, LARGEST_KM2)
    lamps = _with_register(found, order.lamps, box)
    tiles = dict(map_tiles.cut(found, box, told))
    return _put(order, folder, box, tiles, found.doors, found.underpasses, told)._replace(
        lamps=lamps, holds=found.holds
    )


def fetch(server: str, order: Order, folder: Path, told: Told) -> Made:
    """A pack from what an Overpass server answers about the order's box. Raises PackError."""
    _refuse(order, folder)
    _builders()
    from app.adapters import overpass
    from app.rules.packs import LARGEST_FETCH_KM2

    if order.box is None:
        raise PackError("a box is needed: --bbox west,south,east,north")
    refuse_larger(order.box, LARGEST_FETCH_KM2)
    with tempfile.TemporaryDirectory(prefix="trygga-steg-") as name:
        reply = Path(name) / "reply.json"
        told("Asking for the area; this takes up to some minutes", 0.0)
        overpass.fetch(server, order.box, reply)
        return build(reply, order, folder, told)


def extract(source: str, order: Order, folder: Path, told: Told) -> Made:
    """A pack cut out of a PMTiles archive on disk or behind a web address. Raises PackError."""
    _refuse(order, folder)
    if order.box is None:
        raise PackError("a box is needed: --bbox west,south,east,north")
    refuse_larger(order.box, LARGEST_KM2)
    archive = remote_pack.FarAway(source) if "://" in source else remote_pack.OnDisk(Path(source))
    told("Reading the archive", 0.1)
    tiles = remote_pack.extract(archive, order.box)
    return _put(order, folder, order.box, tiles, [], [], told)


def _refuse(order: Order, folder: Path) -> None:
    """What can be known beforehand, before anybody waits for it."""
    name_of(order.name)
    if (folder / f"{order.name}.pmtiles").exists() and not order.is_replacing:
        raise PackError(f"“{order.name}” is there already: choose another --name, or add --replace")


def _builders() -> Any:
    """The modules that need the extra. Raises PackError that says how to install it."""
    try:
        from app.adapters import map_tiles, osm_file
    except ImportError as error:
        raise PackError(f"{error.name} is not installed; building needs: {INSTALL}") from None
    return map_tiles, osm_file


def _with_register(found: Any, register: Path | None, box: Box) -> int:
    """Lay a register's lamps over those of the survey; how many lamps there are then."""
    if register:
        found.replace_spots(LAMP, lamp_register.lamps(register, box), _is_same_lamp)
    return sum(made.properties == LAMP for made in found.made)


def _is_same_lamp(one: tuple[float, float], other: tuple[float, float]) -> bool:
    return distance_m(one[1], one[0], other[1], other[0]) < SAME_LAMP_M


def _put(
    order: Order,
    folder: Path,
    box: Box,
    tiles: Tiles,
    doors: Sequence[Door],
    underpasses: Iterable[Landmark],
    told: Told,
) -> Made:
    """Write both files aside, look through them, and move them into place. Raises PackError."""
    told("Writing and checking", 0.95)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".making-", dir=folder) as name:
            pack, index = Path(name) / f"{order.name}.pmtiles", Path(name) / f"{order.name}-index.json"
            pack_file.write(pack, tiles, box, {"name": order.title or order.name})
            names = names_in(pack, order.languages[0])
            landmarks = [*names.landmarks, *underpasses]
            text = index_text(box, doors, names.streets, landmarks, names.shown, PLAIN_ATTRIBUTION)
            index.write_text(text, encoding="utf-8")
            pack_file.check(pack, index, box)
            sizes = pack.stat().st_size, index.stat().st_size
            for path in (index, pack):
                _settle(path)
                path.replace(folder / path.name)
    except OSError as error:
        raise PackError(f"{folder} cannot be written: {error.strerror}") from None
    told("Done", 1.0)
    return Made(folder / f"{order.name}.pmtiles", box, *sizes, names.tiles, len(doors), 0, None)


def _settle(path: Path) -> None:
    """Onto the disk before it is named, so that a power cut leaves the old pack or the new."""
    with path.open("rb") as file:
        os.fsync(file.fileno())
