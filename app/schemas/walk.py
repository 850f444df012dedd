"""Joining, asking what is missing, ratings and the change feed on the wire."""

from __future__ import annotations

from marshmallow import fields, validate

from app.schemas.base import Moment, Sha256, Text, Whole, Wire

MOST_ASKED = 1000


class JoinSchema(Wire):
    code = Text(64, required=True)
    client = Text(40, load_default=None, allow_none=True)


class RejoinSchema(Wire):
    rejoin = Text(128, required=True)


class JoinedSchema(Wire):
    walk_id = fields.UUID(required=True)
    participant_id = fields.UUID(required=True)
    rejoin = fields.String()
    epoch = fields.String(required=True)


class HeldSchema(Wire):
    """A pin or rating that the phone holds: newest revision and hash of its message."""

    id = fields.UUID(required=True)
    rev = Whole(1, 1_000_000, required=True)
    sha256 = Sha256(required=True)


class HeldThingsSchema(Wire):
    pins = fields.List(fields.Nested(HeldSchema), load_default=list, validate=validate.Length(max=MOST_ASKED))
    ratings = fields.List(
        fields.Nested(HeldSchema), load_default=list, validate=validate.Length(max=MOST_ASKED)
    )
    photos = fields.List(Sha256(), load_default=list, validate=validate.Length(max=MOST_ASKED))


class MissingSchema(Wire):
    pins = fields.List(fields.String(), required=True)
    ratings = fields.List(fields.String(), required=True)
    photos = fields.List(fields.String(), required=True)


class ChangesQuerySchema(Wire):
    epoch = Text(32, load_default="")
    after = fields.Integer(load_default=0, validate=validate.Range(0, 2**62))
    limit = fields.Integer(load_default=200, validate=validate.Range(1, 500))


class PhoneChangesQuerySchema(ChangesQuerySchema):
    """What a phone says of itself in passing, for the leader's counts."""

    ready = fields.Boolean(load_default=None, allow_none=True)
    unsent = fields.Integer(load_default=None, allow_none=True, validate=validate.Range(0, 100_000))


class ChangesSchema(Wire):
    epoch = fields.String(required=True)
    seq = fields.Integer(required=True)
    more = fields.Boolean(required=True)
    reset = fields.Boolean()
    backed_up_seq = fields.Integer(required=True)
    walk_state = fields.String(required=True)
    items = fields.List(fields.Dict(), required=True)


class LanguageQuerySchema(Wire):
    lang = Text(35, load_default=None, allow_none=True)


class RatingSchema(Wire):
    client = Text(40, load_default=None, allow_none=True)
    rev = Whole(1, 1_000_000, required=True)
    base_rev = Whole(0, 1_000_000, load_default=None, allow_none=True)
    question_id = fields.UUID(required=True)
    stop_id = fields.UUID(load_default=None, allow_none=True)
    score = Whole(0, 10, load_default=None, allow_none=True)
    text = Text(4000, load_default="")
    made_at = Moment(required=True)


class ReceiptSchema(Wire):
    """How much of a phone's is here now; `waiting` photos are named by its pins and have not come."""

    code = fields.String(required=True)
    pins = fields.Integer(required=True)
    photos = fields.Integer(required=True)
    waiting = fields.Integer(required=True)


class BundleSchema(Wire):
    """The walk bundle; its parts are described in docs/api.md."""

    walk = fields.Dict(required=True)
    area = fields.Dict(required=True)
    route = fields.List(fields.List(fields.Float()), allow_none=True)
    stops = fields.List(fields.Dict(), required=True)
    end_questions = fields.List(fields.Dict(), required=True)
    categories = fields.List(fields.Dict(), required=True)
    groups = fields.List(fields.Dict(), required=True)
    place_types = fields.List(fields.Dict(), required=True)
    kinds = fields.List(fields.Dict(), required=True)
    pack = fields.Dict(allow_none=True)
    participant = fields.Dict(required=True)
    epoch = fields.String(required=True)
    seq = fields.Integer(required=True)
