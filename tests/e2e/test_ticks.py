"""Many pins chosen by where they are: near the chosen one, within a drawn line, and on one spot."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.e2e.browser import Browser
from tests.e2e.desk import Desk
from tests.e2e.site import Site
from tests.e2e.test_desk import Wire, opened, press, state_of, wire
from tests.waiting import wait_until

__all__ = ["wire"]

Make = Callable[..., Browser]
SPOT = {"lat": 60.1735, "lon": 24.9441}
NEAR = {"lat": 60.1736, "lon": 24.9441}
FAR = {"lat": 60.1751, "lon": 24.9462}


@pytest.fixture
def four(wire: Wire) -> list[str]:
    """Two pins on one spot, one eleven metres off, and one far from them."""
    return [wire.send(acute=True, there=place) for place in (SPOT, SPOT, NEAR, FAR)]


def acute_ones(site: Site, wire: Wire, browser: Browser) -> Desk:
    """The desk with the four pins alone on map and list."""
    desk = opened(site, wire, browser)
    desk.find("[data-show=acute]").click()
    wait_until(lambda: len(desk.rows()) == 4, "the four in the list")
    desk.find(".map-pin").first.wait_for()
    return desk


def ticked(desk: Desk, count: int) -> None:
    wait_until(lambda: desk.find("#bulk strong").inner_text().split(" ")[0] == str(count), f"{count} ticked")


def test_pins_around_the_chosen_one_are_ticked_by_keys_settled_and_taken_back(
    site: Site, wire: Wire, new_desk: Make, four: list[str]
) -> None:
    desk = acute_ones(site, wire, new_desk())
    desk.find(f".pinrow[data-number='{state_of(desk, wire, four[0])['number']}']").click()
    press(desk, "w", "Tab", "Tab", "Tab", "Tab", "Enter")
    ticked(desk, 3)
    press(desk, "3")
    planned = [True, True, True, False]
    wait_until(
        lambda: [state_of(desk, wire, pin)["status"] == "planned" for pin in four] == planned, "planned"
    )
    press(desk, "z")
    wait_until(lambda: {state_of(desk, wire, pin)["status"] for pin in four} == {"new"}, "taken back")


def test_a_line_around_pins_ticks_them_and_escape_gives_it_up(
    site: Site, wire: Wire, new_desk: Make, four: list[str]
) -> None:
    desk = acute_ones(site, wire, new_desk())
    desk.find(".mappane__buttons .btn").nth(3).click()
    desk.find("[data-tick=free]").click()
    press(desk, "Escape")
    desk.find(".lasso").wait_for(state="detached")
    desk.find(".mappane__buttons .btn").nth(3).click()
    desk.find("[data-tick=rectangle]").click()
    box = desk.find(".lasso").bounding_box()
    assert box
    mouse = desk.page.mouse
    mouse.move(box["x"] + 2, box["y"] + 2)
    mouse.down()
    mouse.move(box["x"] + box["width"] - 2, box["y"] + box["height"] - 2)
    mouse.up()
    ticked(desk, len(four))
    press(desk, "z")
    desk.find("#bulk").wait_for(state="hidden")


def test_pins_that_no_zoom_parts_are_reached_through_the_list(
    site: Site, wire: Wire, new_desk: Make, four: list[str]
) -> None:
    desk = acute_ones(site, wire, new_desk())
    desk.find(f".pinrow[data-number='{state_of(desk, wire, four[1])['number']}']").click()

    def rows_after_a_tap() -> int:
        desk.find(".map-pin[aria-current=true]").click()
        return len(desk.rows())

    wait_until(lambda: rows_after_a_tap() == 2, "the two of the spot", every=0.5)
    wait_until(lambda: "near=" in desk.page.url, "in the address")
    assert desk.browser.axe() == []
    desk.find("[data-near]").click()
    wait_until(lambda: len(desk.rows()) == 4, "all four again")
