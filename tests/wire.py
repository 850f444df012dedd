"""Plain HTTP to a server process: every byte as the test says, nothing added by a browser.

Owns one request per connection. Bodies may be bytes, or an iterable that is sent in chunks without a
length.
"""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from app.web.auth import COOKIE
from tests.builders import a_pin, encoded, sha256
from tests.cast import JSON, Phone


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def code(self) -> str | None:
        """The problem's code, if it is one of ours."""
        return self.json["code"] if "problem+json" in self.headers.get("Content-Type", "") else None


def ask(
    port: int,
    method: str,
    path: str,
    body: bytes | Iterable[bytes] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Answer:
    """One request to 127.0.0.1, as `localhost` unless `headers` name another Host."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    wanted = {"Host": f"localhost:{port}"} | dict(headers or {})
    chunked = body is not None and not isinstance(body, bytes)
    try:
        connection.request(method, path, body=body, headers=wanted, encode_chunked=chunked)
        got = connection.getresponse()
        return Answer(got.status, dict(got.getheaders()), got.read())
    finally:
        connection.close()


@dataclass(frozen=True)
class Wire:
    """A phone of the cast, on a real server."""

    phone: Phone
    port: int

    def put(self, path: str, body: bytes | Iterable[bytes], kind: str, **more: str) -> Answer:
        headers = {"Cookie": f"{COOKIE}={self.phone.token}", "Content-Type": kind}
        return ask(self.port, "PUT", path, body, headers | more)

    def get(self, path: str, **more: str) -> Answer:
        return ask(self.port, "GET", path, headers={"Cookie": f"{COOKIE}={self.phone.token}", **more})

    def put_pin(self, pin_id: object, **fields: Any) -> Answer:
        return self.put(self.phone.url("pins", pin_id), encoded(a_pin(**fields)), JSON)

    def put_photo(self, data: bytes, **more: str) -> Answer:
        return self.put(self.phone.url("photos", sha256(data)), data, "image/jpeg", **more)
