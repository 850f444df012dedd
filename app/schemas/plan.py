"""A walk's plan on the wire: route, stops in order, and their questions, in every language at once."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from marshmallow import ValidationError, fields, post_load, validate, validates_schema

from app.rules.categories import LONGEST_KEY, MOST_EXTRAS, by_code
from app.rules.plans import SCALES
from app.rules.walks import LIGHTS
from app.schemas.base import EARLIEST, LATEST, Code, Lat, Lon, Moment, Text, Whole, Wire
from app.schemas.desk import DEFAULT_ZONE, LONGEST_PURPOSE, LONGEST_TITLE, Corner

MOST_POINTS = 1000
MOST_STOPS = 40
MOST_QUESTIONS = 10
LONGEST_NAME = 120
LONGEST_QUESTION = 300
LONGEST_NOTE = 500
LONGEST_OWN_WORD = 30


class PlanMatchSchema(Wire):
    """The `version` of the plan as it was seen, in quotation marks."""

    if_match = fields.String(data_key="If-Match", metadata={"example": '"9c2f41b0a7de53f8"'})


def _texts(longest: int) -> fields.Dict:
    """A text by language."""
    return fields.Dict(
        keys=fields.String(validate=validate.OneOf(("sv", "en"))), values=Text(longest), required=True
    )


class Wording(Wire):
    """Something with a text in at least one language, under `of`."""

    of = ""

    @validates_schema
    def in_words(self, data: Mapping[str, Any], **_kwargs: Any) -> None:
        if self.of in data and not any(text.strip() for text in data[self.of].values()):
            raise ValidationError("Must not be empty.", self.of)


class PlannedQuestionSchema(Wording):
    of = "text"
    id = fields.UUID(required=True)
    scale = fields.String(required=True, validate=validate.OneOf(SCALES))
    text = _texts(LONGEST_QUESTION)


class PlannedStopSchema(Wording):
    """`access` is what wheelchairs and prams should know."""

    of = "name"
    id = fields.UUID(required=True)
    name = _texts(LONGEST_NAME)
    lat = Lat(required=True)
    lon = Lon(required=True)
    place_type = Code(load_default=None, allow_none=True)
    minutes = Whole(0, 120, required=True)
    access = Text(LONGEST_NOTE, load_default="")
    questions = fields.List(
        fields.Nested(PlannedQuestionSchema), required=True, validate=validate.Length(max=MOST_QUESTIONS)
    )


class PlanSchema(Wire):
    """Stops and questions keep their ids for ever; new ones bring a UUID of their own."""

    route = fields.List(Corner(), required=True, validate=validate.Length(max=MOST_POINTS))
    stops = fields.List(
        fields.Nested(PlannedStopSchema), required=True, validate=validate.Length(max=MOST_STOPS)
    )

    @validates_schema
    def together(self, data: Mapping[str, Any], **_kwargs: Any) -> None:
        if len(data.get("route", [])) == 1:
            raise ValidationError("A line needs two points.", "route")
        stops = data.get("stops", [])
        ids = [stop["id"] for stop in stops] + [asked["id"] for stop in stops for asked in stop["questions"]]
        if len(set(ids)) < len(ids):
            raise ValidationError("Every id may stand once.", "stops")


class PlannedSchema(PlanSchema):
    """The plan as it stands, with its `version` and figures."""

    version = fields.String(required=True)
    length_m = fields.Integer(required=True)
    minutes = fields.Integer(required=True)


class DarknessQuerySchema(Wire):
    """A place and a start; without an offset the start is local to `timezone`."""

    lat = fields.Float(required=True, allow_nan=False, validate=validate.Range(-90, 90))
    lon = fields.Float(required=True, allow_nan=False, validate=validate.Range(-180, 180))
    starts_at = fields.String(required=True)
    timezone = fields.String(
        load_default=DEFAULT_ZONE, validate=validate.OneOf(sorted(available_timezones()))
    )
    light = fields.String(load_default="day", validate=validate.OneOf(LIGHTS))

    @post_load
    def local(self, data: dict[str, Any], **_kwargs: Any) -> dict[str, Any]:
        zone = ZoneInfo(data["timezone"])
        try:
            moment = datetime.fromisoformat(data["starts_at"])
            moment = moment.astimezone(zone) if moment.tzinfo else moment.replace(tzinfo=zone)
        except (ValueError, OverflowError):
            raise ValidationError("Not a time.", "starts_at") from None
        if not EARLIEST <= moment <= LATEST:
            raise ValidationError("Not a time we can use.", "starts_at")
        return data | {"starts_at": moment}


class DarknessSchema(Wire):
    """`words` say it in the reader's language; `warning` is empty where nothing is wrong."""

    sunset = fields.DateTime(allow_none=True)
    dark_from = fields.DateTime(allow_none=True)
    words = fields.String(required=True)
    warning = fields.String(required=True)


class ExtraSchema(Wire):
    """An extra field of a category; `key` is empty for a new one."""

    key = Text(LONGEST_KEY, load_default="")
    category = fields.String(required=True, validate=validate.OneOf(sorted(by_code())))
    name = Text(LONGEST_KEY, required=True)


class AboutSchema(Wire):
    """What a walk is about, when it is and what can be marked; texts in one `language`."""

    title = Text(LONGEST_TITLE, required=True)
    purpose = Text(LONGEST_PURPOSE, load_default="")
    theme = Text(LONGEST_NAME, load_default="")
    light = fields.String(required=True, validate=validate.OneOf(LIGHTS))
    starts_at = Moment(required=True)
    ends_at = Moment(required=True)
    languages = fields.List(
        fields.String(validate=validate.OneOf(("sv", "en"))), required=True, validate=validate.Length(1, 2)
    )
    categories = fields.List(
        fields.String(validate=validate.OneOf(sorted(by_code()))), required=True, validate=validate.Length(1)
    )
    names = fields.Dict(
        keys=fields.String(validate=validate.OneOf(sorted(by_code()))),
        values=Text(LONGEST_OWN_WORD),
        load_default=dict,
    )
    extras = fields.List(
        fields.Nested(ExtraSchema), load_default=list, validate=validate.Length(max=MOST_EXTRAS)
    )
    language = fields.String(required=True, validate=validate.OneOf(("sv", "en")))

    @validates_schema(skip_on_field_errors=False)
    def together(self, data: Mapping[str, Any], **_kwargs: Any) -> None:
        if "title" in data and not data["title"].strip():
            raise ValidationError("Must not be empty.", "title")
        if "starts_at" in data and "ends_at" in data and data["ends_at"] <= data["starts_at"]:
            raise ValidationError("Must be after the start.", "ends_at")
