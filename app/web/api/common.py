"""What several API views share: the message as it came, answers with proof, compression."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, TypeVar

from flask import Response, current_app, request

from app.operations.pins import Message

COMPRESS_FROM = 1000
PROBLEM = {"$ref": "#/components/responses/Problem"}
EVERYWHERE = (421, 503)
WITH_BODY = (400, 507)
View = TypeVar("View", bound=Callable[..., Any])


def now() -> datetime:
    return datetime.now(UTC)


def message(data: Mapping[str, Any]) -> Message:
    """The request's loaded data beside its exact bytes and their hash."""
    body = request.get_data(cache=True)
    return Message(data, body.decode("utf-8"), hashlib.sha256(body).hexdigest())


def problems(bp: Any, *statuses: int) -> Callable[[View], View]:
    """Document the problems that a view can answer with, and those that any view can."""
    every = sorted({*statuses, *EVERYWHERE, *(WITH_BODY if 413 in statuses else ())})
    documented: Callable[[View], View] = bp.doc(responses={str(status): PROBLEM for status in every})
    return documented


def compressed(response: Response) -> Response:
    """gzip a larger answer for those who take it; the ETag is of the plain form."""
    data = response.get_data()
    response.vary.add("Accept-Encoding")
    if len(data) >= COMPRESS_FROM and "gzip" in request.headers.get("Accept-Encoding", ""):
        response.set_data(gzip.compress(data, 5, mtime=0))
        response.headers["Content-Encoding"] = "gzip"
    return response


def json_with_etag(body: dict[str, Any], tag: str) -> Response:
    """JSON that need not be sent again when the reader has it."""
    response = current_app.make_response(body)
    response.set_etag(tag, weak=True)
    response.headers["Cache-Control"] = "private, no-cache"
    response.make_conditional(request)
    return response if response.status_code == 304 else compressed(response)
