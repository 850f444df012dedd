"""Typing paper cards in: by keys alone, few of them, and readable to all."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from tests.e2e.browser import Browser
from tests.e2e.desk import Desk
from tests.e2e.site import SiteFactory

Make = Callable[..., Browser]


@pytest.mark.parametrize(("dark", "lang"), [(False, "sv-SE"), (True, "en-GB")])
def test_cards_are_typed_in_without_a_mouse(
    site_factory: SiteFactory, new_desk: Make, dark: bool, lang: str
) -> None:
    desk = Desk(new_desk(dark=dark, lang=lang), site_factory())
    desk.log_in()
    link = desk.page.get_by_role("link", name=re.compile("2025")).first.get_attribute("href")
    desk.page.goto(f"{desk.site.url}{link}/paper")
    stop_kept = ["9", "Tab", "2", "Tab"]
    for first, keys in (("stop", ["3", "Tab", "1", "Tab", "Tab"]), ("category", stop_kept)):
        desk.browser.until(f"document.activeElement.id === '{first}'", "ready to type")
        for key in keys:
            desk.page.keyboard.press(key)
        desk.page.keyboard.insert_text("Trasig lampa")
        with desk.page.expect_navigation():
            desk.page.keyboard.press("Enter")
    assert desk.find(".checks li").count() == 2
    assert desk.find("#stop").input_value() == "3"
    desk.browser.until("document.activeElement.id === 'category'", "ready for the next card")
    assert desk.browser.axe() == []
