"""What the desk sends and gets: review, a walk's settings, a new walk, the map in columns."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from zoneinfo import available_timezones

from marshmallow import ValidationError, fields, validate, validates_schema

from app.rules.photos import MAX_SIDE
from app.rules.pins import REVIEWS
from app.rules.redactions import MOST_BOXES
from app.rules.walks import LIGHTS, STATES
from app.schemas.base import Flag, Lat, Lon, Moment, Text, Wire
from app.schemas.pin import LONGEST_TEXT

LONGEST_TITLE = 120
LONGEST_PURPOSE = 2000
MOST_CORNERS = 200
LARGEST_PAGE = 500
WIDEST_DEGREES = 1.0
LANGUAGE_TAG = r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*\Z"
MOST_LANGUAGES = 12
DEFAULT_ZONE = "Europe/Stockholm"


def _review() -> fields.String:
    return fields.String(required=True, validate=validate.OneOf(REVIEWS))


class IfMatchSchema(Wire):
    """The `seq` of the thing as it was seen, in quotation marks."""

    if_match = fields.String(data_key="If-Match", metadata={"example": '"17"'})


class PinReviewSchema(Wire):
    pin = _review()


class TextReviewSchema(Wire):
    text = _review()


class PublicTextSchema(Wire):
    """The words that are public in place of a pin's own, by language; none: its own."""

    text = fields.Dict(
        keys=fields.String(validate=validate.Regexp(LANGUAGE_TAG)),
        values=Text(LONGEST_TEXT, required=True),
        required=True,
        validate=validate.Length(max=MOST_LANGUAGES),
    )

    @validates_schema(skip_on_field_errors=True)
    def worded(self, data: Mapping[str, Any], **_kwargs: Any) -> None:
        if any(not words.strip() for words in data["text"].values()):
            raise ValidationError("Must not be empty.", "text")


class PublicTextWrittenSchema(Wire):
    """`previous` undoes it; `pin` is as it now stands."""

    previous = fields.Dict(required=True)
    pin = fields.Dict(required=True)


class ConflictSchema(Wire):
    conflict = Flag(required=True)


class ConflictSettledSchema(Wire):
    previous = fields.Boolean(required=True)
    pin = fields.Dict(required=True)


class PhotoReviewSchema(Wire):
    photo = _review()


class PinReviewedSchema(Wire):
    """`previous` undoes it; `pin` is as it now stands."""

    previous = fields.String(required=True)
    pin = fields.Dict(required=True)


class PhotoReviewedSchema(Wire):
    """`previous` undoes it; `seq` is the photo's; `pins` are those that show it."""

    previous = fields.String(required=True)
    seq = fields.Integer(required=True)
    pins = fields.List(fields.Dict(), required=True)


def _boxes() -> fields.Field[list[Any]]:
    side = fields.Integer(strict=True, validate=validate.Range(0, MAX_SIDE))
    box: fields.Field[Any] = fields.List(side, validate=validate.Length(equal=4))
    return fields.List(box, required=True, validate=validate.Length(max=MOST_BOXES))


class RedactionSchema(Wire):
    """Boxes are [x, y, width, height] in pixels of the full encoding.

    All of `boxes` are burnt in, and no others; `proposals` are those that still wait for a human.
    """

    boxes = _boxes()
    proposals = _boxes()


class RedactedSchema(Wire):
    """`previous` undoes it while the original is kept; `seq` is the photo's; `pins` show it."""

    previous = fields.Nested(RedactionSchema, required=True)
    seq = fields.Integer(required=True)
    pins = fields.List(fields.Dict(), required=True)


class OriginalSchema(Wire):
    """The picture itself, as a data address: it has none of its own that could be kept or passed on."""

    picture = fields.String(required=True)


class HiddenSchema(Wire):
    hidden = Flag(required=True)


class HidSchema(Wire):
    previous = fields.Boolean(required=True)
    hidden = fields.Boolean(required=True)
    pins = fields.Integer(required=True)


class WaitsSchema(Wire):
    waits = Flag(required=True)


class WaitedSchema(Wire):
    """`previous` undoes it."""

    previous = fields.Boolean(required=True)
    waits = fields.Boolean(required=True)
    pins = fields.Integer(required=True)


class PinsQuerySchema(Wire):
    after = fields.Integer(load_default=0, validate=validate.Range(0, 2**31 - 1))
    limit = fields.Integer(load_default=200, validate=validate.Range(1, LARGEST_PAGE))


class PinsPageSchema(Wire):
    pins = fields.List(fields.Dict(), required=True)
    more = fields.Boolean(required=True)


class HistorySchema(Wire):
    revisions = fields.List(fields.Dict(), required=True)


class ColumnsSchema(Wire):
    """One list for each property, all of the same length and in order of `number`.

    `group`, `kind`, `category`, `status` and `review` are places in the lists of `words`; the bits of
    `flags` are named by `flag_bits`, the lowest first.
    """

    epoch = fields.String(required=True)
    seq = fields.Integer(required=True)
    words = fields.Dict(required=True)
    flag_bits = fields.List(fields.String(), required=True)
    number = fields.List(fields.Integer(), required=True)
    lat = fields.List(fields.Float(), required=True)
    lon = fields.List(fields.Float(), required=True)
    group = fields.List(fields.Integer(), required=True)
    kind = fields.List(fields.Integer(), required=True)
    category = fields.List(fields.Integer(), required=True)
    status = fields.List(fields.Integer(), required=True)
    review = fields.List(fields.Integer(), required=True)
    acute = fields.List(fields.Integer(), required=True)
    flags = fields.List(fields.Integer(), required=True)
    pin_seq = fields.List(fields.Integer(), required=True)


class NothingSchema(Wire):
    """`{}`: the act needs no words, and what is no JSON does nothing."""


class CodeSchema(Wire):
    code = fields.String(required=True)
    url = fields.String(required=True)


class NewcomersSchema(Wire):
    paused = Flag(required=True)


class FiguresSchema(Wire):
    """A walk in numbers, for whoever leads it."""

    state = fields.String(required=True)
    paused = fields.Boolean(required=True)
    joined = fields.Integer(required=True)
    ready = fields.Integer(required=True)
    unsent = fields.Integer(required=True)
    pins = fields.Integer(required=True)
    at = fields.String(required=True)
    alarms = fields.List(fields.String(), required=True)


class ShownPinSchema(Wire):
    number = fields.Integer(required=True)
    text = fields.String(required=True)
    photos = fields.List(fields.Dict(), required=True)


class ShownSchema(Wire):
    """What is on the wall at the meeting, as it may be seen now; a photo's `version` is of its pixels."""

    pins = fields.List(fields.Nested(ShownPinSchema), required=True)


class StateSchema(Wire):
    state = fields.String(required=True, validate=validate.OneOf(STATES))


class Corner(fields.List[float]):
    """[lon, lat] in degrees."""

    def __init__(self) -> None:
        super().__init__(fields.Float(allow_nan=False), validate=validate.Length(equal=2))

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> Any:
        corner = super()._deserialize(value, attr, data, **kwargs)
        if len(corner) == 2:
            Lon().deserialize(corner[0])
            Lat().deserialize(corner[1])
        return corner


class PolygonSchema(Wire):
    """A GeoJSON Polygon of one ring."""

    type = fields.String(required=True, validate=validate.Equal("Polygon"))
    coordinates = fields.List(
        fields.List(Corner(), validate=validate.Length(4, MOST_CORNERS)),
        required=True,
        validate=validate.Length(equal=1),
    )

    @validates_schema
    def closed(self, data: Mapping[str, Any], **_kwargs: Any) -> None:
        for ring in data.get("coordinates", []):
            if ring[0] != ring[-1]:
                raise ValidationError("The ring must end where it begins.", "coordinates")


class NewWalkSchema(Wire):
    """A walk to be made. `box` is west, south, east, north."""

    organisation_id = fields.UUID(load_default=None, allow_none=True)
    title = Text(LONGEST_TITLE, required=True)
    purpose = Text(LONGEST_PURPOSE, load_default="")
    light = fields.String(required=True, validate=validate.OneOf(LIGHTS))
    starts_at = Moment(required=True)
    ends_at = Moment(required=True)
    area_name = Text(LONGEST_TITLE, required=True)
    timezone = fields.String(
        load_default=DEFAULT_ZONE, validate=validate.OneOf(sorted(available_timezones()))
    )
    box = fields.List(fields.Float(allow_nan=False), required=True, validate=validate.Length(equal=4))
    polygon = fields.Nested(PolygonSchema, load_default=None, allow_none=True)
    pack = Text(80, load_default=None, allow_none=True)
    language = fields.String(load_default="sv", validate=validate.OneOf(("sv", "en")))

    @validates_schema(skip_on_field_errors=False)
    def together(self, data: Mapping[str, Any], **_kwargs: Any) -> None:
        errors: dict[str, list[str]] = {}
        for name in ("title", "area_name"):
            if name in data and not str(data[name]).strip():
                errors[name] = ["Must not be empty."]
        if "starts_at" in data and "ends_at" in data and data["ends_at"] <= data["starts_at"]:
            errors["ends_at"] = ["Must be after the start."]
        if "box" in data and not is_box(data["box"]):
            errors["box"] = ["West, south, east, north, at most one degree wide."]
        if errors:
            raise ValidationError(errors)


def is_box(box: list[float]) -> bool:
    """West of east, south of north, on Earth, and no larger than a town."""
    if len(box) != 4:
        return False
    west, south, east, north = box
    on_earth = -180 <= west < east <= 180 and -90 <= south < north <= 90
    return on_earth and east - west <= WIDEST_DEGREES and north - south <= WIDEST_DEGREES


class MadeWalkSchema(Wire):
    walk_id = fields.UUID(required=True)
    code = fields.String(required=True)
    url = fields.String(required=True)


class RefilledSchema(Wire):
    since = Moment(required=True)
    pins = fields.Integer(required=True)
    photos = fields.Integer(required=True)
