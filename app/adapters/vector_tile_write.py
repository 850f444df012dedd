"""Writes vector tiles: Mapbox Vector Tile 2.1, what `vector_tile` reads.

Owns the encoding of features into one tile. Promises the same bytes for the same features in the same order.
Takes whole tile units; cuts and simplifies nothing. Libraries for this bring a protocol-buffer runtime and a
clipper along and took two to four times as long on our tiles.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from app.adapters.vector_tile import DRAW, LINE, MOVE, POINT, POLYGON

EXTENT = 4096
VERSION = 2
CLOSE = 15
NAME, FEATURE, KEY, VALUE, LAYER_EXTENT, LAYER_VERSION = 1, 2, 3, 4, 5, 15
TAGS, KIND, GEOMETRY = 2, 3, 4
TEXT, TRUTH = 1, 7

Part = Sequence[Sequence[int]]


class LayerWriter:
    """One layer of a tile, to which features are added."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._keys: dict[str, int] = {}
        self._values: dict[str | bool, int] = {}
        self._features = bytearray()

    def add(self, kind: int, parts: Iterable[Part], properties: Mapping[str, str | bool]) -> None:
        """Points, lines, or rings that need not be closed: each outer ring before its holes."""
        tags = bytearray()
        for key, value in properties.items():
            _varint(self._keys.setdefault(key, len(self._keys)), tags)
            _varint(self._values.setdefault(value, len(self._values)), tags)
        feature = bytearray()
        _block(TAGS, tags, feature)
        _number(KIND, kind, feature)
        _block(GEOMETRY, _commands(kind, parts), feature)
        _block(FEATURE, feature, self._features)

    def data(self) -> bytearray:
        out = bytearray()
        _block(NAME, self.name.encode(), out)
        out += self._features
        for key in self._keys:
            _block(KEY, key.encode(), out)
        for value in self._values:
            _block(VALUE, _value(value), out)
        _number(LAYER_EXTENT, EXTENT, out)
        _number(LAYER_VERSION, VERSION, out)
        return out


def tile(layers: Iterable[LayerWriter]) -> bytes:
    out = bytearray()
    for layer in layers:
        _block(3, layer.data(), out)
    return bytes(out)


def _value(value: str | bool) -> bytearray:
    out = bytearray()
    if isinstance(value, bool):
        _number(TRUTH, int(value), out)
    else:
        _block(TEXT, value.encode(), out)
    return out


def _commands(kind: int, parts: Iterable[Part]) -> bytearray:
    out = bytearray()
    x = y = 0
    if kind == POINT:
        spots = [spot for part in parts for spot in part]
        _varint(len(spots) << 3 | MOVE, out)
        x, y = _moves(spots, x, y, out)
        return out
    for part in parts:
        open_part = part[:-1] if kind == POLYGON and tuple(part[0]) == tuple(part[-1]) else part
        _varint(1 << 3 | MOVE, out)
        x, y = _moves(open_part[:1], x, y, out)
        _varint((len(open_part) - 1) << 3 | DRAW, out)
        x, y = _moves(open_part[1:], x, y, out)
        if kind != LINE:
            out.append(CLOSE)
    return out


def _moves(spots: Part, x: int, y: int, out: bytearray) -> tuple[int, int]:
    """Each spot as its distance from the one before, zig-zag; where the last one is."""
    for px, py in spots:
        for step in (px - x, py - y):
            value = step << 1 if step >= 0 else (-step << 1) - 1
            while value > 0x7F:
                out.append(value & 0x7F | 0x80)
                value >>= 7
            out.append(value)
        x, y = px, py
    return x, y


def _block(number: int, data: bytes | bytearray, out: bytearray) -> None:
    _varint(number << 3 | 2, out)
    _varint(len(data), out)
    out += data


def _number(number: int, value: int, out: bytearray) -> None:
    _varint(number << 3, out)
    _varint(value, out)


def _varint(value: int, out: bytearray) -> None:
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
