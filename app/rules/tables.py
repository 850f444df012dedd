"""Files that people bring: CSV in whatever form a spreadsheet left it, and GeoJSON, as one plain table.

Pure. Owns encodings, delimiters, headings and the caps. Promises that a hostile file costs little and
ends as `Unreadable` with a reason, and that a cell is the text that stood there, formula or not.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

MAX_FILE_BYTES = 2 * 1024 * 1024
MAX_ROWS, MAX_COLUMNS, MAX_CELL = 2000, 60, 20_000
ENCODINGS = ("utf-8", "utf-16", "cp1252", "mac-roman", "cp850")
DELIMITERS = (";", ",", "\t", "|")
SAMPLE_ROWS = 20
LAT, LON = "latitude (geometry)", "longitude (geometry)"
"""Headings of a GeoJSON point's place, in no language and nobody's own."""

DELIMITER_SAID = re.compile(r"\Asep=(.)\r?\n")
"""How a spreadsheet names its delimiter in a line of its own."""
NUMBER = re.compile(r"[-+]?[\d\s.,]*\d[\s°]*")
CRS = re.compile(r"EPSG:+(\d{4,5})$")
NOT_TEXT = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"%PDF", b"\xff\xd8\xff", b"\x89PNG", b"SQLite format 3")


class Unreadable(Exception):
    """The file is no table: `reason` is one of the codes that the desk has sentences for."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class Reading:
    """How a file is to be read; None means that it is found out."""

    encoding: str | None = None
    delimiter: str | None = None
    has_headings: bool | None = None


@dataclass(frozen=True)
class Table:
    """Headings and rows of text, and how they were read. `epsg` is what a GeoJSON says of its places."""

    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    reading: Reading
    is_geojson: bool = False
    epsg: int | None = None


def read(data: bytes, reading: Reading) -> Table:
    """The table in `data`. Raises Unreadable."""
    if len(data) > MAX_FILE_BYTES:
        raise Unreadable("too_large")
    if data.startswith(b"PK\x03\x04") or data.startswith(b"\xd0\xcf\x11\xe0"):
        raise Unreadable("workbook")
    if data.startswith(NOT_TEXT):
        raise Unreadable("not_text")
    encoding, text = _text(data, reading.encoding)
    if not text.strip():
        raise Unreadable("empty")
    reading = replace(reading, encoding=encoding)
    table = _geojson(text, reading) if text.lstrip()[0] == "{" else _csv(text, reading)
    if not table.rows:
        raise Unreadable("empty")
    if len(table.rows) > MAX_ROWS:
        raise Unreadable("too_many_rows")
    return table


def _text(data: bytes, wanted: str | None) -> tuple[str, str]:
    """By its byte-order mark, as UTF-8 if it is that, else as Windows wrote it in western Europe."""
    if wanted in ENCODINGS:
        encodings = [wanted]
    else:
        encodings = ["utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8", "cp1252"]
    for encoding in encodings:
        try:
            text = data.decode("utf-8-sig" if encoding == "utf-8" else encoding)
        except UnicodeError:
            continue
        if text.count("\0") > len(text) // 10:
            raise Unreadable("not_text")
        return encoding, text.replace("\0", "")
    return encodings[-1], data.decode(encodings[-1], "replace").replace("\0", "")


def _csv(text: str, reading: Reading) -> Table:
    said = DELIMITER_SAID.match(text)
    text = text[said.end() :] if said else text
    wanted = reading.delimiter or (said[1] if said else None)
    delimiter = wanted if wanted in DELIMITERS else _delimiter(text)
    rows = [row for row in _records(text, delimiter) if any(cell.strip() for cell in row)]
    if not rows:
        raise Unreadable("empty")
    has_headings = reading.has_headings
    if has_headings is None:
        has_headings = not any(NUMBER.fullmatch(cell.strip()) for cell in rows[0])
    width = max(len(row) for row in rows)
    headings = [cell.strip()[:80] for cell in rows[0]] if has_headings else []
    headings += [f"({place})" for place in range(len(headings) + 1, width + 1)]
    body = rows[1:] if has_headings else rows
    padded = tuple(tuple(cell.strip() for cell in row) + ("",) * (width - len(row)) for row in body)
    return Table(tuple(headings), padded, replace(reading, delimiter=delimiter, has_headings=has_headings))


def _records(text: str, delimiter: str) -> Iterator[list[str]]:
    try:
        for at, row in enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)):
            if at > MAX_ROWS + 1:
                raise Unreadable("too_many_rows")
            if len(row) > MAX_COLUMNS and any(cell.strip() for cell in row[MAX_COLUMNS:]):
                raise Unreadable("too_many_columns")
            if any(len(cell) > MAX_CELL for cell in row):
                raise Unreadable("cell_too_long")
            yield row[:MAX_COLUMNS]
    except csv.Error:
        raise Unreadable("cell_too_long") from None


def _delimiter(text: str) -> str:
    """The one that parts the first rows into equally many columns, and into most of them."""
    first = text[: SAMPLE_ROWS * MAX_CELL]

    def worth(delimiter: str) -> tuple[float, int]:
        widths = []
        rows = csv.reader(io.StringIO(first, newline=""), delimiter=delimiter)
        try:
            for row, _ in zip(rows, range(SAMPLE_ROWS), strict=False):
                widths.append(len(row))
        except csv.Error:
            return 0.0, 0
        most = max(set(widths), key=widths.count)
        return (widths.count(most) / len(widths) if most > 1 else 0.0), most

    return max(DELIMITERS, key=worth)


def _geojson(text: str, reading: Reading) -> Table:
    try:
        whole = json.loads(text)
    except (ValueError, RecursionError):
        raise Unreadable("bad_geojson") from None
    features = whole.get("features") if isinstance(whole, dict) else None
    if not isinstance(features, list) or not all(isinstance(one, dict) for one in features):
        raise Unreadable("bad_geojson")
    if len(features) > MAX_ROWS:
        raise Unreadable("too_many_rows")
    found = [_mapping(one.get("properties")) for one in features]
    found = [{_cell(name): value for name, value in own.items()} for own in found]
    headings = [*dict.fromkeys(name for own in found for name in own)]
    if len(headings) > MAX_COLUMNS - 2:
        raise Unreadable("too_many_columns")
    rows = []
    for feature, own in zip(features, found, strict=True):
        cells = (*_point(feature.get("geometry")), *(_cell(own.get(name)) for name in headings))
        if any(len(cell) > MAX_CELL for cell in cells):
            raise Unreadable("cell_too_long")
        rows.append(cells)
    crs = CRS.search(str(_mapping(_mapping(whole.get("crs")).get("properties")).get("name", ""))[-40:])
    return Table((LAT, LON, *(name[:80] for name in headings)), tuple(rows), reading, True, _epsg(crs))


def _epsg(found: re.Match[str] | None) -> int | None:
    return int(found[1]) if found else None


def _point(geometry: Any) -> tuple[str, str]:
    """Latitude and longitude as they stand; empty for anything but one point."""
    found = _mapping(geometry)
    place = found.get("coordinates")
    if found.get("type") == "MultiPoint" and isinstance(place, list) and len(place) == 1:
        place = place[0]
    elif found.get("type") != "Point":
        return "", ""
    if not isinstance(place, list) or len(place) < 2:
        return "", ""
    return _cell(place[1]), _cell(place[0])


def _mapping(thing: Any) -> Mapping[str, Any]:
    return thing if isinstance(thing, dict) else {}


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode().replace("\0", "").strip()
    return json.dumps(value, ensure_ascii=False)


def plain_cells(headings: Sequence[str], row: Sequence[str]) -> list[list[str]]:
    """What a row says, whatever the order of its columns: headings and cells, the empty ones left out."""
    return sorted([heading, cell] for heading, cell in zip(headings, row, strict=True) if cell)
