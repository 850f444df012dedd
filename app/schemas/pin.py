"""The only description of a Pin on the wire."""

from __future__ import annotations

from marshmallow import fields, validate

from app.rules.categories import (
    AFFECTED,
    KINDS,
    LONGEST_EXTRA,
    LONGEST_KEY,
    MOST_EXTRAS,
    SOURCES,
    VOICES,
    WHEN,
)
from app.schemas.base import Code, Flag, Lat, Lon, Moment, Number, Sha256, Text, Whole, Wire

LONGEST_TEXT = 4000
MOST_PHOTOS = 12
PHASES = ("before", "after")


class HereSchema(Wire):
    """Where the reporter stood, by the phone's sensor at "New pin"."""

    lat = Lat(required=True)
    lon = Lon(required=True)
    accuracy_m = Number(0, 1e7, load_default=None, allow_none=True)
    age_s = Number(0, 1e7, load_default=None, allow_none=True)


class ThereSchema(Wire):
    """Where it is that the pin speaks of."""

    lat = Lat(required=True)
    lon = Lon(required=True)


class PinPhotoSchema(Wire):
    """A photo's place on the pin."""

    sha256 = Sha256(required=True)
    alt = Text(500, load_default="")
    order = Whole(0, 99, load_default=0)
    phase = fields.String(load_default=None, allow_none=True, validate=validate.OneOf(PHASES))
    taken_at = Moment(load_default=None, allow_none=True)


class PinSchema(Wire):
    """A whole pin, as a phone sends it."""

    schema = Whole(1, 1000, load_default=1)
    client = Text(40, load_default=None, allow_none=True)
    rev = Whole(1, 1_000_000, required=True)
    base_rev = Whole(0, 1_000_000, load_default=None, allow_none=True)
    made_at = Moment(required=True)
    kind = fields.String(required=True, validate=validate.OneOf(KINDS))
    category = Code(required=True)
    secondary = Code(load_default=None, allow_none=True)
    place_type = Code(load_default=None, allow_none=True)
    here = fields.Nested(HereSchema, load_default=None, allow_none=True)
    there = fields.Nested(ThereSchema, required=True)
    source = fields.String(required=True, validate=validate.OneOf(SOURCES))
    stop_id = fields.UUID(load_default=None, allow_none=True)
    address = Text(200, load_default=None, allow_none=True)
    text = Text(LONGEST_TEXT, load_default="")
    text_lang = Text(35, load_default=None, allow_none=True)
    severity = Whole(1, 3, load_default=None, allow_none=True)
    acute = Flag(load_default=False)
    feeling_day = Whole(1, 5, load_default=None, allow_none=True)
    feeling_dark = Whole(1, 5, load_default=None, allow_none=True)
    avoids = Flag(load_default=None, allow_none=True)
    when = fields.List(
        fields.String(validate=validate.OneOf(WHEN)), load_default=list, validate=validate.Length(max=9)
    )
    affected = fields.List(
        fields.String(validate=validate.OneOf(AFFECTED)), load_default=list, validate=validate.Length(max=6)
    )
    proposal = Text(LONGEST_TEXT, load_default="")
    voice = fields.String(load_default=None, allow_none=True, validate=validate.OneOf(VOICES))
    group = Text(40, load_default=None, allow_none=True)
    extra = fields.Dict(
        keys=Text(LONGEST_KEY),
        values=Text(LONGEST_EXTRA),
        load_default=dict,
        validate=validate.Length(max=MOST_EXTRAS),
    )
    staff_only = Flag(load_default=False)
    secret_sha256 = Sha256(load_default=None, allow_none=True)
    photos = fields.List(
        fields.Nested(PinPhotoSchema), load_default=list, validate=validate.Length(max=MOST_PHOTOS)
    )


class WithdrawalSchema(Wire):
    """The reporter takes the pin back."""

    rev = Whole(1, 1_000_000, required=True)
    base_rev = Whole(0, 1_000_000, load_default=None, allow_none=True)
    client = Text(40, load_default=None, allow_none=True)
