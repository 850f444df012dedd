"""The API: flask-smorest, thinly, with our own problems in our own words."""

from __future__ import annotations

from typing import Any

import flask_smorest
from flask import Flask, Response
from werkzeug.exceptions import HTTPException
from werkzeug.routing import BaseConverter

from app.schemas.problem import ProblemSchema
from app.web.errors import answer, problem_of_http


class Sha256Converter(BaseConverter):
    """A SHA-256 in an address: 64 lower-case hex digits."""

    regex = "[0-9a-f]{64}"


class Api(flask_smorest.Api):  # type: ignore[misc]  # flask-smorest is untyped
    """flask-smorest with RFC 9457 problems, in answers and in the document."""

    ERROR_SCHEMA = ProblemSchema
    DEFAULT_ERROR_RESPONSE_NAME = "Problem"

    def _register_error_handlers(self) -> None:
        """Errors are registered for the whole application (web.errors)."""

    def handle_http_exception(self, error: HTTPException) -> Response:
        return answer(problem_of_http(error))

    def _register_responses(self) -> None:
        schema = {"$ref": "#/components/schemas/Problem"}
        self.spec.components.schema("Problem", schema=ProblemSchema)
        content = {"application/problem+json": {"schema": schema}}
        response: dict[str, Any] = {"description": "A problem from the catalogue.", "content": content}
        for name in ("Problem", "UNPROCESSABLE_ENTITY"):  # the second is the library's word for bad arguments
            self.spec.components.response(name, response)


def init_api(app: Flask) -> None:
    from app.web.api import docs, feed, health, join, photos, pins, ratings, walks
    from app.web.desk import api as desk_api
    from app.web.desk import issues, plan_api, redactions, watch

    app.config.update(
        API_TITLE="Trygga steg",
        API_VERSION="1",
        OPENAPI_VERSION="3.1.0",
        OPENAPI_JSON_PATH="/api/openapi.json",
        OPENAPI_URL_PREFIX="/",
    )
    app.url_map.converters["sha256"] = Sha256Converter
    api = Api(app)
    api.register_converter(
        Sha256Converter, lambda _converter: {"type": "string", "pattern": "^[0-9a-f]{64}$"}
    )
    for part in (join, walks, pins, photos, ratings, feed, desk_api, watch, plan_api, issues, redactions):
        api.register_blueprint(part.bp)
    app.register_blueprint(health.bp)
    app.register_blueprint(docs.bp)
