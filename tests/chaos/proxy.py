"""A bad network between client and server, as an HTTP proxy that does what a test tells it.

    proxy.on("PUT", r"/pins/", swallow_answer(), times=1)

Owns its port, its rules and the record of every exchange. Promises that an exchange without a rule
passes unharmed, byte for byte, and that a rule is spent after `times` exchanges. Speaks one request
per connection; knows nothing of the app.
"""

from __future__ import annotations

import asyncio
import re
import threading
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field

from tests.processes import free_port
from tests.waiting import wait_until

LIMIT = 64 * 1024 * 1024
LONGEST_HOLD_S = 100
PORTAL = b"<!doctype html><title>Free Wi-Fi</title><h1>Welcome! Accept our terms to go on line.</h1>"


@dataclass
class Message:
    """A request or an answer: first line, headers as sent, whole body."""

    first: bytes
    headers: list[tuple[bytes, bytes]]
    body: bytes = b""
    is_head: bool = False
    """An answer to HEAD: it tells the length of a body that it has not."""

    def header(self, name: bytes) -> bytes:
        return next((value for key, value in self.headers if key.lower() == name.lower()), b"")

    def head(self) -> bytes:
        """First line and headers with a true length and no keep-alive."""
        kept = [
            (key, value)
            for key, value in self.headers
            if key.lower() not in (b"connection", b"transfer-encoding", b"content-length", b"keep-alive")
        ]
        if length := self.header(b"content-length"):
            kept.append((b"Content-Length", length if self.is_head else str(len(self.body)).encode()))
        elif self.body:
            kept.append((b"Content-Length", str(len(self.body)).encode()))
        kept.append((b"Connection", b"close"))
        return self.first + b"\r\n" + b"".join(key + b": " + value + b"\r\n" for key, value in kept) + b"\r\n"


@dataclass
class Exchange:
    """One request that came in, and what became of it."""

    method: str
    path: str
    request: Message
    status: int = 0
    reached_server: int = 0
    answer: Message | None = None
    answered: bool = False
    done: bool = False
    began: float = field(default_factory=time.monotonic)


Act = Callable[["Road", Exchange], Awaitable[None]]
Hear = Callable[[Exchange, Message], None]


@dataclass
class Rule:
    method: str
    path: re.Pattern[str]
    act: Act
    left: int
    hits: int = 0


@dataclass
class Road:
    """What a rule may do with one exchange."""

    upstream: int
    client: asyncio.StreamWriter
    gone: bool = field(default=False)
    hear: Hear | None = None

    async def ask(self, exchange: Exchange, only: int | None = None) -> Message | None:
        """Send the request to the server and read its answer; with `only`, so many bytes of the body."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.upstream, limit=LIMIT)
        try:
            writer.write(exchange.request.head() + exchange.request.body[:only])
            await writer.drain()
            exchange.reached_server += 1
            if only is not None:
                return None
            answer = await read_message(reader, answer_to=exchange.method)
            exchange.answer = answer
            exchange.status = int(answer.first.split()[1])
            return answer
        finally:
            writer.close()

    async def tell(self, exchange: Exchange, answer: Message, only: int | None = None) -> None:
        """Give the client the answer; with `only`, so many bytes of its body and then a cut."""
        if self.hear and only is None:
            self.hear(exchange, answer)
        body = b"" if exchange.method == "HEAD" else answer.body[:only]
        self.client.write(answer.head() + body)
        await self.client.drain()
        exchange.answered = only is None

    def cut(self) -> None:
        """Break the client's connection without another byte."""
        self.gone = True
        self.client.transport.abort()


async def read_message(reader: asyncio.StreamReader, answer_to: str = "") -> Message:
    """Read one whole HTTP/1.1 message; raises ConnectionError at an early end."""
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError as error:
        raise ConnectionError("ended before the head") from error
    first, *lines = head[:-4].split(b"\r\n")
    headers = [(key, value.strip()) for key, _, value in (line.partition(b":") for line in lines)]
    message = Message(first, headers, is_head=answer_to == "HEAD")
    if message.is_head or (answer_to and first.split()[1] in (b"204", b"304")):
        return message
    if message.header(b"transfer-encoding").lower() == b"chunked":
        message.body = await _chunks(reader)
    elif length := message.header(b"content-length"):
        message.body = await reader.readexactly(int(length))
    elif answer_to:
        message.body = await reader.read(-1)
    return message


async def _chunks(reader: asyncio.StreamReader) -> bytes:
    body = b""
    while size := int((await reader.readuntil(b"\r\n")).split(b";")[0], 16):
        body += await reader.readexactly(size)
        await reader.readexactly(2)
    await reader.readuntil(b"\r\n")
    return body


class ChaosProxy:
    """The road to the server at `upstream`; runs in a thread of its own."""

    def __init__(self, upstream: int, port: int = 0) -> None:
        self.upstream = upstream
        self.port = port or free_port()
        self.exchanges: list[Exchange] = []
        self.hear: Hear | None = None
        """Called with every answer just before the client gets it whole."""
        self._rules: list[Rule] = []
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="chaos", daemon=True)
        self._server: asyncio.Server | None = None
        self._clients: set[asyncio.StreamWriter] = set()
        self._serving: set[asyncio.Task[None]] = set()

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}"

    def start(self) -> None:
        self._thread.start()
        self.up()

    def stop(self) -> None:
        self.down()
        self._run(self._finish())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    def on(self, method: str, path: str, act: Act, times: int = 1_000_000) -> Rule:
        """Do `act` with the next `times` exchanges of `method` ("*" for any) whose path matches."""
        rule = Rule(method, re.compile(path), act, times)
        self._rules.append(rule)
        return rule

    def only(self, method: str, path: str, act: Act) -> Rule:
        """This rule in place of all others, without a moment between them when everything passes."""
        rule = Rule(method, re.compile(path), act, 1_000_000)
        self._rules[:] = [rule]
        return rule

    def clear(self) -> None:
        """A good network again."""
        self._rules.clear()

    def up(self) -> None:
        """Listen."""
        self._run(self._listen())

    def down(self) -> None:
        """Refuse connections and cut the open ones: no network at all."""
        self._run(self._close())

    def seen(self, method: str, path: str) -> list[Exchange]:
        """The exchanges so far whose method and path match."""
        return [one for one in self.exchanges if one.method == method and re.search(path, one.path)]

    def wait_for(self, method: str, path: str, count: int = 1, seconds: float = 20) -> list[Exchange]:
        """The first `count` finished exchanges that match, as soon as there are so many."""

        def enough() -> list[Exchange]:
            found = [one for one in self.seen(method, path) if one.done]
            return found if len(found) >= count else []

        return wait_until(enough, f"{count} × {method} {path}", seconds)

    def _run(self, what: Awaitable[None]) -> None:
        async def run() -> None:
            await what

        asyncio.run_coroutine_threadsafe(run(), self._loop).result(10)

    async def _listen(self) -> None:
        if self._server is None:
            self._server = await asyncio.start_server(self._accept, "127.0.0.1", self.port, limit=LIMIT)
            self.port = self._server.sockets[0].getsockname()[1]

    async def _close(self) -> None:
        if self._server is not None:
            for listening in self._server.sockets:
                self._loop.remove_reader(listening.fileno())
            # Who is just being let in gets in first: a closed server would leave their socket to nobody.
            await asyncio.sleep(0)
            self._server.close()
            self._server = None
        for client in self._clients:
            client.transport.abort()

    async def _finish(self) -> None:
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
        # A connection that came in as the road was closed has nobody yet who would close it.
        left = list(self._clients)
        for client in left:
            client.transport.abort()
        await asyncio.gather(*(client.wait_closed() for client in left), return_exceptions=True)
        await asyncio.sleep(0)

    def _rule(self, exchange: Exchange) -> Act:
        for rule in self._rules:
            if rule.left and rule.method in ("*", exchange.method) and rule.path.search(exchange.path):
                rule.left -= 1
                rule.hits += 1
                return rule.act
        return passing()

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._clients.add(writer)
        task = self._loop.create_task(self._serve(reader, writer))
        self._serving.add(task)
        task.add_done_callback(self._serving.discard)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            with suppress(ConnectionError, asyncio.IncompleteReadError):
                request = await read_message(reader)
                method, path, _ = request.first.decode("latin-1").split(" ", 2)
                exchange = Exchange(method, path, request)
                self.exchanges.append(exchange)
                try:
                    await self._rule(exchange)(Road(self.upstream, writer, hear=self.hear), exchange)
                finally:
                    exchange.done = True
        finally:
            writer.close()
            with suppress(ConnectionError):
                await writer.wait_closed()
            self._clients.discard(writer)


def passing() -> Act:
    """A good network."""

    async def act(road: Road, exchange: Exchange) -> None:
        answer = await road.ask(exchange)
        if answer:
            await road.tell(exchange, answer)

    return act


def swallow_answer() -> Act:
    """The server has done its work and committed; the client never hears of it."""

    async def act(road: Road, exchange: Exchange) -> None:
        await road.ask(exchange)
        road.cut()

    return act


def cut_answer(after: int) -> Act:
    """The connection breaks `after` bytes into the answer's body."""

    async def act(road: Road, exchange: Exchange) -> None:
        answer = await road.ask(exchange)
        if answer:
            await road.tell(exchange, answer, only=after)
        road.cut()

    return act


def cut_request(after: int) -> Act:
    """The connection breaks when the server has got `after` bytes of the request's body."""

    async def act(road: Road, exchange: Exchange) -> None:
        await road.ask(exchange, only=after)
        road.cut()

    return act


def unreachable() -> Act:
    """The request never arrives."""

    async def act(road: Road, _exchange: Exchange) -> None:
        road.cut()

    return act


def hold(gate: threading.Event, before: bool = True) -> Act:
    """Wait for `gate` before the server is asked, or with before=False after it has answered.

    Not for ever: a test that fails meanwhile must come to its end.
    """

    async def act(road: Road, exchange: Exchange) -> None:
        if before:
            await asyncio.to_thread(gate.wait, LONGEST_HOLD_S)
        answer = await road.ask(exchange)
        if not before:
            await asyncio.to_thread(gate.wait, LONGEST_HOLD_S)
        if answer:
            await road.tell(exchange, answer)

    return act


def duplicate() -> Act:
    """The server gets the request twice, the client the second answer."""

    async def act(road: Road, exchange: Exchange) -> None:
        await road.ask(exchange)
        await passing()(road, exchange)

    return act


def answer_with(status: int, body: bytes, kind: bytes = b"text/html", **headers: str) -> Act:
    """Somebody on the way answers instead of the server."""
    lines = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    told = Message(b"HTTP/1.1 %d Proxy" % status, [(b"Content-Type", kind), *lines], body)

    async def act(road: Road, exchange: Exchange) -> None:
        exchange.status = status
        await road.tell(exchange, told)

    return act


def captive_portal() -> Act:
    """A login page with status 200 instead of the server's answer."""
    return answer_with(200, PORTAL)


def change_answer(change: Callable[[bytes], bytes]) -> Act:
    """The server is asked, and its answer's body told otherwise: a wrong proof, say."""

    async def act(road: Road, exchange: Exchange) -> None:
        answer = await road.ask(exchange)
        if answer:
            await road.tell(exchange, Message(answer.first, answer.headers, change(answer.body)))

    return act
