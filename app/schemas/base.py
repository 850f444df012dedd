"""Hardened building blocks for every schema.

A naive build lets NUL, lone surrogates, strings for numbers and absurd years through to the
database, where they become a 500. These fields refuse or mend them at the door.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError, fields, validate

EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
LATEST = datetime(2200, 1, 1, tzinfo=UTC)
KEPT_CONTROLS = "\n\t"


class Wire(Schema):
    """Base of all schemas: unknown fields are let pass, since a newer phone may know more."""

    class Meta:
        unknown = EXCLUDE


class Text(fields.String):
    """Normal form C, no control characters but line feed and tab, no lone surrogates."""

    def __init__(self, longest: int, **kwargs: Any) -> None:
        super().__init__(validate=validate.Length(max=longest), **kwargs)

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> Any:
        text = super()._deserialize(value, attr, data, **kwargs)
        return None if text is None else clean(text)


def clean(text: str) -> str:
    """`text` in normal form C without control characters.

    Raises ValidationError for lone surrogates, which no database can hold.
    """
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        raise ValidationError("Not valid text.") from None
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    kept = "".join(c for c in text if c in KEPT_CONTROLS or unicodedata.category(c) != "Cc")
    return unicodedata.normalize("NFC", kept)


class Code(fields.String):
    """A short machine word such as a category code."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(validate=validate.Regexp(r"\A[a-z][a-z0-9_]{0,39}\Z"), **kwargs)


class Whole(fields.Integer):
    """A whole number in a range; no strings, no 7.9."""

    def __init__(self, low: int, high: int, **kwargs: Any) -> None:
        super().__init__(strict=True, validate=validate.Range(low, high), **kwargs)

    def _validated(self, value: Any) -> Any:
        if isinstance(value, bool) or not isinstance(value, int):
            raise self.make_error("invalid", input=value)
        return super()._validated(value)


class Number(fields.Float):
    """A finite number in a range; no strings."""

    def __init__(self, low: float, high: float, **kwargs: Any) -> None:
        super().__init__(allow_nan=False, validate=validate.Range(low, high), **kwargs)

    def _validated(self, value: Any) -> Any:
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise self.make_error("invalid", input=value)
        return super()._validated(value)


class Flag(fields.Boolean):
    """true or false; not "yes", not 1."""

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> Any:
        if not isinstance(value, bool):
            raise self.make_error("invalid", input=value)
        return value


class Moment(fields.AwareDateTime):
    """An aware time between 2000 and 2200, in UTC. A leap second counts as the second before."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(format="iso", **kwargs)

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> Any:
        if not isinstance(value, str) or len(value) > 40:
            raise self.make_error("invalid", input=value, obj_type=self.OBJ_TYPE)
        try:
            moment = super()._deserialize(value.replace(":60", ":59"), attr, data, **kwargs).astimezone(UTC)
        except OverflowError:
            raise ValidationError("Not a time we can use.") from None
        if not EARLIEST <= moment <= LATEST:
            raise ValidationError("Not a time we can use.")
        return moment


class Sha256(fields.String):
    """64 lower-case hex digits."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(validate=validate.Regexp(r"\A[0-9a-f]{64}\Z"), **kwargs)


class Lat(Number):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(-90, 90, **kwargs)


class Lon(Number):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(-180, 180, **kwargs)


class Proof(Schema):
    """What lets an entry leave a phone's outbox: the server's echo of what it holds."""

    id = fields.String(required=True)
    rev = fields.Integer(required=True)
    sha256 = fields.String(required=True)
    epoch = fields.String(required=True)
    seq = fields.Integer(required=True)
    number = fields.Integer()
