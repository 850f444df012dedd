"""Every screen as axe and a ruler see it: both themes, both languages, mirrored, and at 200 % text."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from playwright.sync_api import ViewportSize

from tests.chaos.proxy import change_answer
from tests.e2e.browser import Browser
from tests.e2e.desk import Desk
from tests.e2e.phone import Phone
from tests.e2e.site import SiteFactory

Make = Callable[..., Browser]
SMALL = (360, 640)
SCREENS = (
    *("", "new", "list", "mine", "menu", "settings", "stops", "place", "finish"),
    *("ready", "install", "location", "code"),
)
OF_A_PIN = ("pin", "photo", "other", "move")
PUBLIC = (
    "/",
    "/integritet",
    "/om",
    "/tillganglighet",
    "/offline-help",
    "/problems",
    "/api/docs",
    "/telefon",
    "/nowhere",
)
ACCOUNT = ("/desk/people", "/desk/account", "/desk/audit", "/desk/organisation")
# What sticks out: the page sideways, text that its own box cuts off, and text beyond what any box around it
# shows. Down a scroller text may be reached; sideways nobody looks for it, and without one it must be seen.
TOO_WIDE = """(() => {
  const page = document.documentElement;
  const over = page.scrollWidth - page.clientWidth;
  const found = over > 1 ? [`the page is ${over} px too wide`] : [];
  for (const el of document.querySelectorAll('button, a, h1, h2, h3, p, li, label, dt, dd, summary')) {
    const style = getComputedStyle(el);
    const shown = el.checkVisibility() && !el.closest('.visually-hidden, .leaflet-container');
    const clips = style.overflowX !== 'visible' && style.textOverflow !== 'ellipsis';
    const cut = clips && el.scrollWidth > el.clientWidth + 1;
    if (shown && cut) found.push(`${el.tagName} ${el.className}: ${el.textContent.trim().slice(0, 60)}`);
  }
  const beyond = '.visually-hidden, .leaflet-container, .skip-link, select, details:not([open]) > div';
  const texts = document.createTreeWalker(document.querySelector('dialog[open]') ?? document.body, 4);
  while (texts.nextNode()) {
    const parent = texts.currentNode.parentElement;
    const words = texts.currentNode.textContent.trim();
    const isForReaders = getComputedStyle(parent).clipPath === 'inset(50%)';
    if (!words || !parent.checkVisibility() || parent.closest(beyond) || isForReaders) continue;
    const range = document.createRange();
    range.selectNodeContents(texts.currentNode);
    for (const rect of range.getClientRects()) {
      let isOut = rect.left < -1 || rect.right > page.clientWidth + 1;
      let canScroll = false, isShortened = false;
      for (let box = parent; box; box = box.parentElement) {
        const style = getComputedStyle(box);
        const edge = box.getBoundingClientRect();
        isShortened ||= style.textOverflow === 'ellipsis' || box.classList.contains('scroll');
        canScroll ||= ['auto', 'scroll'].includes(style.overflowY) || box === page;
        if (style.overflowX !== 'visible' && !isShortened)
          isOut ||= rect.left < edge.left - 1 || rect.right > edge.right + 1;
        if (box.matches('.app, dialog')) {
          isOut ||= !canScroll && (rect.top < -1 || rect.bottom > innerHeight + 1);
          break;
        }
      }
      if (isOut && !isShortened) {
        found.push(`beyond what is shown: ${words.slice(0, 60)}`);
        break;
      }
    }
  }
  return found;
})()"""

# The page asks for 112.5 % of the reader's own size; this is what a reader with 32 px gets.
TWICE = "225%"
DESKS: tuple[ViewportSize, ...] = (
    {"width": 1440, "height": 900},
    {"width": 1280, "height": 800},
    {"width": 1024, "height": 768},
    {"width": 820, "height": 1180},
)
# What can be pressed and lies beyond the window's sides, and what lies over the list.
OUTSIDE = """(() => {
  const found = [];
  const list = document.querySelector('.listpane').getBoundingClientRect();
  for (const el of document.querySelectorAll('.page :is(button, a, summary, select, input, .pill)')) {
    if (!el.checkVisibility() || el.closest('.visually-hidden, .leaflet-container')) continue;
    const { left, right, top, bottom } = el.getBoundingClientRect();
    const over = left < list.right - 1 && right > list.left + 1 && top < list.bottom && bottom > list.top;
    const name = `${el.tagName} ${el.className}`;
    if (left < -1 || right > innerWidth + 1) found.push(`${name} from ${left} to ${right}`);
    if (list.width && over && el.closest('.mappane')) found.push(`${name} over the list`);
  }
  return found;
})()"""


@pytest.fixture
def resident(site_factory: SiteFactory, new_phone: Make, request: pytest.FixtureRequest) -> Phone:
    theme, lang = request.param
    site = site_factory(PSEUDO_LOCALE="on")
    browser = new_phone(
        viewport=SMALL, scale=1, dark=theme == "dark", lang="sv-SE" if lang == "sv" else "en-GB"
    )
    browser.page.goto(site.url)
    settings = {"ts-theme": theme, "ts-lang": lang}
    browser.run(
        "; ".join(f"localStorage.setItem({json.dumps(k)}, {json.dumps(v)})" for k, v in settings.items())
    )
    browser.context.add_cookies([{"name": "trygg_lang", "value": lang, "url": site.url}])
    return Phone(browser, site)


def faults(phone: Phone, screen: str) -> list[str]:
    """What axe and the ruler find on the screen as it stands."""
    found = [*phone.browser.axe(), *phone.browser.run(TOO_WIDE)]
    return [f"{screen or 'map'}: {fault}" for fault in found]


def open_screen(phone: Phone, path: str) -> None:
    """The screen, once its sheet is there and has come to rest."""
    phone.browser.run(f"location.hash = '#/{path}'")
    if path and path.split("/", maxsplit=1)[0] not in ("new", "move"):
        phone.find("dialog[open]").last.wait_for()
    phone.browser.until("document.getAnimations().every((one) => one.playState !== 'running')", "rest")


@pytest.mark.parametrize(
    "resident",
    [("light", "sv"), ("dark", "sv"), ("sun", "en"), ("light", "en"), ("dark", "en-x-rtl")],
    indirect=True,
)
def test_axe_and_the_ruler_find_nothing_on_any_screen(resident: Phone) -> None:
    phone = resident
    phone.page.goto(phone.site.poster)
    found = faults(phone, "join")
    phone.page.goto(f"{phone.site.poster}/info")
    found += faults(phone, "info")
    for path in PUBLIC:
        phone.browser.expect_error("404")
        phone.page.goto(phone.site.url + path)
        found += faults(phone, path)
    phone.join()
    pin = phone.drop("lighting")
    stop = phone.browser.run("document.querySelector('[data-stop]')?.dataset.stop ?? ''")
    paths = [*SCREENS, *(f"{name}/{pin['id']}" for name in OF_A_PIN), f"category/{pin['id']}/category"]
    for path in paths + ([f"stop/{stop}"] if stop else []):
        open_screen(phone, path)
        found += faults(phone, path)
        open_screen(phone, "")
    assert not found, "\n".join(found)


@pytest.mark.parametrize("resident", [("light", "sv"), ("dark", "en-x-rtl")], indirect=True)
def test_nothing_is_cut_off_at_twice_the_text_size(resident: Phone) -> None:
    phone = resident
    phone.join()
    pin = phone.drop("lighting")
    phone.browser.run("document.documentElement.style.fontSize = '225%'")
    found = []
    for path in [*SCREENS, *(f"{name}/{pin['id']}" for name in OF_A_PIN)]:
        open_screen(phone, path)
        found += [f"{path or 'map'}: {fault}" for fault in phone.browser.run(TOO_WIDE)]
        open_screen(phone, "")
    assert not found, "\n".join(found)


# Where two things that must both be seen lie on each other, or one is not whole.
CROWDED = """(() => {
  const of = (selector) => document.querySelector(selector).getBoundingClientRect();
  const whole = of('#new-pin').bottom <= innerHeight;
  const strip = of('.strip').bottom, card = of('.stop-card');
  const found = whole ? [] : ['the main button is cut'];
  for (const one of document.querySelectorAll('.map-buttons button')) {
    const { top, bottom } = one.getBoundingClientRect();
    if (top < strip || bottom > card.top) found.push(one.getAttribute('aria-label'));
  }
  return card.height > innerHeight * 0.41 ? [...found, 'the card is too high'] : found;
})()"""


@pytest.mark.parametrize("resident", [("light", "sv")], indirect=True)
def test_the_card_of_a_stop_leaves_room_at_twice_the_text_size(resident: Phone) -> None:
    phone = resident
    phone.join(ready=False)
    phone.browser.run("document.documentElement.style.fontSize = '225%'")
    phone.browser.stand_at(60.17148, 24.94412)
    phone.find(".stop-card").wait_for()
    assert not phone.browser.run(CROWDED)
    assert not phone.browser.run(TOO_WIDE)


# Words on the map that lie on a button, or a button on them.
COVERED = """(() => {
  const rect = (one) => one.getBoundingClientRect();
  const buttons = [...document.querySelectorAll('.map-buttons button')].map(rect);
  const lies = (a) => buttons.some(
    (b) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom
  );
  return [...document.querySelectorAll('.hint > *')]
    .filter((one) => one.checkVisibility() && lies(rect(one)))
    .map((one) => one.textContent);
})()"""


def nobody_was_here(feed: bytes) -> bytes:
    return json.dumps({**json.loads(feed), "items": []}).encode()


@pytest.mark.parametrize("resident", [("light", "sv")], indirect=True)
def test_what_is_said_on_the_map_lies_on_no_button(resident: Phone) -> None:
    phone = resident
    phone.site.road.on("GET", "/changes", change_answer(nobody_was_here))
    phone.join(ready=False)
    phone.browser.stand_at(60.17148, 24.94412)
    phone.find(".stop-card").wait_for()
    phone.find(".hint p").first.wait_for()
    for height in (640, 740, 844):
        phone.page.set_viewport_size(ViewportSize(width=360, height=height))
        for hand in ("right", "left"):
            phone.browser.run(f"document.documentElement.dataset.hand = '{hand}'")
            assert phone.browser.run(COVERED) == [], (height, hand)
    phone.find(".hint__start").wait_for()  # room enough for all that is said
    phone.page.set_viewport_size(ViewportSize(width=360, height=640))
    phone.find(".stop-card .btn--icon").first.click()
    phone.find(".hint__start").wait_for()
    assert phone.browser.run(COVERED) == []


@pytest.mark.parametrize(
    ("dark", "lang"), [(False, "sv-SE"), (True, "sv-SE"), (False, "en-GB"), (True, "en-GB")]
)
def test_axe_finds_nothing_at_the_desk(
    site_factory: SiteFactory, new_desk: Make, dark: bool, lang: str
) -> None:
    site = site_factory()
    desk = Desk(new_desk(dark=dark, lang=lang), site)
    desk.page.goto(f"{site.url}/desk/login")
    found = [f"login: {fault}" for fault in desk.browser.axe()]
    desk.page.goto(site.login_link())
    found += [f"link: {fault}" for fault in desk.browser.axe()]
    desk.log_in()
    found += [f"walks: {fault}" for fault in desk.browser.axe()]
    walk = desk.find("a[href*='/desk/walks/']:not([href$='new'])").first.get_attribute("href") or ""
    walk = walk.split("?")[0]
    for path in (walk, f"{walk}/setup", "/desk/walks/new", *ACCOUNT):
        desk.page.goto(site.url + path)
        desk.page.wait_for_load_state("networkidle")
        found += [f"{path}: {fault}" for fault in desk.browser.axe()]
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    ("dark", "lang", "size"), [(False, "sv", (1440, 900)), (True, "en-x-rtl", (1024, 768))]
)
def test_axe_and_the_ruler_find_nothing_while_pins_are_settled(
    site_factory: SiteFactory, new_desk: Make, dark: bool, lang: str, size: tuple[int, int]
) -> None:
    site = site_factory(PSEUDO_LOCALE="on")
    desk = Desk(new_desk(dark=dark, viewport=size), site)
    desk.browser.context.add_cookies([{"name": "trygg_lang", "value": lang, "url": site.url}])
    desk.log_in()
    desk.page.goto(site.url + (desk.find(".walk-card__link").first.get_attribute("href") or ""))
    desk.find(".pinrow").nth(2).wait_for()
    found = []
    for keys, shown in (
        ("j", ".issue:not([hidden])"),
        ("5", "#issue-decision:focus"),
        ("Escape x Shift+J Shift+J", "#bulk:not([hidden])"),
        ("m", "dialog.merge"),
        ("Enter", ".member + .member"),
        ("?", "dialog.help"),
    ):
        for key in keys.split():
            desk.page.keyboard.press(key)
        desk.find(shown).first.wait_for()
        faults = [*desk.browser.axe(), *desk.browser.run(TOO_WIDE)]
        found += [f"{keys}: {fault}" for fault in faults]
    assert not found, "\n".join(found)


def test_nothing_of_a_walks_desk_is_cut_off_at_twice_the_text_size(
    site_factory: SiteFactory, new_desk: Make
) -> None:
    site = site_factory()
    desk = Desk(new_desk(), site)
    desk.log_in()
    desk.page.goto(site.url + (desk.find(".walk-card__link").first.get_attribute("href") or ""))
    desk.browser.run(f"document.documentElement.style.fontSize = '{TWICE}'")
    desk.find(".pinrow").nth(2).wait_for()
    found = []
    for keys, shown in (
        ("", ".pinrow"),
        ("j x", ".issue:not([hidden])"),
        ("Escape", "#bulk:not([hidden])"),
        ("l", ".mappane .leaflet-container"),
    ):
        for key in keys.split():
            desk.page.keyboard.press(key)
        for size in DESKS:
            desk.page.set_viewport_size(size)
            desk.find(shown).first.wait_for()
            faults = [*desk.browser.run(TOO_WIDE), *desk.browser.run(OUTSIDE)]
            found += [f"{keys} at {size['width']}: {fault}" for fault in faults]
    assert not found, "\n".join(found)
