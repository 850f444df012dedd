"""Sending our own encodings of photos: authorised by the caller, never redirected to a store."""

from __future__ import annotations

from typing import Any

from flask import Response, request, send_file

from app.adapters.photo_store import LocalStore, NotFound, PhotoStore
from app.operations.photos import photo_store
from app.problems import Problem


def send_encoding(encoding: Any) -> Response:
    """The picture with an ETag; it may be kept by this browser but is asked for each time.

    Raises Problem(not_found) for one that was redacted or purged while it was being asked for.
    """
    store = photo_store()
    if encoding.stored_sha256 in request.if_none_match:
        response = Response(status=304)
    else:
        response = _picture(store, encoding.key)
    response.set_etag(encoding.stored_sha256)
    response.headers["Cache-Control"] = "private, no-cache"
    response.headers["Content-Disposition"] = "inline; filename=photo.jpg"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


def send_once(data: bytes) -> Response:
    """A picture of ours that was made for this look alone and is kept by nobody."""
    response = Response(data, mimetype="image/jpeg", headers={"Cache-Control": "no-store"})
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


def _picture(store: PhotoStore, key: str) -> Response:
    try:
        if isinstance(store, LocalStore):
            return send_file(store.path(key), mimetype="image/jpeg", conditional=False, etag=False)
        return Response(store.read(key), mimetype="image/jpeg")
    except (NotFound, FileNotFoundError) as gone:
        raise Problem("not_found") from gone
