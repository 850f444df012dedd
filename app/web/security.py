"""The outer wall: hosts, cross-site requests, body forms and the headers of every answer.

Owns what holds for all routes alike. Who may see what is decided elsewhere (auth, rules.access).
"""

from __future__ import annotations

from typing import Any, NoReturn
from urllib.parse import SplitResult, urlsplit

from flask import Flask, Request, Response, current_app, request

from app.build import inline_hash
from app.problems import Problem
from app.rules.rescue import LARGEST_FILE
from app.rules.tables import MAX_FILE_BYTES

CSP = (
    f"default-src 'none'; script-src 'self'; style-src 'self' '{inline_hash()}'; img-src 'self' data: blob:; "
    "connect-src 'self'; worker-src 'self'; manifest-src 'self'; media-src 'self' blob:; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": CSP,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "credentialless",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(self), geolocation=(self), microphone=()",
}
HSTS = "max-age=31536000; includeSubDomains"
SAFE = {"GET", "HEAD", "OPTIONS"}
JSON_LIMIT = 256 * 1024
FILE_LIMITS = {
    "desk_imports.bring": MAX_FILE_BYTES + JSON_LIMIT,
    "desk_rescue.bring": LARGEST_FILE + JSON_LIMIT,
}
"""Forms that carry a file; what is not the file itself stays below JSON_LIMIT (MAX_FORM_MEMORY_SIZE)."""


class OurRequest(Request):
    """A request whose JSON only our API reads, strictly (api.messages); no page and no library does."""

    def get_json(self, *_how: Any, **_more: Any) -> NoReturn:
        raise Problem("unsupported_type")


def init_security(app: Flask) -> None:
    app.request_class = OurRequest
    app.before_request(refuse_unknown_host)
    app.before_request(refuse_cross_site)
    app.before_request(refuse_strange_bodies)
    app.after_request(add_headers)


def security_headers(is_https: bool) -> dict[str, str]:
    """Headers for every answer, static files included."""
    return HEADERS | ({"Strict-Transport-Security": HSTS} if is_https else {})


def refuse_unknown_host() -> None:
    """Links and cookies belong to our own names only; health checks answer any probe."""
    if request.path in ("/healthz", "/readyz"):
        return
    host = _parts(f"//{request.headers.get('Host', '')}").hostname
    if host not in current_app.config["SETTINGS"].allowed_hosts:
        raise Problem("unknown_host")


def refuse_cross_site() -> None:
    """No tokens: the browser itself says where a request comes from.

    A queued upload may be days old, so a token would be stale. Sec-Fetch-Site is asked first, then
    Origin; a client that sends neither is no browser and carries no one's cookies by mistake.
    """
    if request.method in SAFE:
        return
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        if site not in ("same-origin", "none"):
            raise Problem("cross_site")
        return
    origin = request.headers.get("Origin")
    if origin is not None and _parts(origin).netloc != request.host:
        raise Problem("cross_site")


def _parts(address: str) -> SplitResult:
    """What an address from outside is made of; of what is no address, nothing."""
    try:
        return urlsplit(address)
    except ValueError:
        return urlsplit("")


def refuse_strange_bodies() -> None:
    """Compressed bodies are refused, and JSON has a lower limit than photos and files."""
    if request.headers.get("Content-Encoding", "identity") != "identity":
        raise Problem("encoded_body")
    if request.mimetype != "application/octet-stream" and not request.mimetype.startswith("image/"):
        limit = FILE_LIMITS.get(request.endpoint or "", JSON_LIMIT)
        request.max_content_length = limit
        if (request.content_length or 0) > limit:
            raise Problem("too_large")


def add_headers(response: Response) -> Response:
    there = {name for name, _value in response.headers}
    for name, value in security_headers(current_app.config["SETTINGS"].is_https).items():
        if name not in there:
            response.headers.add(name, value)
    if request.path.startswith("/api/"):
        response.headers.setdefault("Cache-Control", "no-store")
    return response
