"""Bodies that nobody read: a browser sends a whole request before it listens to the answer.

Owns hearing it out. A server that closes with bytes unread makes the kernel reset the connection,
which overtakes the answer: the phone would see "no network" where we said why, and try for ever.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any, BinaryIO

from werkzeug.wsgi import ClosingIterator

from app.rules.photos import MAX_UPLOAD_BYTES

HEARD_BYTES = 3 * MAX_UPLOAD_BYTES
HEARD_S = 30
"""Who sends more than three of the largest photos, or trickles for longer, is cut off."""
CHUNK_BYTES = 16 * 1024

Application = Callable[[dict[str, Any], Any], Iterable[bytes]]


def heard_out(application: Application) -> Application:
    """`application`, after whose answers to PUT, POST and the like the rest of the body is read away."""

    def heard(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        answer = application(environ, start_response)
        if environ["REQUEST_METHOD"] in ("GET", "HEAD"):
            return answer
        return ClosingIterator(answer, lambda: read_away(environ["wsgi.input"]))

    return heard


def read_away(body: BinaryIO) -> None:
    """Read what is left, within HEARD_BYTES and HEARD_S. A body that breaks off is no concern any more."""
    left, end = HEARD_BYTES, time.monotonic() + HEARD_S
    with suppress(OSError):
        while left > 0 and time.monotonic() < end and (chunk := body.read(CHUNK_BYTES)):
            left -= len(chunk)
