"""What the desk sends and gets about issues, duplicates and owners."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from app.rules import issues as rules
from app.schemas.base import Text, Whole, Wire

LONGEST_TITLE = 200
LONGEST_DECISION = 4000
LONGEST_LINE = 120
MOST_LANGUAGES = 20
LARGEST_VERSION = 2**53
FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2200, 1, 1)
LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}")


class Texts(fields.Dict):
    """One text in several languages; blank ones are left out."""

    def __init__(self, longest: int) -> None:
        super().__init__(
            keys=fields.String(validate=validate.Regexp(rf"\A{LANGUAGE.pattern}\Z")),
            values=Text(longest),
            validate=validate.Length(max=MOST_LANGUAGES),
        )

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> Any:
        texts = super()._deserialize(value, attr, data, **kwargs)  # type: ignore[no-untyped-call]  # as the library has it
        return {tag: text.strip() for tag, text in texts.items() if text.strip()}


class Day(fields.Date):
    """A date as ISO 8601 has it, of our time."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(format="iso", validate=validate.Range(FIRST_DAY, LAST_DAY), **kwargs)

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> Any:
        if not isinstance(value, str) or not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
            raise self.make_error("invalid", input=value, obj_type=self.OBJ_TYPE)
        return super()._deserialize(value, attr, data, **kwargs)


def _one_of(words: tuple[str, ...]) -> fields.String:
    return fields.String(allow_none=True, validate=validate.OneOf(words))


def _line() -> Text:
    return Text(LONGEST_LINE, allow_none=True)


class IssueFieldsSchema(Wire):
    """Those fields that shall change; null empties one."""

    status = fields.String(validate=validate.OneOf(rules.STATUSES))
    owner_id = fields.UUID(allow_none=True)
    person = _line()
    due_on = Day(allow_none=True)
    horizon = _one_of(rules.HORIZONS)
    lever = _one_of(rules.LEVERS)
    mode = _one_of(rules.MODES)
    priority = Whole(1, 3, allow_none=True)
    reference = _line()
    title = Texts(LONGEST_TITLE)
    decision = Texts(LONGEST_DECISION)


class IssueEditedSchema(Wire):
    """`previous` holds the changed fields as they were; `pins` are all of the issue."""

    previous = fields.Dict(required=True)
    pins = fields.List(fields.Dict(), required=True)


class IssueSeenSchema(Wire):
    """An issue, and the version of it that was seen."""

    id = fields.UUID(required=True)
    seq = Whole(0, LARGEST_VERSION, required=True)


class BulkEditSchema(Wire):
    issues = fields.List(
        fields.Nested(IssueSeenSchema), required=True, validate=validate.Length(1, rules.MOST_TOGETHER)
    )
    fields_ = fields.Nested(IssueFieldsSchema, required=True, data_key="fields")


class BulkEditedSchema(Wire):
    """`previous` names issue, new version and the changed fields as they were; `stale` was left alone."""

    previous = fields.List(fields.Dict(), required=True)
    pins = fields.List(fields.Dict(), required=True)
    stale = fields.List(fields.String(), required=True)


def _issue_ids() -> fields.List[Any]:
    return fields.List(fields.UUID(), required=True, validate=validate.Length(1, rules.MOST_TOGETHER))


class MergeSchema(Wire):
    into = fields.UUID(required=True)
    issues = _issue_ids()


class MergedSchema(Wire):
    """`merged` was pointed elsewhere: to split it takes the act back."""

    merged = fields.List(fields.String(), required=True)
    pins = fields.List(fields.Dict(), required=True)


class SplitSchema(Wire):
    issues = _issue_ids()


class SplitOffSchema(Wire):
    """`into` is where it was: to merge it there takes the act back."""

    into = fields.String(required=True)
    pins = fields.List(fields.Dict(), required=True)


class SuggestionSchema(Wire):
    issues = fields.List(fields.String(), required=True)
    pins = fields.List(fields.String(), required=True)
    category = fields.String(required=True)
    metres = fields.Integer(required=True)


class DuplicatesSchema(Wire):
    """The tightest first."""

    suggestions = fields.List(fields.Nested(SuggestionSchema), required=True)


class NewOwnerSchema(Wire):
    name = Text(LONGEST_LINE, required=True)
    kind = fields.String(required=True, validate=validate.OneOf(rules.OWNER_KINDS))

    @validates_schema
    def named(self, data: Mapping[str, Any], **_kwargs: Any) -> None:
        if not data["name"].strip():
            raise ValidationError("Must not be empty.", "name")


class OwnerSchema(Wire):
    """`categories` and `ground` (a MultiPolygon) say what it is suggested for; `aside`: nothing more."""

    id = fields.String(required=True)
    name = fields.String(required=True)
    kind = fields.String(required=True)
    categories = fields.List(fields.String(), required=True)
    ground = fields.Dict(allow_none=True, required=True)
    aside = fields.Boolean(required=True)


class OwnersSchema(Wire):
    """Those used last in this walk first."""

    owners = fields.List(fields.Nested(OwnerSchema), required=True)
