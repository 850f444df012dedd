"""A phone that holds much: pins with photos, put into the store by the app's own functions."""

from __future__ import annotations

import base64
import io

from PIL import Image

from tests.e2e.phone import Phone

# The page's own modules are one bundle; these are the same sources on the same database.
FILL = """(async () => {
  const base = document.querySelector('link[rel=stylesheet]').href.replace(/css\\/.*/, 'js/');
  const store = await import(base + 'phone/store.js');
  const { digest } = await import(base + 'shared/hash.js');
  await store.openStore();
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
  await store.closeStore();
  return made;
})()"""


def jpeg(width: int = 64, height: int = 48) -> bytes:
    kept = io.BytesIO()
    Image.effect_noise((width, height), 40).convert("RGB").save(kept, "JPEG", quality=80)
    return kept.getvalue()


def fill(phone: Phone, count: int, photo: bytes = b"") -> list[str]:
    """Save `count` pins, each with a photo of its own if there is one; their ids in order.

    The phone is left on a page without the app, so that nothing is sent meanwhile.
    """
    walk: str = phone.stored("walks")[0]["id"]
    phone.page.goto(f"{phone.site.url}/om")
    script = FILL.replace("JPEG", base64.b64encode(photo).decode()).replace("COUNT", str(count))
    return list(phone.browser.run(script.replace("WALK", walk)))
