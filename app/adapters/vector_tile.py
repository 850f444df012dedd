"""Reads vector tiles: Mapbox Vector Tile 2.1, the part that a map on paper needs.

Owns the decoding of one tile into features. Promises ValueError for bytes that are no tile. Does not read
archives, and knows nothing of what a layer means.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Any, NamedTuple

Ring = list[tuple[int, int]]
POINT, LINE, POLYGON = 1, 2, 3
MOVE, DRAW = 1, 2


class Feature(NamedTuple):
    """`parts` are lines or rings in tile units, 0 to the layer's `extent`."""

    kind: int
    parts: list[Ring]
    properties: dict[str, Any]
    extent: int


def layers(tile: bytes) -> dict[str, list[Feature]]:
    """The features of each layer by name. Raises ValueError."""
    try:
        return dict(_layer(value) for number, value in _fields(tile) if number == 3)
    except (IndexError, struct.error, UnicodeDecodeError) as error:
        raise ValueError("not a vector tile") from error


def _layer(data: bytes) -> tuple[str, list[Feature]]:
    name, extent = "", 4096
    keys: list[str] = []
    values: list[Any] = []
    raw: list[bytes] = []
    for number, value in _fields(data):
        if number == 1:
            name = value.decode()
        elif number == 2:
            raw.append(value)
        elif number == 3:
            keys.append(value.decode())
        elif number == 4:
            values.append(_value(value))
        elif number == 5:
            extent = value
    return name, [_feature(one, keys, values, extent) for one in raw]


def _feature(data: bytes, keys: list[str], values: list[Any], extent: int) -> Feature:
    kind, tags, commands = 0, list[int](), list[int]()
    for number, value in _fields(data):
        if number == 2:
            tags = _varints(value)
        elif number == 3:
            kind = value
        elif number == 4:
            commands = _varints(value)
    pairs = zip(tags[::2], tags[1::2], strict=True)
    return Feature(kind, _parts(commands), {keys[key]: values[value] for key, value in pairs}, extent)


def _parts(commands: list[int]) -> list[Ring]:
    parts: list[Ring] = []
    x = y = at = 0
    while at < len(commands):
        command, count = commands[at] & 7, commands[at] >> 3
        at += 1
        if command not in (MOVE, DRAW):  # closing a ring moves nothing
            continue
        for _ in range(count):
            x, y = x + _signed(commands[at]), y + _signed(commands[at + 1])
            at += 2
            if command == MOVE:
                parts.append([])
            parts[-1].append((x, y))
    return parts


def _signed(value: int) -> int:
    return (value >> 1) ^ -(value & 1)


def _value(data: bytes) -> Any:
    for number, value in _fields(data):
        if number == 1:
            return value.decode()
        if number in (2, 3):
            return struct.unpack("<f" if number == 2 else "<d", value)[0]
        return {6: _signed(value), 7: bool(value)}.get(number, value)
    return None


def _fields(data: bytes) -> Iterator[tuple[int, Any]]:
    """The fields of a protocol-buffer message: number and value, as an integer or bytes."""
    at = 0
    while at < len(data):
        key, at = _varint(data, at)
        wire = key & 7
        if wire == 0:
            value, at = _varint(data, at)
            yield key >> 3, value
            continue
        size = {1: 8, 5: 4}.get(wire)
        if wire == 2:
            size, at = _varint(data, at)
        if size is None or at + size > len(data):
            raise IndexError("a field reaches past the end")
        yield key >> 3, data[at : at + size]
        at += size


def _varints(data: bytes) -> list[int]:
    """All at once and by hand: most of a tile is this."""
    found: list[int] = []
    value = shift = 0
    for byte in data:
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            found.append(value)
            value = shift = 0
        else:
            shift += 7
    if shift:
        raise IndexError("a number reaches past the end")
    return found


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
        shift += 7
