"""A phone that holds much: what its own functions do and store, without the screens.

Everything here runs on a page of the site that is not the app, so that nothing is sent meanwhile.
"""

from __future__ import annotations

import base64
import io
import json
from typing import Any

from PIL import Image

from tests.e2e.phone import Phone

# The app's modules are one bundle on its own page; these are the same sources on the same database.
AROUND = """(async () => {
  const base = `${/\\/static\\/\\w+\\//.exec(document.documentElement.innerHTML)[0]}js/`;
  const store = await import(base + 'phone/store.js');
  const { digest } = await import(base + 'shared/hash.js');
  const { newId } = await import(base + 'shared/ids.js');
  const { preparePhoto } = await import(base + 'phone/capture.js');
  await store.openStore();
  const run = async () => {SCRIPT};
  try {
    return await run();
  } finally {
    await store.closeStore();
  }
})()"""
FILL = """
  const plain = Uint8Array.from(atob('JPEG'), (char) => char.charCodeAt(0));
  const made = [];
  for (let i = 0; i < COUNT; i++) {
    const there = { lat: 60.1735 + i / 1e5, lon: 24.944 };
    const what = { kind: 'problem', category: 'lighting', text: `Pin ${i}` };
    const pin = await store.savePin('WALK', { ...what, there });
    made.push(pin.id);
    if (!plain.length) continue;
    const note = new TextEncoder().encode(crypto.randomUUID());
    const bytes = new Uint8Array(plain.length + note.length + 4);
    bytes.set(plain.subarray(0, 2));
    bytes.set([255, 254, 0, note.length + 2], 2);
    bytes.set(note, 6);
    bytes.set(plain.subarray(2), 6 + note.length);
    const sha256 = await digest(bytes.buffer);
    const photo = { type: 'image/jpeg', bytes: bytes.buffer, thumb: null, sha256, raw: false };
    await store.addPhoto(pin.id, { ...photo, width: 1, height: 1 });
  }
  return made;
"""


def on_page(phone: Phone, script: str, files: list[bytes] | None = None) -> Any:
    """What the body of an asynchronous function answers that has the app's own modules at hand."""
    phone.page.goto(f"{phone.site.url}/om")
    told = json.dumps([base64.b64encode(file).decode() for file in files or []])
    return phone.browser.run(AROUND.replace("SCRIPT", script.replace("FILES", told)))


def jpeg(width: int = 64, height: int = 48) -> bytes:
    kept = io.BytesIO()
    Image.effect_noise((width, height), 40).convert("RGB").save(kept, "JPEG", quality=80)
    return kept.getvalue()


def fill(phone: Phone, count: int, photo: bytes = b"") -> list[str]:
    """Save `count` pins, each with a photo of its own if there is one; their ids in order."""
    walk: str = phone.stored("walks")[0]["id"]
    script = FILL.replace("COUNT", str(count)).replace("WALK", walk)
    # Last: a picture's letters may spell any of the other words.
    return list(on_page(phone, script.replace("JPEG", base64.b64encode(photo).decode())))
