"""Rows of any table as lines of JSON, and back; the same on every database.

Owns how values are written: ids as text, moments as ISO 8601 in UTC, bytes in base64. Promises that
what was read from one engine goes into the other unchanged. Does not know what the tables mean.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from itertools import islice
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from app.db import UtcDateTime

BATCH = 500


class UnknownType(Exception):
    """A column of a kind that this module cannot write or read."""


def _to_bytes(value: str) -> bytes:
    return base64.b64decode(value, validate=True)


Kind = tuple[Callable[[], sa.types.TypeEngine[Any]], Callable[[Any], Any], Callable[[Any], Any]]
KINDS: dict[str, Kind] = {
    "uuid": (lambda: sa.Uuid(as_uuid=True), str, UUID),
    "moment": (UtcDateTime, datetime.isoformat, datetime.fromisoformat),
    "date": (sa.Date, date.isoformat, date.fromisoformat),
    "bytes": (sa.LargeBinary, lambda value: base64.b64encode(value).decode("ascii"), _to_bytes),
    "json": (lambda: sa.JSON(none_as_null=True), lambda value: value, lambda value: value),
    "bool": (sa.Boolean, bool, bool),
    "int": (sa.BigInteger, int, int),
    "float": (sa.Double, float, float),
    "text": (sa.Text, str, str),
}
"""Word → how a column of that kind is declared, written and read."""

DECLARED = (
    (sa.Uuid, "uuid"),
    (UtcDateTime, "moment"),
    (sa.Date, "date"),
    (sa.LargeBinary, "bytes"),
    (sa.JSON, "json"),
    (sa.Boolean, "bool"),
    (sa.Integer, "int"),
    (sa.Float, "float"),
    (sa.String, "text"),
)


def kinds_of(table: sa.Table) -> dict[str, str]:
    """Column → word of `KINDS`. Raises UnknownType."""
    return {column.name: _kind(column) for column in table.columns}


def _kind(column: sa.Column[Any]) -> str:
    for declared, word in DECLARED:
        if isinstance(column.type, declared):
            return word
    raise UnknownType(f"{column} is a {column.type}")


def lines(connection: Connection, table: sa.Table) -> Iterator[bytes]:
    """Each row as one line, an object in the columns' order; read in batches."""
    kinds = kinds_of(table)
    writers = [KINDS[word][1] for word in kinds.values()]
    rows = connection.execution_options(yield_per=BATCH).execute(sa.select(table))
    for row in rows:
        values = (None if value is None else write(value) for write, value in zip(writers, row, strict=True))
        record = dict(zip(kinds, values, strict=True))
        yield json.dumps(record, ensure_ascii=True, separators=(",", ":")).encode("ascii") + b"\n"


def load(
    connection: Connection,
    name: str,
    kinds: Mapping[str, str],
    rows: Iterable[bytes],
    inward: Sequence[str] = (),
) -> int:
    """Insert `rows` (lines as `lines` makes them) into the table; how many.

    Columns of `inward` point into the same table and are filled in afterwards, for databases that
    check each row. Raises ValueError for a line that is not such a row.
    """
    columns = [sa.Column(column, KINDS[kind][0]()) for column, kind in kinds.items()]
    table = sa.Table(name, sa.MetaData(), *columns)
    count = 0
    later: list[dict[str, Any]] = []
    source = (_row(line, kinds) for line in rows)
    while batch := list(islice(source, BATCH)):
        later += [dict(row) for row in batch if any(row[column] is not None for column in inward)]
        connection.execute(sa.insert(table), [row | dict.fromkeys(inward) for row in batch])
        count += len(batch)
    for row in later:
        change = {column: row[column] for column in inward}
        connection.execute(sa.update(table).where(table.c.id == row["id"]).values(change))
    return count


def inward_of(table: sa.Table) -> list[str]:
    """The columns that point into the same table."""
    return [key.parent.name for key in table.foreign_keys if key.column.table is table]


def _row(line: bytes, kinds: Mapping[str, str]) -> dict[str, Any]:
    record = json.loads(line)
    if not isinstance(record, dict) or record.keys() != kinds.keys():
        raise ValueError("a row with other columns than its table")
    return {
        column: None if record[column] is None else KINDS[kind][2](record[column])
        for column, kind in kinds.items()
    }
