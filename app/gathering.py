"""Requests are gathered whole before a thread is given to them: who sends slowly holds up nobody.

Owns what a connection has sent so far, until it is a request. The library's worker gives a thread to every
connection at its first byte, and there are four: eight phones on a thin network, or one bad neighbour with
half-open uploads, would be all that a server does. Promises that a thread is used only for what has come,
and that what does not come in time, or would take too much memory, is cut off. A proxy that buffers in
front does the same; nobody has to have one.

Does not gather TLS of our own (development), nor a body that is too large to be taken: it is refused at once.
"""

from __future__ import annotations

import os
import re
import selectors
import time
from contextlib import suppress
from functools import partial
from typing import Any

from gunicorn import http
from gunicorn.workers.gthread import TConn, ThreadWorker

from app.rules.photos import MAX_UPLOAD_BYTES

AT_ONCE_BYTES = 256 * 1024
HEAD_BYTES = 64 * 1024
SILENT_S = 20.0
"""A phone without coverage for longer begins again by itself."""
STOPPING_S = 2.0
LONGEST_S = 300.0
MOST_BYTES = 64 * 1024 * 1024
"""Of all that is gathered in one process; beyond it, who has been at it longest is cut off."""
END = b"\r\n\r\n"
LENGTH = re.compile(rb"\r\ncontent-length:[ \t]*(\d{1,18})[ \t]*\r\n", re.IGNORECASE)
CHUNKED = re.compile(rb"\r\ntransfer-encoding:", re.IGNORECASE)
EXPECTS = re.compile(rb"\r\nexpect:[ \t]*100-continue[ \t]*\r\n", re.IGNORECASE)
CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
LAST_CHUNK = b"0\r\n\r\n"


class Gathered:
    """What one connection has sent of its next request."""

    def __init__(self) -> None:
        self.data = bytearray()
        self.began_at = self.heard_at = time.monotonic()
        self._whole: int | None = None
        self._is_chunked = False
        self.expects_more = False

    def add(self, data: bytes) -> None:
        self.data += data
        self.heard_at = time.monotonic()
        if self._whole is None and not self._is_chunked and (end := self.data.find(END)) >= 0:
            self._read_head(bytes(self.data[: end + 2]), end + len(END))

    def _read_head(self, head: bytes, length: int) -> None:
        self.expects_more = EXPECTS.search(head) is not None
        self._is_chunked = CHUNKED.search(head) is not None
        told = LENGTH.search(head)
        body = int(told[1]) if told else 0
        self._whole = length if body > MAX_UPLOAD_BYTES else length + body

    @property
    def is_whole(self) -> bool:
        """Whether a thread has all that it needs, if only to say what is wrong with it."""
        if self._is_chunked:
            return self.data.endswith(LAST_CHUNK) or len(self.data) > MAX_UPLOAD_BYTES
        if self._whole is None:
            return len(self.data) > HEAD_BYTES
        return len(self.data) >= self._whole


class Replayed:
    """A socket that first says again what has been gathered; the library reads a request from it."""

    def __init__(self, sock: Any, data: bytearray) -> None:
        self._sock = sock
        self._rest = memoryview(data)
        self.gettimeout, self.settimeout = sock.gettimeout, sock.settimeout

    def recv(self, size: int) -> bytes:
        if not self._rest:
            return bytes(self._sock.recv(size))
        said, self._rest = self._rest[:size], self._rest[size:]
        return bytes(said)

    def take_rest(self) -> bytes:
        """What has been gathered and not read: the beginning of the next request."""
        rest, self._rest = bytes(self._rest), self._rest[:0]
        return rest


class GatheringWorker(ThreadWorker):  # type: ignore[misc]  # gunicorn is untyped
    """gunicorn's thread worker, whose threads are given whole requests."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._gathering: dict[Any, Gathered] = {}
        self._handed_over: dict[Any, int] = {}

    def enqueue_req(self, conn: TConn) -> None:
        """A connection may have something to say: hear it out, then submit it."""
        if self.cfg.is_ssl or conn.is_http2:
            self.submit(conn)
            return
        conn.sock.setblocking(False)
        gathered = self._gathering[conn] = Gathered()
        self.poller.register(conn.sock, selectors.EVENT_READ, partial(self._hear, conn))
        if conn.parser and (ahead := conn.parser.unreader.take_buffered()):
            gathered.add(ahead)
        if not self._hand_over_if_whole(conn):
            self._hear(conn)

    def submit(self, conn: TConn) -> None:
        """Give it a thread."""
        super().enqueue_req(conn)

    def finish_request(self, conn: TConn, fs: Any) -> None:
        if self._handed_over.pop(conn, 0):
            ahead = conn.parser.unreader.buf
            ahead.seek(0, os.SEEK_END)
            ahead.write(conn.parser.unreader.sock.take_rest())
            conn.parser.unreader.sock = conn.sock
        super().finish_request(conn, fs)

    def _hear(self, conn: TConn, _sock: Any = None) -> None:
        try:
            data = conn.sock.recv(AT_ONCE_BYTES)
        except (BlockingIOError, InterruptedError):
            return
        except OSError:
            data = b""
        if not data:
            self._cut_off(conn)
            return
        gathered = self._gathering[conn]
        gathered.add(data)
        if self._hand_over_if_whole(conn):
            return
        if gathered.expects_more:
            gathered.expects_more = False
            with suppress(OSError):  # whoever is gone is heard of at the next reading
                conn.sock.send(CONTINUE)
        if self._bytes_held() > MOST_BYTES:
            self._cut_off(min(self._gathering, key=lambda each: self._gathering[each].began_at))

    def _hand_over_if_whole(self, conn: TConn) -> bool:
        gathered = self._gathering[conn]
        if not gathered.is_whole:
            return False
        self._stop_hearing(conn)
        if conn.parser is None:
            conn.parser = http.get_parser(conn.cfg, conn.sock, conn.client)
        conn.initialized = True
        conn.parser.unreader.sock = Replayed(conn.sock, gathered.data)
        self._handed_over[conn] = len(gathered.data)
        self.submit(conn)
        return True

    def _bytes_held(self) -> int:
        return sum(len(each.data) for each in self._gathering.values()) + sum(self._handed_over.values())

    def _stop_hearing(self, conn: TConn) -> None:
        self.poller.unregister(conn.sock)
        del self._gathering[conn]

    def _cut_off(self, conn: TConn) -> None:
        self._stop_hearing(conn)
        self.nr_conns -= 1
        conn.close()

    def murder_pending(self) -> None:
        """Called about once a second: cut off who has been silent or slow for too long."""
        super().murder_pending()
        now, silent = time.monotonic(), SILENT_S if self.alive else STOPPING_S
        for conn, gathered in list(self._gathering.items()):
            if now - gathered.heard_at > silent or now - gathered.began_at > LONGEST_S:
                self._cut_off(conn)
