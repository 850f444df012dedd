"""Other pages of the desk by keys alone: a file taken in and back, a phone let in, an owner.

Axe sees each of them light and dark on the way, in Swedish; and then once more in English, without the keys.
"""

from __future__ import annotations

from collections.abc import Callable

from tests.e2e.browser import Browser
from tests.e2e.desk import Desk
from tests.e2e.site import SiteFactory
from tests.e2e.test_desk import Wire
from tests.e2e.test_evening import joined
from tests.e2e.test_prepare import Keys

Make = Callable[..., Browser]
ROWS = "stop;category;text\n1;litter;Skräp\n2;lighting;Mörkt"
CORNERS = "60.17, 24.94\n60.17, 24.95\n60.18, 24.95"
SHOWN = ("lead", "qr", "map", "rescue", "paper", "meeting", "again", "about")
OWN = (
    "/desk/account",
    "/desk/account/second-factor",
    "/desk/account/second-factor/passkey",
    "/desk/organisation",
)


class Looked:
    """Someone with keys, where they have been, and what axe found on each page on the way."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.keys = Keys(desk)
        self.found: list[str] = []
        self.seen: dict[str, None] = {}

    def at(self, path: str) -> None:
        self.desk.page.goto(f"{self.desk.site.url}{path}")
        self.here()

    def here(self) -> None:
        self.desk.page.wait_for_load_state("networkidle")
        self.look()

    def look(self) -> None:
        url = self.desk.page.url
        self.seen[url.partition("?")[0]] = None
        self.found += [f"{url}: {fault}" for fault in self.desk.browser.axe_in_both_themes()]

    def press(self, selector: str, then: str) -> None:
        """Press a button and look at the page that follows."""
        with self.desk.page.expect_navigation(url=then):
            self.keys.press(selector)
        self.here()


def take_a_file_in_and_back(looked: Looked, walk: str) -> None:
    desk = looked.desk
    looked.at(f"{walk}/import")
    looked.keys.fill("#pasted", ROWS)
    looked.press("main form .btn--primary", "**/import/*-*")
    assert desk.find(".rows-table tbody tr").count() == 2
    looked.press("button[value='take_in']", "**/import/*-*")
    desk.find(".notice.is-good").wait_for()
    for button, notice in (("yes", "is-warning"), ("no", "is-good")):
        looked.keys.press(f"button[name='undone'][value='{button}']")
        desk.find(f".notice.{notice}").wait_for()
    looked.here()


def let_a_phone_in_and_wait_again(looked: Looked, walk: str, late: Callable[[], Wire]) -> None:
    desk = looked.desk
    looked.at(f"{walk}/setup")
    looked.keys.press("#waiting input[value='off']", key="ArrowDown")
    with desk.page.expect_navigation(url="**/setup?done=waiting*"):
        looked.keys.press("#waiting form button")
    late().send(category="litter")
    looked.at(f"{walk}/aside")
    looked.press("button[value='let_in']", "**/aside?done=let_in*")
    looked.press(".notice button[value='wait']", "**/aside?done=wait*")
    assert desk.find(".checks button[value='let_in']").count() == 1


def make_an_owner_and_set_it_aside(looked: Looked) -> None:
    desk = looked.desk
    looked.at("/desk/owners")
    looked.press("main a[href$='/new']", "**/new")
    looked.keys.fill("#name", "Parken")
    looked.keys.fill("#ground", CORNERS)
    looked.press("main form .btn--primary", "**/desk/owners?*done=yes*")
    owner = desk.page.locator("main a", has_text="Parken").get_attribute("href")
    looked.press(f"a[href='{owner}']", f"**{owner}")
    assert "60.17" in desk.find("#ground").input_value()
    looked.at("/desk/owners")
    for done in ("aside", "back"):
        with desk.page.expect_navigation(url=f"**/desk/owners?*done={done}"):
            looked.keys.press(f"form[action='{owner}/aside'] button")
    looked.here()


def test_the_other_pages_of_the_desk_by_keys_and_as_axe_sees_them(
    site_factory: SiteFactory, new_desk: Make
) -> None:
    site = site_factory()
    desk = Desk(new_desk(lang="sv-SE"), site)
    desk.log_in()
    looked = Looked(desk)
    walk = f"/desk/walks/{joined(site).walk_id}"
    take_a_file_in_and_back(looked, walk)
    let_a_phone_in_and_wait_again(looked, walk, lambda: joined(site))
    make_an_owner_and_set_it_aside(looked)
    for path in (*(f"{walk}/{name}" for name in SHOWN), *OWN, "/desk/people"):
        looked.at(path)
    for url in list(looked.seen):
        desk.page.goto(f"{url}?lang=en")
        assert desk.page.evaluate("document.documentElement.lang") == "en"
        looked.look()
    assert not looked.found, "\n".join(looked.found)
