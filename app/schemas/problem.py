"""A problem on the wire (RFC 9457)."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from app.problems import CATALOGUE


class ProblemSchema(Schema):
    type = fields.String(required=True)
    title = fields.String(required=True)
    status = fields.Integer(required=True)
    code = fields.String(required=True, validate=validate.OneOf(sorted(CATALOGUE)))
    retry = fields.Boolean(required=True)
    errors = fields.Dict()
    kept = fields.Dict()
    stored = fields.Boolean()
    opens_at = fields.String()
    current = fields.Dict()
    by = fields.String(allow_none=True)
    failing = fields.List(fields.String())
