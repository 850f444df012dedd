"""What the desk is told of hints."""

from __future__ import annotations

from marshmallow import fields, validate

from app.rules.hints import KINDS
from app.schemas.base import Wire


class HintSchema(Wire):
    """One thing to look at; `pins` are numbers."""

    kind = fields.String(required=True, validate=validate.OneOf(KINDS))
    pins = fields.List(fields.Integer(), required=True)


class HintsSchema(Wire):
    """`alarms` are sentences for what cannot wait."""

    hints = fields.List(fields.Nested(HintSchema), required=True)
    alarms = fields.List(fields.String(), required=True)
