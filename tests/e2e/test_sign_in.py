"""Ways in, in a real browser: a passkey in its own (virtual) device, and the authenticator app."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from typing import Any

from passlib.totp import TOTP
from playwright.sync_api import CDPSession

from tests.e2e.browser import Browser
from tests.e2e.desk import Desk
from tests.e2e.site import Site

Make = Callable[..., Browser]
OWN = "/desk/account/second-factor"


def with_device(desk: Desk) -> tuple[CDPSession, str]:
    """A phone-like passkey holder in this browser, whose owner always agrees.

    It is gone as soon as another line to the developer protocol closes: no axe while it is needed.
    """
    line = desk.browser.cdp()
    line.send("WebAuthn.enable")
    options: dict[str, Any] = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True}
    options |= {"hasUserVerification": True, "isUserVerified": True, "automaticPresenceSimulation": True}
    return line, line.send("WebAuthn.addVirtualAuthenticator", {"options": options})["authenticatorId"]


def log_out(desk: Desk) -> None:
    desk.find(".menu__open").click()
    desk.find("form[action='/desk/logout'] button").click()
    desk.page.wait_for_url(re.compile("/desk/(login)?$"))


def test_a_passkey_is_made_and_lets_in_without_a_passphrase(site: Site, new_desk: Make) -> None:
    desk = Desk(new_desk(lang="en-GB"), site)
    desk.log_in()
    desk.page.goto(f"{site.url}{OWN}")
    assert not desk.browser.axe()
    desk.find(f"a[href='{OWN}/passkey']").click()
    desk.find("form[data-passkey]").wait_for()
    assert not desk.browser.axe()
    line, device = with_device(desk)
    desk.find("#name").fill("My phone")
    desk.page.keyboard.press("Enter")
    desk.page.wait_for_url("**/second-factor?done=passkey")
    assert "My phone" in desk.find("#passkeys").inner_text()
    assert len(line.send("WebAuthn.getCredentials", {"authenticatorId": device})["credentials"]) == 1
    # In the e-mail field the browser offers it at once, and its owner agrees.
    log_out(desk)
    desk.find(".walk-card").first.wait_for()
    desk.page.goto(f"{site.url}/desk/account")
    assert "By passkey" in desk.find("main").inner_text()


def test_whoever_says_no_to_the_browser_stays_where_they_were(site: Site, new_desk: Make) -> None:
    desk = Desk(new_desk(lang="en-GB"), site)
    desk.log_in()
    line, device = with_device(desk)
    line.send("WebAuthn.setUserVerified", {"authenticatorId": device, "isUserVerified": False})
    desk.page.goto(f"{site.url}{OWN}/passkey")
    desk.find("form[data-passkey] button").click()
    desk.find("[data-passkey-status]").filter(has_text="Nothing came of it").wait_for()


def test_an_authenticator_app_is_set_up_and_asked_for_by_keyboard(site: Site, new_desk: Make) -> None:
    desk = Desk(new_desk(lang="en-GB"), site)
    desk.browser.expect_error("status of 422")
    desk.log_in()
    desk.page.goto(f"{site.url}{OWN}")
    desk.find(f"form[action='{OWN}/app'] button").press("Enter")
    desk.page.wait_for_url("**/second-factor/app")
    assert not desk.browser.axe()
    secret = re.sub("[^A-Z2-7]", "", desk.find(".people__link .host").inner_text())
    desk.find("#code").fill(str(TOTP(key=secret).generate().token))
    desk.page.keyboard.press("Enter")
    desk.find(".codes").wait_for()
    assert not desk.browser.axe()
    codes = desk.find(".codes li").all_inner_texts()
    desk.find("main a.btn--primary").press("Enter")
    desk.find(".walk-card").first.wait_for()
    desk.page.goto(f"{site.url}{OWN}")
    assert not desk.browser.axe()
    log_out(desk)
    assert not desk.browser.axe()
    desk.page.goto(site.login_link())
    desk.find("main form button.btn--primary").first.press("Enter")
    desk.page.wait_for_url("**/desk/login/second")
    assert not desk.browser.axe()
    desk.find("#code").fill("000000")
    desk.page.keyboard.press("Enter")
    desk.find(".problem").wait_for()
    assert not desk.browser.axe()
    # The next step's code: taken a little early, and never used before.
    ahead = int(time.time()) + 30
    desk.find("#code").fill(str(TOTP(key=secret).generate(ahead).token))
    desk.page.keyboard.press("Enter")
    desk.find(".walk-card").first.wait_for()
    log_out(desk)
    desk.page.goto(site.login_link())
    desk.find("main form button.btn--primary").first.press("Enter")
    desk.find("#code").fill(codes[0].lower())
    desk.page.keyboard.press("Enter")
    desk.find(".walk-card").first.wait_for()
