"""Fixtures of the browser tests: phones, desks, and a site behind a road that can go bad."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Playwright, sync_playwright

from tests.chaos.proxy import ChaosProxy
from tests.e2e.browser import DESK, PHONE, Browser, Device, OneChromium
from tests.e2e.phone import Phone
from tests.e2e.site import Site, clear_road, seeded, shared_site, site, site_factory
from tools.bundle import stale

__all__ = ["clear_road", "seeded", "shared_site", "site", "site_factory"]

BrowserFactory = Callable[..., Browser]
Joined = Callable[..., Phone]
Pictures = Callable[..., Path]


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    assert not stale(), "the browsers would run an old bundle: `make bundle` first"
    with sync_playwright() as running:
        yield running


@pytest.fixture(scope="session")
def chromium(playwright: Playwright) -> Iterator[OneChromium]:
    """The browser of all profiles that lie in memory; started by the first test that needs it."""
    one = OneChromium(playwright)
    yield one
    one.close()


@pytest.fixture
def browser_factory(
    playwright: Playwright, chromium: OneChromium, tmp_path: Path
) -> Iterator[BrowserFactory]:
    """browser_factory("Amina", device) → a launched Browser; console errors fail the test at its end.

    With on_disk=True it is a Chromium of its own that can be killed and launched again.
    """
    made: list[Browser] = []

    def make(name: str, device: Device, on_disk: bool = False) -> Browser:
        profile = tmp_path / f"profile-{len(made)}" if on_disk else None
        browser = Browser(chromium, playwright, profile, device, name)
        made.append(browser)
        browser.launch()
        return browser

    yield make
    for browser in made:
        browser.close()
    errors = [error for browser in made for error in browser.unexpected_errors()]
    assert not errors, "\n".join(errors)


@pytest.fixture
def new_phone(browser_factory: BrowserFactory) -> BrowserFactory:
    """new_phone("Amina", on_disk=False, dark=True, …) → a phone-sized Browser with place and camera."""

    def make(name: str = "Amina", on_disk: bool = False, **device: Any) -> Browser:
        return browser_factory(name, replace(PHONE, **device), on_disk)

    return make


@pytest.fixture
def new_desk(browser_factory: BrowserFactory) -> BrowserFactory:
    """new_desk("Fatima", …) → a desktop-sized Browser."""

    def make(name: str = "Fatima", **device: Any) -> Browser:
        return browser_factory(name, replace(DESK, **device))

    return make


@pytest.fixture
def joined(clear_road: Site, new_phone: BrowserFactory) -> Joined:
    """joined("Amina", on_disk=False, before=…, …) → a phone on the shared site, in the walk and at its map.

    `before` does to the road what is to meet the phone already when it joins.
    """

    def make(
        name: str = "Amina",
        on_disk: bool = False,
        before: Callable[[ChaosProxy], object] = lambda _road: None,
        **device: Any,
    ) -> Phone:
        phone = Phone(new_phone(name, on_disk, **{"lang": "en-GB", "scale": 1, **device}), clear_road)
        before(clear_road.road)
        phone.join_at_once()
        return phone

    return make


@pytest.fixture(scope="session")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Pictures:
    """pictures(width) → a photo that nobody took before; of noise, so that it stays large."""
    directory = tmp_path_factory.mktemp("pictures")
    dice = random.Random(5)

    def make(width: int = 160) -> Path:
        height = width * 3 // 4
        path = directory / f"{dice.random()}.jpg"
        Image.frombytes("RGB", (width, height), dice.randbytes(width * height * 3)).save(path, quality=90)
        return path

    return make
