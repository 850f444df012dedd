"""Sending our own encodings of photos: authorised by the caller, never redirected to a store."""

from __future__ import annotations

from typing import Any

from flask import Response, request, send_file

from app.adapters.photo_store import LocalStore
from app.operations.photos import photo_store


def send_encoding(encoding: Any) -> Response:
    """The picture with an ETag; it may be kept by this browser but is asked for each time."""
    store = photo_store()
    if encoding.stored_sha256 in request.if_none_match:
        response = Response(status=304)
    elif isinstance(store, LocalStore):
        response = send_file(store.path(encoding.key), mimetype="image/jpeg", conditional=False, etag=False)
    else:
        response = Response(store.read(encoding.key), mimetype="image/jpeg")
    response.set_etag(encoding.stored_sha256)
    response.headers["Cache-Control"] = "private, no-cache"
    response.headers["Content-Disposition"] = "inline; filename=photo.jpg"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
