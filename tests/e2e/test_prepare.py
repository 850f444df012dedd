"""A walk is prepared by the keyboard alone, within a budget of actions.

An action is a field filled in, a choice made, or a control pressed; keys that only go to it are none, but
each is really pressed: nothing is clicked, and no focus is set by the test.
"""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

import pytest

from tests.e2e.browser import Browser
from tests.e2e.desk import Desk
from tests.e2e.site import Site, SiteFactory
from tests.e2e.test_screens import TOO_WIDE
from tests.waiting import wait_until

Make = Callable[..., Browser]
MOST_FROM_LAST_YEAR = 25
MOST_FROM_NOTHING = 60
FARTHEST = 150
"""So many Tab presses lead round any page of the desk."""
THERE = "(() => { const el = document.activeElement; return Boolean(el?.matches(%r)); })()"


class Keys:
    """Someone without a mouse, and how much they had to do."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.actions = 0

    def reach(self, selector: str, back: bool = False) -> None:
        """Go with Tab until the focus is on it."""
        self.desk.find(selector).first.wait_for()
        for _ in range(FARTHEST):
            if self.desk.browser.run(THERE % selector):
                return
            self.desk.page.keyboard.press("Shift+Tab" if back else "Tab")
        raise AssertionError(f"Tab does not lead to {selector}")

    def press(self, selector: str, key: str = "Enter", back: bool = False) -> None:
        self.reach(selector, back)
        self.again(key)

    def again(self, key: str) -> None:
        """One more press where the focus is."""
        self.desk.page.keyboard.press(key)
        self.actions += 1

    def fill(self, selector: str, text: str, back: bool = False) -> None:
        self.reach(selector, back)
        self.desk.page.keyboard.press("Control+A")
        self.desk.page.keyboard.type(text)
        self.actions += 1


def stops_of(desk: Desk) -> list[str]:
    """The stops' names in the list."""
    return desk.find("li[data-row^='stop-'] .route__title").all_inner_texts()


def test_a_walk_from_last_years_takes_at_most_25_actions(site: Site, new_desk: Make) -> None:
    desk = Desk(new_desk(lang="en-GB"), site)
    desk.log_in()
    keys = Keys(desk)
    keys.press(".walk-card a[href$='/again']")
    desk.page.wait_for_url("**/again")
    keys.fill("#date", "11112099")
    keys.fill("#from", "0630PM")  # this browser counts to twelve, whatever the page's language
    keys.fill("#to", "0800PM")
    desk.find("[data-sun-words]").filter(has_text="dark from").wait_for()
    keys.press("main button.btn--primary")
    desk.page.wait_for_url("**/setup?done=again")
    keys.press("button[name='state'][value='open']")
    desk.page.wait_for_url("**/setup?done=state*")
    ready = desk.find("#ready")
    assert ready.locator(".check.is-good").count() == 6, ready.inner_text()
    assert "Wednesday 11 November 2099" in desk.find("main").inner_text()
    assert desk.find(".join__code").inner_text()
    assert keys.actions <= MOST_FROM_LAST_YEAR


def test_a_walk_from_nothing_takes_at_most_60_actions(site: Site, new_desk: Make) -> None:
    desk = Desk(new_desk(lang="en-GB"), site)
    desk.log_in()
    keys = Keys(desk)
    keys.press("a[href='/desk/walks/new']")
    desk.page.wait_for_url("**/new")
    keys.fill("#title", "Evening walk")
    keys.fill("#purpose", "We walk to see; what you say is answered in public.")
    keys.fill("#date", "11112099")
    desk.find("[data-sun-words]").filter(has_text="dark from").wait_for()
    keys.fill("#area_name", "Kaisaniemi")
    keys.press("main button.btn--primary")
    desk.page.wait_for_url("**/setup?done=made")
    keys.press("a[href$='/route']")
    desk.page.wait_for_url("**/route")
    add_stops(keys, ("Vilhonkatu 4", "Kaisaniemenkatu 3", "Unioninkatu 40"))
    draw_a_route(keys)
    keys.press("#save")
    desk.page.locator(".route__bar", has_text="Everything is saved.").wait_for()
    assert len(stops_of(desk)) == 3
    desk.page.reload()
    desk.find("li[data-row^='stop-']").nth(2).wait_for()
    wait_until(lambda: desk.find("li[data-row^='point-']").count() == 3, "the route drawn as before")
    keys.press(".crumbs a[href$='/setup']")
    desk.page.wait_for_url("**/setup")
    keys.press("button[name='state'][value='open']")
    desk.page.wait_for_url("**/setup?done=state*")
    ready = desk.find("#ready")
    assert ready.locator(".check.is-good").count() == 6, ready.inner_text()
    assert keys.actions <= MOST_FROM_NOTHING


def add_stops(keys: Keys, addresses: tuple[str, ...]) -> None:
    """Each by its address, and not before what is found is what was written."""
    desk = keys.desk
    for order, address in enumerate(addresses):
        keys.fill("#address", address, back=order > 0)
        number = address.split()[1]  # the street may be told by its name on the other sign
        desk.find(f".route__found li:first-child button:has-text('{number}')").wait_for()
        keys.press(".route__found button")
        desk.find("li[data-row^='stop-']").nth(order).wait_for()


def draw_a_route(keys: Keys) -> None:
    """Three points, by moving the map under its crosshair."""
    keys.reach("input[name='adds']", back=True)
    keys.again("ArrowRight")
    keys.press("#route-map .map", back=True)
    for key in ("Shift+ArrowRight", "Enter", "Shift+ArrowDown", "Enter"):
        keys.again(key)


def test_the_list_does_all_that_the_map_does_and_everything_is_undone(site: Site, new_desk: Make) -> None:
    desk = Desk(new_desk(lang="en-GB"), site)
    desk.log_in()
    keys = Keys(desk)
    keys.press(".walk-card a[href$='/again']")
    keys.press("main button.btn--primary")
    desk.page.wait_for_url("**/setup?done=again")
    keys.press("a[href$='/route']")
    desk.find("li[data-row^='stop-']").first.wait_for()
    before, length = stops_of(desk), desk.find("#length").inner_text()
    keys.press("li[data-row^='stop-']:first-child [data-key='down']")
    assert stops_of(desk)[:2] == [before[1], before[0]]
    assert desk.browser.run("document.activeElement.dataset.key") == "down"
    keys.press("li[data-row^='stop-']:first-child [data-key='delete']", back=True)
    assert len(stops_of(desk)) == len(before) - 1
    keys.press("li[data-row^='stop-']:first-child [data-key='name']", back=True)
    keys.fill("[data-key='name-en']", "The new bridge")
    keys.press("[data-key='bank-alone']", "Space")
    assert stops_of(desk)[0] == "The new bridge"
    shorter = desk.find("#length").inner_text()
    keys.press(".route__line")
    keys.press("li[data-row='point-5'] [data-key='name']")
    keys.press("li[data-row='point-5'] [data-key='north']")
    keys.again("Shift+ArrowUp")
    assert desk.find("#length").inner_text() != shorter
    for _ in range(5):
        keys.press("#undo", back=True)
    assert stops_of(desk) == before
    assert desk.find("#length").inner_text() == length
    assert "Everything is saved." in desk.find(".route__bar").inner_text()


def test_a_plan_that_somebody_else_changed_is_neither_lost_nor_overwritten(
    site: Site, new_desk: Make
) -> None:
    desk = Desk(new_desk(lang="en-GB"), site)
    desk.log_in()
    route = a_route(desk)
    keys = Keys(desk)
    keys.press("li[data-row^='stop-']:first-child [data-key='delete']")
    desk.browser.run(
        f"""fetch('{plan_path(route)}').then((a) => a.json()).then((plan) => fetch('{plan_path(route)}', {{
          method: 'PUT', body: JSON.stringify({{...plan, stops: plan.stops.slice(0, 5)}}),
          headers: {{'Content-Type': 'application/json', 'If-Match': `"${{plan.version}}"`}}}}))"""
    )
    desk.browser.expect_error("412")
    keys.press("#save")
    desk.find(".route__bar [role='alert'] button").first.wait_for()
    keys.press(".route__bar [role='alert'] button:has(+ button)", back=True)
    assert len(stops_of(desk)) == 5
    assert "Everything is saved." in desk.find(".route__bar").inner_text()
    keys.press("#undo", back=True)
    assert len(stops_of(desk)) == 7
    keys.press("#save")
    desk.page.locator(".route__bar", has_text="Everything is saved.").wait_for()
    desk.page.reload()
    desk.find("li[data-row^='stop-']").nth(6).wait_for()


def a_route(desk: Desk) -> str:
    """The editor of a fresh copy of a walk; its address."""
    again = desk.find(".walk-card a[href$='/again']").first.get_attribute("href")
    desk.page.goto(f"{desk.site.url}{again}")
    desk.find("main button.btn--primary").click()
    desk.page.wait_for_url("**/setup?done=again")
    address = desk.page.url.split("/setup")[0] + "/route"
    desk.page.goto(address)
    desk.find("li[data-row^='stop-']").first.wait_for()
    return address


def plan_path(route: str) -> str:
    """The same walk's plan in the API."""
    return "/api" + urlsplit(route).path.removesuffix("route") + "plan"


@pytest.mark.parametrize(
    ("dark", "lang", "width"),
    [(False, "sv", 1280), (True, "en", 1440), (False, "en-x-rtl", 1280), (True, "sv", 820)],
)
def test_axe_and_the_ruler_find_nothing_while_preparing(
    site_factory: SiteFactory, new_desk: Make, dark: bool, lang: str, width: int
) -> None:
    site = site_factory(PSEUDO_LOCALE="on")
    browser = new_desk(dark=dark, lang="sv-SE" if lang == "sv" else "en-GB", viewport=(width, 900))
    browser.context.add_cookies([{"name": "trygg_lang", "value": lang, "url": site.url}])
    desk = Desk(browser, site)
    desk.log_in()
    walk = a_route(desk).removesuffix("/route")
    found: list[str] = []
    for page in ("setup", "again", "about", "route"):
        desk.page.goto(f"{walk}/{page}")
        desk.page.wait_for_load_state("networkidle")
        if page == "route":
            desk.find("li[data-row^='stop-'] .route__name").first.click()
        found += [f"{page}: {fault}" for fault in browser.axe()]
        browser.run("document.documentElement.style.fontSize = '225%'")
        found += [f"{page} at 200 %: {fault}" for fault in browser.run(TOO_WIDE)]
    assert not found, "\n".join(found)
