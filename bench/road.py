"""The road between browser and server: nginx with TLS and HTTP/2, and before it a link as slow as asked.

Owns both. The link is one for all connections, pages and workers alike, so that nothing gets past it;
it delays and paces bytes, and adds nothing to a handshake of TCP. nginx comes from Debian:
`apt-get install nginx-light`.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import os
import shutil
import subprocess
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from app.adapters.certificates import Certificate, certificate_for
from bench.machine import free_port

CHUNK = 4096
QUEUE_S = 0.1
NGINX = """
daemon off; {user} pid {folder}/nginx.pid; error_log stderr crit; worker_processes 1;
events {{}}
http {{
  access_log off; client_max_body_size 9m; client_body_buffer_size 512k;
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/f;
  uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
  upstream app {{ server 127.0.0.1:{app}; keepalive 16; }}
  server {{
    listen 127.0.0.1:{port} ssl http2;
    ssl_certificate {chain}; ssl_certificate_key {key};
    location / {{
      proxy_pass http://app; proxy_http_version 1.1;
      proxy_set_header Connection ""; proxy_set_header Host $http_host;
      proxy_set_header X-Forwarded-For $remote_addr; proxy_set_header X-Forwarded-Proto $scheme;
      proxy_set_header X-Forwarded-Host $http_host;
    }}
  }}
}}
"""


@dataclass
class Lane:
    """One direction of the link: half its delay, and a pace that all connections share."""

    delay_s: float = 0
    bytes_per_s: float = 0
    _free_at: float = 0

    async def carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Everything from reader to writer, in order, not before its time."""
        queue: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()
        leaving = asyncio.create_task(self._deliver(queue, writer))
        with suppress(ConnectionError):
            while data := await reader.read(CHUNK):
                now = time.monotonic()
                start = max(now, self._free_at)
                self._free_at = start + (len(data) / self.bytes_per_s if self.bytes_per_s else 0)
                queue.put_nowait((self._free_at + self.delay_s, data))
                if self._free_at - now > QUEUE_S:
                    await asyncio.sleep(self._free_at - now - QUEUE_S)
        queue.put_nowait((time.monotonic() + self.delay_s, b""))
        await leaving

    @staticmethod
    async def _deliver(queue: asyncio.Queue[tuple[float, bytes]], writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError):
            while True:
                due, data = await queue.get()
                if (wait := due - time.monotonic()) > 0:
                    await asyncio.sleep(wait)
                if not data:
                    break
                writer.write(data)
                await writer.drain()
        writer.close()


@dataclass
class Road:
    """A running road to the app on `app_port`; `port` is what browsers open."""

    folder: Path
    app_port: int
    port: int = field(default_factory=free_port)
    down: Lane = field(default_factory=Lane)
    up: Lane = field(default_factory=Lane)
    _loop: asyncio.AbstractEventLoop = field(default_factory=asyncio.new_event_loop)

    @property
    def url(self) -> str:
        return f"https://localhost:{self.port}"

    def start(self) -> None:
        program = shutil.which("nginx", path="/usr/sbin:/usr/bin")
        if program is None:
            raise SystemExit("bench phone needs nginx: apt-get install nginx-light")
        self.certificate: Certificate = certificate_for("127.0.0.1", self.folder)
        self._inner = free_port()
        user = "user root;" if os.geteuid() == 0 else ""
        names = {"user": user, "app": self.app_port, "port": self._inner, "folder": self.folder}
        paths = {"chain": self.certificate.chain, "key": self.certificate.key}
        config = self.folder / "nginx.conf"
        config.write_text(NGINX.format(**names, **paths))
        self._nginx = subprocess.Popen([program, "-c", str(config), "-e", "stderr"])
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def slow(self, round_trip_ms: float = 0, down_mbit: float = 0, up_mbit: float = 0) -> None:
        """Set the link; 0 is no limit."""
        for lane, mbit in ((self.down, down_mbit), (self.up, up_mbit)):
            lane.delay_s, lane.bytes_per_s = round_trip_ms / 2000, mbit * 1e6 / 8

    def pin_hash(self) -> str:
        """The certificate's key as Chromium's --ignore-certificate-errors-spki-list names it."""
        own = x509.load_pem_x509_certificate(self.certificate.chain.read_bytes())
        key = own.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        return base64.b64encode(hashlib.sha256(key).digest()).decode()

    def stop(self) -> None:
        asyncio.run_coroutine_threadsafe(self._cut(), self._loop).result(5)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)
        self._nginx.terminate()
        self._nginx.wait(10)

    @staticmethod
    async def _cut() -> None:
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(asyncio.start_server(self._connect, "127.0.0.1", self.port))
        self._loop.run_forever()

    async def _connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        inner_reader, inner_writer = await asyncio.open_connection("127.0.0.1", self._inner)
        there = self.up.carry(reader, inner_writer)
        back = self.down.carry(inner_reader, writer)
        with suppress(ConnectionError, asyncio.CancelledError):
            await asyncio.gather(there, back)
