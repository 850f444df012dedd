"""The chaos proxy itself, between a plain client and a plain server."""

from __future__ import annotations

import http.client
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from tests.chaos.proxy import (
    ChaosProxy,
    captive_portal,
    change_answer,
    cut_answer,
    cut_request,
    duplicate,
    hold,
    swallow_answer,
    unreachable,
)

BROKEN = (ConnectionError, http.client.HTTPException)


class Echo(BaseHTTPRequestHandler):
    """Answers with the body it got, and remembers it."""

    protocol_version = "HTTP/1.1"
    got: list[bytes]

    def do_PUT(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.got.append(body)
        self.send_response(201)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        self.wfile.write(b"5\r\nhello\r\n6;x=1\r\n world\r\n0\r\n\r\n")

    def log_message(self, format: str, *args: Any) -> None:
        """Quiet."""


@pytest.fixture
def got() -> list[bytes]:
    return []


@pytest.fixture
def proxy(got: list[bytes], proxy_factory: Callable[..., ChaosProxy]) -> Iterator[ChaosProxy]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("ThisEcho", (Echo,), {"got": got}))
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield proxy_factory(server.server_address[1])
    server.shutdown()
    thread.join()
    server.server_close()


def put(proxy: ChaosProxy, body: bytes = b"a pin") -> tuple[int, bytes]:
    return ask(proxy, "PUT", body)


def ask(proxy: ChaosProxy, method: str, body: bytes | None = None) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", proxy.port, timeout=10)
    try:
        connection.request(method, "/pins/1", body=body)
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def test_it_passes_everything_without_a_rule(proxy: ChaosProxy, got: list[bytes]) -> None:
    body = bytes(range(256)) * 4000
    assert put(proxy, body) == (201, body)
    assert ask(proxy, "GET") == (200, b"hello world")
    assert got == [body]
    assert [one.status for one in proxy.seen("PUT", "/pins/")] == [201]


def test_it_swallows_an_answer_once(proxy: ChaosProxy, got: list[bytes]) -> None:
    proxy.on("PUT", "/pins/", swallow_answer(), times=1)
    with pytest.raises(BROKEN):
        put(proxy)
    assert got == [b"a pin"]
    assert put(proxy)[0] == 201


def test_it_cuts_the_answer(proxy: ChaosProxy) -> None:
    proxy.on("PUT", "", cut_answer(2))
    with pytest.raises(BROKEN):
        put(proxy)


def test_it_cuts_the_request(proxy: ChaosProxy, got: list[bytes]) -> None:
    proxy.on("PUT", "", cut_request(2), times=1)
    with pytest.raises(BROKEN):
        put(proxy)
    assert put(proxy, b"whole") == (201, b"whole")
    assert b"a pin" not in got


def test_it_sends_twice(proxy: ChaosProxy, got: list[bytes]) -> None:
    proxy.on("PUT", "", duplicate())
    assert put(proxy) == (201, b"a pin")
    assert got == [b"a pin", b"a pin"]


def test_it_answers_as_a_portal_without_asking(proxy: ChaosProxy, got: list[bytes]) -> None:
    proxy.on("*", "", captive_portal())
    status, body = put(proxy)
    assert (status, got) == (200, [])
    assert b"<html" in body or b"<title>" in body


def test_it_changes_a_proof(proxy: ChaosProxy) -> None:
    proxy.on("PUT", "", change_answer(lambda body: body.replace(b"pin", b"pan")))
    assert put(proxy) == (201, b"a pan")


def test_it_loses_a_request(proxy: ChaosProxy, got: list[bytes]) -> None:
    proxy.on("PUT", "", unreachable())
    with pytest.raises(BROKEN):
        put(proxy)
    assert got == []


def test_it_holds_an_exchange_until_told(proxy: ChaosProxy, got: list[bytes]) -> None:
    gate = threading.Event()
    proxy.on("PUT", "", hold(gate))
    answers: list[tuple[int, bytes]] = []
    client = threading.Thread(target=lambda: answers.append(put(proxy)))
    client.start()
    assert got == []
    gate.set()
    client.join(10)
    assert answers == [(201, b"a pin")]


def test_it_goes_down_and_comes_back_on_the_same_port(proxy: ChaosProxy) -> None:
    port = proxy.port
    proxy.down()
    with pytest.raises(ConnectionError):
        put(proxy)
    proxy.up()
    assert proxy.port == port
    assert put(proxy)[0] == 201
