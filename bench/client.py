"""A small HTTP/1.1 client on asyncio: one connection per device, bytes counted, answers read whole."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Client:
    """One keep-alive connection to `port`; `cookie` goes with every request."""

    port: int
    cookie: str = ""
    sent: int = 0
    _streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = field(default=None, repr=False)

    async def ask(
        self, method: str, path: str, body: bytes = b"", kind: str = "application/json", **headers: str
    ) -> Answer:
        for attempt in (0, 1):
            try:
                return await self._once(method, path, body, kind, headers)
            except (ConnectionError, asyncio.IncompleteReadError):
                self._streams = None
                if attempt:
                    raise
        raise AssertionError

    def hang_up(self) -> None:
        """Close the connection; the next request makes a new one."""
        if self._streams is not None:
            self._streams[1].close()
            self._streams = None

    async def _once(self, method: str, path: str, body: bytes, kind: str, headers: dict[str, str]) -> Answer:
        if self._streams is None:
            self._streams = await asyncio.open_connection("127.0.0.1", self.port)
        reader, writer = self._streams
        lines = [f"{method} {path} HTTP/1.1", "Host: localhost", f"Content-Length: {len(body)}"]
        lines += [f"Content-Type: {kind}"] if body else []
        lines += [f"Cookie: {self.cookie}"] if self.cookie else []
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        writer.write("\r\n".join([*lines, "", ""]).encode())
        writer.write(body)
        self.sent += len(body)
        await writer.drain()
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        found = {}
        for line in head[1:]:
            name, _, value = line.partition(": ")
            found.setdefault(name.lower(), value)
        length = int(found.get("content-length", "0"))
        answer = Answer(int(head[0].split()[1]), found, await reader.readexactly(length) if length else b"")
        if found.get("connection", "").lower() == "close":
            self.hang_up()
        return answer
