"""The phone's figures in real Chromium, over TLS and HTTP/2: first visit, taps, starts, photos, sending.

Prints each as median and worst of its runs with its target. `BENCH_PHONE=join,tap` measures these alone,
`BENCH_ROUNDS` sets how many first visits. Needs nginx (bench/road.py) and a quiet machine; the load is told.
"""

from __future__ import annotations

import base64
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles

from PIL import Image
from playwright.sync_api import Playwright, sync_playwright

from bench.device import SLOW_4G, device
from bench.machine import ROOT, Server, renderer_mb, start_app
from bench.pictures import texture
from bench.road import Road
from bench.walks import MAKE

ROUNDS = int(os.environ.get("BENCH_ROUNDS", "5"))
READING_S = 4
TAPS, STARTS, PHOTOS, PUSHED, LANES = 40, 9, 10, 200, 3
QUEUED, MORE_BYTES, SLOWEST_CPU = 500, 50_000, 6


@dataclass
class Site:
    """A running app behind its road."""

    server: Server
    road: Road

    def walk(self) -> tuple[str, str]:
        """Code and id of a new open walk."""
        command = [sys.executable, "-c", MAKE]
        made = subprocess.run(
            command, cwd=ROOT, env=self.server.env, check=True, capture_output=True, text=True
        )
        code, walk_id = made.stdout.splitlines()[0].split()
        return code, walk_id


@contextmanager
def site() -> Iterator[Site]:
    with tempfile.TemporaryDirectory() as folder:
        road = Road(Path(folder) / "road", 0)
        more = {"PUBLIC_URL": road.url, "PROXY_COUNT": "1"}
        limits = {"ATTEMPTS_PER_ADDRESS": "10000", "ATTEMPTS_IN_ALL": "100000"}
        server = start_app(Path(folder) / "data", **more, **limits)
        try:
            road.app_port = server.port
            road.start()
            try:
                yield Site(server, road)
            finally:
                road.stop()
        finally:
            server.stop()


def tell(name: str, values: list[float], limit: float, unit: str, worst: bool = False) -> None:
    """One line: the figure that counts, the others, the target."""
    p95 = quantiles(values, n=20, method="inclusive")[18] if len(values) > 1 else values[0]
    figure = p95 if worst else median(values)
    load = os.getloadavg()[0]
    kept = "kept" if figure <= limit else "MISSED"
    print(
        f"{name:48} {'p95' if worst else 'median'} {figure:.2f} {unit} (<= {limit:g}, {kept})   best"
        f" {min(values):.2f}  median {median(values):.2f}  worst {max(values):.2f}"
        f"  n {len(values)}  load {load:.1f}",
        flush=True,
    )


def first_visit(playwright: Playwright, here: Site) -> None:
    """The join screen, and from "I understand", read for some seconds or not, to needing no network."""
    code, _ = here.walk()
    painted: list[float] = []
    ready: dict[int, list[float]] = {READING_S: [], 0: []}
    for _ in range(ROUNDS):
        for reading, found in ready.items():
            with device(playwright, here.road) as phone:
                phone.warm()
                here.road.slow(**SLOW_4G)
                phone.slow()
                phone.page.goto(f"{here.road.url}/v/{code}")
                script = "performance.getEntriesByName('first-contentful-paint')[0]?.startTime"
                painted.append(phone.until(script) / 1000)
                phone.page.locator("main .btn--cta").click()
                phone.page.locator("form[action$='/join'] button").wait_for()
                phone.page.wait_for_timeout(reading * 1000)
                phone.page.locator("form[action$='/join'] button").click()
                phone.page.locator(".sum.is-good").wait_for()
                done = phone.until("bench.ready > 0 && bench.ready - sessionStorage.getItem('bench-tap')")
                found.append(done / 1000)
                here.road.slow()
    tell("join screen painted", painted, 1.5, "s")
    tell(f"offline-ready after {READING_S} s of reading", ready[READING_S], 6, "s")
    tell("offline-ready, tapped at once", ready[0], 6, "s")


def taps(playwright: Playwright, here: Site) -> None:
    """From the tile's tap to the pin's transaction being complete."""
    with device(playwright, here.road) as phone:
        phone.join(here.walk()[0])
        phone.run("localStorage.setItem('ts-camera', 'off')")
        phone.page.reload()
        phone.slow()
        found = []
        for _ in range(TAPS):
            phone.page.locator("#new-pin").click()
            phone.page.locator(".tiles [data-code='lighting']").click()
            saved = "bench.commits.find(([at, stores]) => bench.tap && at > bench.tap && /pins/.test(stores))"
            found.append(phone.until(f"{saved}?.[0] - bench.tap"))
            phone.run("bench.tap = 0")
        tell("tile tap to durable pin, 4x", found, 100, "ms", worst=True)


def offline_starts(playwright: Playwright, here: Site) -> None:
    """From opening the address to a button that makes pins, without network."""
    with device(playwright, here.road) as phone:
        home = phone.join(here.walk()[0])
        phone.context.set_offline(True)
        found = []
        for _ in range(STARTS):
            phone.tab()
            phone.slow()
            phone.page.goto(home)
            found.append(phone.until("bench.usable > 0 && bench.usable - performance.timeOrigin") / 1000)
        phone.context.set_offline(False)
        tell("offline warm start to a map that takes pins, 4x", found, 0.9, "s")


def photos(playwright: Playwright, here: Site) -> None:
    """A 12 Mpx picture through the file input, to its bytes in the store."""
    with tempfile.TemporaryDirectory() as folder, device(playwright, here.road) as phone:
        files = [_picture(Path(folder) / f"{number}.jpg", number) for number in range(PHOTOS)]
        phone.join(here.walk()[0])
        phone.run("localStorage.setItem('ts-camera', 'phone')")
        phone.page.reload()
        phone.slow()
        took, blocked = [], []
        for file in files:
            phone.page.locator("#new-pin").click()
            with phone.page.expect_file_chooser() as chooser:
                phone.page.locator(".tiles [data-code='litter']").click()
            phone.page.wait_for_timeout(500)
            phone.run("bench.chosen = 0; bench.long.length = 0; bench.commits.length = 0")
            chooser.value.set_files(file)
            saved = "bench.commits.find(([at, stores]) => bench.chosen && /bytes/.test(stores))"
            took.append(phone.until(f"{saved}?.[0] - bench.chosen") / 1000)
            phone.page.locator("dialog.camera").wait_for(state="hidden")
            phone.page.wait_for_timeout(500)
            tasks = "bench.long.filter(([at, ms]) => at + ms > bench.chosen).map(([, ms]) => ms)"
            blocked.append(phone.run(f"Math.max(0, ...{tasks})"))
        tell("12 Mpx photo to stored bytes, 4x", took, 1.5, "s", worst=True)
        tell("longest task by a photo, 4x (0: below 50)", blocked, 50, "ms", worst=True)


def _picture(path: Path, number: int) -> Path:
    """12 Mpx with texture, some 4 MB, as a phone's camera would give."""
    noise = Image.effect_noise((1000, 750), 60 + number).resize((4000, 3000), Image.Resampling.BICUBIC)
    grain = Image.effect_noise((4000, 3000), 14)
    Image.merge("RGB", (noise, Image.blend(noise, grain, 0.3), grain)).save(path, quality=85)
    return path


def push(playwright: Playwright, here: Site) -> None:
    """200 pins with photos through the outbox, against the same 400 bodies sent bare by the same browser."""
    ratios = []
    for _ in range(3):
        with device(playwright, here.road) as phone:
            (bare_code, bare_walk), (code, walk) = here.walk(), here.walk()
            phone.join(bare_code)
            home = phone.join(code)
            phone.page.goto(f"{here.road.url}/om")
            jpeg = base64.b64encode(texture()).decode()
            values = {
                "WALK": walk,
                "BARE": bare_walk,
                "JPEG": jpeg,
                "PUSHED": str(PUSHED),
                "LANES": str(LANES),
            }
            bare = phone.run(_filled(SEED_AND_SEND, values))
            phone.context.set_offline(True)
            phone.page.goto(home)
            phone.page.locator("#new-pin").wait_for()
            phone.page.wait_for_timeout(3000)
            phone.run("performance.setResourceTimingBufferSize(5000); performance.clearResourceTimings()")
            phone.context.set_offline(False)
            own = phone.until(SENT.replace("PUSHED", str(PUSHED)), 180)
            ratios.append(own / bare)
            print(f"push: outbox {own / 1000:.2f} s, bare {bare / 1000:.2f} s", flush=True)
    tell("push of 200 pins with photos / bare requests", ratios, 1.5, "x")


def queue(playwright: Playwright, here: Site) -> None:
    """500 unsent pins with 150 MB of photos: its start without network, what it holds while it sends.

    Garbage is collected before each look: on a large machine Chromium leaves hundreds of megabytes of it.
    """
    starts: list[float] = []
    with device(playwright, here.road) as phone:
        code, walk = here.walk()
        home = phone.join(code)
        phone.page.goto(f"{here.road.url}/om")
        jpeg = base64.b64encode(texture()).decode()
        phone.run(_filled(SEED, {"WALK": walk, "JPEG": jpeg, "COUNT": str(QUEUED), "MORE": str(MORE_BYTES)}))
        phone.context.set_offline(True)
        for _ in range(STARTS):
            phone.tab()
            phone.slow(SLOWEST_CPU)
            phone.page.goto(home)
            starts.append(phone.until("bench.usable > 0 && bench.usable - performance.timeOrigin") / 1000)
        phone.tab()
        phone.page.goto(f"{home}#/mine")
        phone.page.locator("dialog[open] .rows .line").first.wait_for()
        phone.tidy()
        print(f"queue: {renderer_mb(os.getpid()):.0f} MB before anything is sent", flush=True)
        phone.context.set_offline(False)
        memory = []
        while left := phone.run(UNSENT):
            phone.tidy()
            memory.append(renderer_mb(os.getpid()))
            print(f"queue: {left} left, {memory[-1]:.0f} MB", flush=True)
            phone.page.wait_for_timeout(500)
    tell(f"start with {QUEUED} unsent pins, 6x", starts, 2.5, "s")
    tell("memory that the page holds while sending", [max(memory)], 250, "MB")


def _filled(script: str, values: dict[str, str]) -> str:
    for name, value in values.items():
        script = script.replace(f"${name}", value)
    return script


UNSENT = """new Promise((done) => {
  const asked = indexedDB.open('trygga-steg');
  asked.onsuccess = () => {
    const count = asked.result.transaction('entries').objectStore('entries').count();
    count.onsuccess = () => { asked.result.close(); done(count.result); };
  };
})"""
# On a page without the app: its own store, and photos that differ by what stands in a JPEG's comment.
STORE = """(async () => {
  const base = document.querySelector('link[rel=icon]').href.replace(/icons\\/.*/, 'js/');
  const store = await import(base + 'phone/store.js');
  const { digest } = await import(base + 'shared/hash.js');
  await store.openStore();
  const plain = Uint8Array.from(atob('$JPEG'), (char) => char.charCodeAt(0));
  const photoWith = async (note) => {
    const bytes = new Uint8Array(plain.length + note.length + 4);
    bytes.set(plain.subarray(0, 2));
    bytes.set([255, 254, (note.length + 2) >> 8, (note.length + 2) & 255], 2);
    bytes.set(note, 6);
    bytes.set(plain.subarray(2), 6 + note.length);
    const sha256 = await digest(bytes.buffer);
    return { type: 'image/jpeg', bytes: bytes.buffer, thumb: null, sha256, width: 1, height: 1, raw: false };
  };
  const save = async (i, note) => {
    const there = { lat: 60.17 + i / 1e5, lon: 24.945 };
    const pin = await store.savePin('$WALK', { kind: 'problem', category: 'lighting', there });
    const photo = await photoWith(note);
    await store.addPhoto(pin.id, photo);
    await store.release(pin.id);
    return photo;
  };
"""
# A long outbox.
SEED = (
    STORE
    + """
  for (let i = 0; i < $COUNT; i++) await save(i, crypto.getRandomValues(new Uint8Array($MORE)));
  await store.closeStore();
})()"""
)
# Fill the outbox, then send those bodies to another walk.
SEED_AND_SEND = (
    STORE
    + """
  const parcels = [];
  for (let i = 0; i < $PUSHED; i++) {
    const { sha256, bytes } = await save(i, new TextEncoder().encode(crypto.randomUUID()));
    parcels.push(['photos/' + sha256, bytes, 'image/jpeg']);
  }
  for (const { body, kind } of await store.listEntries('$WALK'))
    if (kind === 'pin') parcels.push(['pins/' + crypto.randomUUID(), body, 'application/json']);
  parcels.sort(([one], [two]) => Number(one.startsWith('photos')) - Number(two.startsWith('photos')));
  const start = performance.now();
  const refused = [];
  const lane = async () => {
    for (let next = parcels.shift(); next; next = parcels.shift()) {
      const [path, body, type] = next;
      const headers = { 'Content-Type': type };
      const answer = await fetch('/api/walks/$BARE/' + path, { method: 'PUT', body, headers });
      await answer.json();
      if (!answer.ok) refused.push(answer.status);
    }
  };
  await Promise.all(Array.from({ length: $LANES }, lane));
  if (refused.length) throw new Error('refused ' + refused.join());
  await store.closeStore();
  return performance.now() - start;
})()"""
)
SENT = """(() => {
  const puts = performance.getEntriesByType('resource').filter((one) =>
    /\\/(pins|photos)\\/[0-9a-f-]{36,64}$/.test(one.name) && one.responseStatus < 300 && one.responseEnd > 0);
  if (puts.length < 2 * PUSHED) return 0;
  return Math.max(...puts.map((one) => one.responseEnd)) - Math.min(...puts.map((one) => one.startTime));
})()"""

PARTS: dict[str, Callable[[Playwright, Site], None]] = {
    "visit": first_visit,
    "tap": taps,
    "start": offline_starts,
    "photo": photos,
    "push": push,
    "queue": queue,
}


def main() -> None:
    wanted = os.environ.get("BENCH_PHONE", ",".join(PARTS)).split(",")
    with sync_playwright() as playwright, site() as here:
        for name in wanted:
            PARTS[name](playwright, here)
