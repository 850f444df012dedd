"""After a restore: how long until phones have refilled what yesterday's backup did not know.

Twenty phones with a hundred pins and their photos; half of the phones joined after the backup was made, so
the restored server has forgotten them too.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.client import Answer, Client
from bench.herd import Load, make_load
from bench.machine import ROOT, Server, start_app
from bench.walks import make_walk

PHONES, PINS = 20, 5
GOAL_S = 300
LIMIT_S = 900
POLL_S = 0.25
FLASK = (sys.executable, "-m", "flask", "--app", "app")


@dataclass
class Phone:
    """One phone on the wire, as the app behaves: it keeps what was proved until a backup holds it."""

    client: Client
    walk: str
    rejoin: str
    epoch: str
    load: Load

    async def send(self, lacking: dict[str, list[str]] | None = None) -> None:
        """Send all, or what is lacking: words first, then pictures."""
        for pin, body in self.load.pins:
            if lacking is None or pin in lacking["pins"]:
                await self._put(f"pins/{pin}", body, "application/json")
        for sha256, data in self.load.photos:
            if lacking is None or sha256 in lacking["photos"]:
                await self._put(f"photos/{sha256}", data, "image/jpeg")

    async def heal(self) -> int:
        """Notice the restored server, ask what it lacks, and send that. How many things."""
        page = await self._feed(f"epoch={self.epoch}&after=1")
        if page["epoch"] == self.epoch:
            raise SystemExit("the server has not been restored")
        held = {
            "pins": [{"id": pin, "rev": 1, "sha256": _hash(body)} for pin, body in self.load.pins],
            "photos": [sha256 for sha256, _data in self.load.photos],
        }
        answer = await self._ask("POST", "missing", json.dumps(held).encode())
        lacking: dict[str, list[str]] = answer.json()
        await self.send(lacking)
        return len(lacking["pins"]) + len(lacking["photos"])

    async def until_shown(self) -> None:
        """Until the feed has every own pin with its picture, encoded anew."""
        end = time.perf_counter() + LIMIT_S
        while time.perf_counter() < end:
            items = (await self._feed("after=0&limit=500"))["items"]
            if sum(len(item["photos"]) for item in items if item.get("mine")) == len(self.load.photos):
                return
            await asyncio.sleep(POLL_S)
        raise SystemExit(f"after {LIMIT_S} s something is still lacking")

    async def _feed(self, query: str) -> Any:
        return (await self._ask("GET", f"changes?{query}")).json()

    async def _put(self, path: str, body: bytes, kind: str) -> None:
        await self._ask("PUT", path, body, kind)

    async def _ask(self, method: str, path: str, body: bytes = b"", kind: str = "application/json") -> Answer:
        """Ask until it is answered; one whose token is unknown comes back with its capability."""
        while True:
            answer = await self.client.ask(method, f"/api/walks/{self.walk}/{path}", body, kind)
            if answer.status == 401:
                await self._come_back()
            elif answer.status in (429, 503):
                await asyncio.sleep(float(answer.headers.get("retry-after", "1")))
            elif answer.status < 300:
                return answer
            else:
                raise SystemExit(f"{method} {path}: {answer.status} {answer.body[:200]!r}")

    async def _come_back(self) -> None:
        held = json.dumps({"rejoin": self.rejoin}).encode()
        answer = await self.client.ask("POST", f"/api/walks/{self.walk}/rejoin", held)
        if answer.status != 200:
            raise SystemExit(f"rejoin: {answer.status} {answer.body[:200]!r}")
        self.client.cookie = answer.headers["set-cookie"].split(";")[0]


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        server = start_app(Path(folder), worker=True)
        try:
            print(asyncio.run(_drill(server)))
        finally:
            server.stop()


async def _drill(server: Server) -> str:
    code = make_walk(server).code
    phones = [await _joined(server, code, number) for number in range(PHONES // 2)]
    _flask(server, "backup", "create")
    phones += [await _joined(server, code, number) for number in range(PHONES // 2, PHONES)]
    await asyncio.gather(*(phone.send() for phone in phones))
    begun = time.perf_counter()
    _flask(server, "backup", "restore", "--yes")
    restored = time.perf_counter()
    sent = sum(await asyncio.gather(*(phone.heal() for phone in phones)))
    healed = time.perf_counter()
    await asyncio.gather(*(phone.until_shown() for phone in phones))
    shown = time.perf_counter()
    told = f"restore {restored - begun:.1f} s, {sent} of {2 * PHONES * PINS} things sent again"
    return f"{told} in {healed - restored:.1f} s, all shown after {shown - restored:.1f} s (<= {GOAL_S})"


async def _joined(server: Server, code: str, number: int) -> Phone:
    client = Client(server.port)
    answer = await client.ask("POST", "/api/join", json.dumps({"code": code}).encode())
    said = answer.json()
    client.cookie = answer.headers["set-cookie"].split(";")[0]
    return Phone(client, said["walk_id"], said["rejoin"], said["epoch"], make_load(number, PINS))


def _flask(server: Server, *words: str) -> None:
    subprocess.run([*FLASK, *words], cwd=ROOT, env=server.env, check=True, stdout=subprocess.DEVNULL)


def _hash(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()
