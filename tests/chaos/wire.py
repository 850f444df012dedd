"""HTTP as a simulated phone or desk speaks it: one request, one connection, and no exception.

Promises an answer for whatever happens: no network is status 0, as in the app's own `request`. Retries
nothing.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.chaos.proxy import LIMIT, Message, read_message

SECONDS = 4.0
BROKEN = (OSError, EOFError, ValueError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, IndexError)
NETWORK_LOGIN = 511


@dataclass(frozen=True)
class Reply:
    """What came back; status 0 when nothing did."""

    status: int = 0
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    @property
    def is_json(self) -> bool:
        return self.headers.get("content-type", "").partition(";")[0].endswith("json")

    @property
    def data(self) -> Any:
        """The JSON, or None."""
        try:
            return json.loads(self.body) if self.is_json else None
        except ValueError:
            return None

    @property
    def is_good(self) -> bool:
        return 200 <= self.status < 300 and not self.is_portal

    @property
    def is_portal(self) -> bool:
        """Somebody else than the server answered."""
        is_page = 200 <= self.status < 300 and self.status != 204 and not self.is_json
        return 300 <= self.status < 400 or self.status == NETWORK_LOGIN or is_page

    @property
    def problem(self) -> dict[str, Any]:
        """The problem's fields, if the server said one."""
        return self.data if self.status >= 400 and isinstance(self.data, dict) else {}


async def ask(
    port: int, method: str, path: str, body: bytes = b"", kind: str = "application/json", **headers: str
) -> Reply:
    """One request to this machine's `port`; headers' names with _ for -."""
    lines = [f"{method} {path} HTTP/1.1", "Host: localhost", "Connection: close"]
    lines += [f"Content-Length: {len(body)}"] if body or method in ("PUT", "POST") else []
    lines += [f"Content-Type: {kind}"] if body else []
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items() if value]
    try:
        async with asyncio.timeout(SECONDS):
            return _reply(await _exchange(port, method, "\r\n".join([*lines, "", ""]).encode() + body))
    except BROKEN:
        return Reply()


async def _exchange(port: int, method: str, request: bytes) -> Message:
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=LIMIT)
    try:
        writer.write(request)
        await writer.drain()
        return await read_message(reader, answer_to=method)
    finally:
        writer.close()


def _reply(message: Message) -> Reply:
    headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in message.headers}
    return Reply(int(message.first.split()[1]), headers, message.body)


def encoded(body: Any) -> bytes:
    """A message's bytes, written the same way every time."""
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
