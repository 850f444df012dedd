"""A box out of an archive far away: the same tiles, few questions, and one line for whatever goes wrong."""

from __future__ import annotations

import gzip
import json
import random
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest
from pmtiles.reader import MemorySource, Reader, all_tiles
from pmtiles.tile import Compression, TileType, tileid_to_zxy, zxy_to_tileid
from pmtiles.writer import Writer

from app.operations import pack_builds
from app.operations.pack_builds import Order
from app.operations.packs import SHIPPED
from app.rules.packs import PackError
from tests.osm_fixtures import BOX, a_town

HELSINKI = SHIPPED / "helsinki.pmtiles"
PARK = (24.941, 60.172, 24.949, 60.1755)
WORLD = (-180, -85, 180, 85)


class Server(ThreadingHTTPServer):
    """Answers as `behaviour` says, and counts what it was asked."""

    data = b""
    behaviour = "ranges"
    asked = 0
    question = ""


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        self.server.asked += 1
        if self.server.behaviour == "busy":
            self._send(503, b"")
        elif self.server.behaviour == "whole":
            self._send(200, self.server.data)
        else:
            first, last = self.headers["Range"].removeprefix("bytes=").split("-")
            piece = self.server.data[int(first) : int(last) + 1]
            version = str(self.server.asked) if self.server.behaviour == "changing" else "1"
            self._send(206, piece[:100] if self.server.behaviour == "breaking" else piece, version)

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.server.question = parse_qs(body)["data"][0]
        self._send(503 if self.server.behaviour == "busy" else 200, self.server.data)

    def _send(self, status: int, data: bytes, version: str = "1") -> None:
        self.send_response(status)
        self.send_header("ETag", f'"{version}"')
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: Any) -> None:
        """Quiet."""


@pytest.fixture
def server() -> Iterator[Server]:
    running = Server(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=running.serve_forever, args=(0.01,))
    thread.start()
    yield running
    running.shutdown()
    thread.join()
    running.server_close()


def address(server: Server, path: str = "/kartan.pmtiles") -> str:
    return f"http://127.0.0.1:{server.server_address[1]}{path}"


def quiet(_step: str, _share: float) -> None:
    """Nobody watches."""


def extracted(source: str, folder: Path, box: Any = PARK) -> bytes:
    return pack_builds.extract(source, Order("parken", box, "Parken"), folder, quiet).path.read_bytes()


def an_archive(
    tiles: dict[int, bytes],
    kind: TileType = TileType.MVT,
    compression: Compression = Compression.GZIP,
    box: tuple[float, float, float, float] = WORLD,
) -> bytes:
    import io

    out = io.BytesIO()
    writer = Writer(out)
    for number, data in sorted(tiles.items()):
        writer.write_tile(number, data)
    west, south, east, north = (round(side * 1e7) for side in box)
    header = {"tile_type": kind, "tile_compression": compression, "center_zoom": 0}
    header |= {"min_lon_e7": west, "min_lat_e7": south, "max_lon_e7": east, "max_lat_e7": north}
    writer.finalize(header | {"center_lon_e7": 0, "center_lat_e7": 0}, {})
    return out.getvalue()


def test_tiles_come_as_they_are_in_few_questions(server: Server, tmp_path: Path) -> None:
    server.data = HELSINKI.read_bytes()
    made = extracted(address(server), tmp_path)
    source = Reader(MemorySource(server.data))
    tiles = list(all_tiles(MemorySource(made)))
    assert len({zoom for (zoom, _x, _y), _data in tiles}) == 6
    assert all(source.get(*place) == data for place, data in tiles)
    assert server.asked <= 6
    assert made == extracted(str(HELSINKI), tmp_path / "again")


def test_an_extract_can_be_searched_for_streets_and_places(tmp_path: Path) -> None:
    extracted(str(HELSINKI), tmp_path, (24.9351762, 60.164155, 24.9534145, 60.179113))
    index = json.loads((tmp_path / "parken-index.json").read_text("utf-8"))
    shipped = json.loads((SHIPPED / "helsinki-index.json").read_text("utf-8"))
    streets = {row[0] for row in index["streets"]}
    drawn = {row[0] for row in shipped["streets"] if not row[3]}  # the others may be known by their doors
    assert len(streets & drawn) > 0.9 * len(drawn) > 10
    assert ["Alexandersgatan", "Aleksanterinkatu"] in [[row[0], row[-1]] for row in index["streets"]]
    assert any(row[:2] == ["Kajsaniemiparken", "park"] for row in index["places"])


def test_a_large_archive_is_walked_through_its_leaves(server: Server, tmp_path: Path) -> None:
    """A run of equal tiles at sea, and so many entries that the root points to leaves."""
    drop, first, dice = gzip.compress(b"", mtime=0), zxy_to_tileid(10, 0, 0), random.Random(7)
    some = [gzip.compress(b"\x1a\x00" * size, mtime=0) for size in range(60)]
    tiles = {first + at: dice.choice(some) for at in range(0, 40_000)}
    wanted = zxy_to_tileid(10, *xy(PARK))
    tiles |= {wanted + at: drop for at in range(-3, 4)}
    server.data = an_archive(tiles)
    assert Reader(MemorySource(server.data)).header()["leaf_directory_length"] > 0
    made = extracted(address(server), tmp_path)
    assert [tile for tile, _data in all_tiles(MemorySource(made))] == [tileid_to_zxy(wanted)]
    assert server.asked <= 5


def xy(box: tuple[float, float, float, float]) -> tuple[int, int]:
    from app.rules.places import to_world

    x, y = to_world(box[0], box[3])
    return int(x * 1024), int(y * 1024)


def test_bare_tiles_are_compressed_on_the_way(tmp_path: Path) -> None:
    number = zxy_to_tileid(10, *xy(PARK))
    source = tmp_path / "bare.pmtiles"
    source.write_bytes(an_archive({number: b"\x1a\x00"}, compression=Compression.NONE))
    made = extracted(str(source), tmp_path / "packs")
    assert [gzip.decompress(data) for _place, data in all_tiles(MemorySource(made))] == [b"\x1a\x00"]


ANY = {zxy_to_tileid(10, *xy(PARK)): gzip.compress(b"", mtime=0)}
SOURCES: dict[str, tuple[Callable[[], bytes], str]] = {
    "pictures": (lambda: an_archive(ANY, TileType.PNG), "pictures"),
    "brotli": (lambda: an_archive(ANY, compression=Compression.BROTLI), "gzip is needed"),
    "elsewhere": (lambda: an_archive(ANY, box=(0, 0, 10, 10)), "is not inside it"),
    "no archive": (lambda: b"<!doctype html>" * 99, "not a PMTiles 3 archive"),
    "too short": (lambda: HELSINKI.read_bytes()[:100], "not a PMTiles 3 archive"),
    "cut in the directory": (lambda: HELSINKI.read_bytes()[:150], "damaged"),
    "cut in the tiles": (lambda: HELSINKI.read_bytes()[:2000], "broke off"),
    "no zoom of ours": (lambda: an_archive({0: b""}), "nothing of zoom 10 to 15"),
    "no tiles there": (lambda: an_archive({zxy_to_tileid(12, 0, 0): b""}), "not one tile"),
    "spoilt tiles": (lambda: an_archive(dict.fromkeys(ANY, b"spoilt")), "cannot be read"),
}


@pytest.mark.parametrize("source", SOURCES)
def test_an_archive_of_no_use_is_refused_in_one_line(tmp_path: Path, source: str) -> None:
    make, told = SOURCES[source]
    path = tmp_path / "source.pmtiles"
    path.write_bytes(make())
    with pytest.raises(PackError, match=told) as refused:
        extracted(str(path), tmp_path / "packs")
    assert "\n" not in str(refused.value)
    assert not list((tmp_path / "packs").glob("*")) if (tmp_path / "packs").exists() else True


@pytest.mark.parametrize(
    ("behaviour", "told"),
    [
        ("whole", "answers no ranges"),
        ("busy", r"is busy \(status 503\)"),
        ("changing", "changed while it was read"),
        ("breaking", "not a PMTiles 3 archive"),
    ],
)
def test_a_server_that_does_not_do_is_told_of(
    server: Server, tmp_path: Path, behaviour: str, told: str
) -> None:
    server.data, server.behaviour = HELSINKI.read_bytes(), behaviour
    with pytest.raises(PackError, match=told):
        extracted(address(server), tmp_path)


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ("http://127.0.0.1:9/kartan.pmtiles", "no network to 127.0.0.1"),
        ("ftp://127.0.0.1/kartan.pmtiles", "is no web address"),
        ("https:///x", "is no web address"),
        ("finns-inte.pmtiles", "cannot be read: No such file"),
    ],
)
def test_an_address_that_leads_nowhere_is_told_of(tmp_path: Path, source: str, told: str) -> None:
    with pytest.raises(PackError, match=told):
        extracted(source, tmp_path)


def test_one_question_is_asked_for_the_whole_area(server: Server, tmp_path: Path) -> None:
    server.data = json.dumps(a_town().overpass()).encode()
    made = pack_builds.fetch(address(server, "/api"), Order("staden", BOX), tmp_path, quiet)
    assert made.doors == 4
    assert "[bbox:59.3,18.0,59.31,18.01]" in server.question
    assert server.question.count("out ") == 1


@pytest.mark.parametrize(
    ("behaviour", "data", "told"),
    [
        ("busy", b"", "is busy"),
        ("whole", b"<html>rate limited</html>", "neither .osm.pbf"),
        ("whole", b'{"elements": []}', "has nothing in"),
    ],
)
def test_an_answer_that_is_none_is_told_of(
    server: Server, tmp_path: Path, behaviour: str, data: bytes, told: str
) -> None:
    server.data, server.behaviour = data, behaviour
    with pytest.raises(PackError, match=told):
        pack_builds.fetch(address(server), Order("staden", BOX), tmp_path, quiet)


def test_nobody_is_asked_for_too_much_or_for_nothing(server: Server, tmp_path: Path) -> None:
    for box, told in (((17.0, 59.0, 18.0, 60.0), "most here are 40"), (None, "a box is needed")):
        with pytest.raises(PackError, match=told):
            pack_builds.fetch(address(server), Order("staden", box), tmp_path, quiet)
    assert server.question == ""
