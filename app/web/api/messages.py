"""JSON as it comes in: read once, strictly, before any schema looks at it.

Owns the blueprint of our API, whose arguments are read by a stricter parser than the library's: NaN
and Infinity are no JSON, nor are numbers of thousands of digits or lists nested without end, and a
body of another type is said to be one instead of counting as empty.
"""

from __future__ import annotations

import json
from typing import Any, NoReturn

import flask_smorest
from flask import Request
from webargs.core import missing
from webargs.flaskparser import FlaskParser

from app.problems import Problem


class MessageParser(FlaskParser):
    """webargs, with our reading of JSON."""

    def _raw_load_json(self, req: Request) -> Any:
        data = req.get_data(cache=True)
        if not data:
            return missing
        if len(data) == req.max_content_length and req.content_length is None:
            # A body without a length is cut off in silence where the limit is.
            raise Problem("too_large")
        if not req.is_json:
            raise Problem("unsupported_type")
        try:
            return json.loads(data.decode("utf-8"), parse_constant=_refuse)
        except (ValueError, RecursionError):
            raise Problem("malformed_json") from None


class Blueprint(flask_smorest.Blueprint):  # type: ignore[misc]  # flask-smorest is untyped
    """A part of the API. Its schemas are built once and not, as the library would, per request."""

    ARGUMENTS_PARSER = MessageParser()

    def arguments(self, schema: Any, **options: Any) -> Any:
        return super().arguments(schema() if isinstance(schema, type) else schema, **options)


def _refuse(constant: str) -> NoReturn:
    raise ValueError(constant)
