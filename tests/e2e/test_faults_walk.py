"""What the organiser does while a phone holds what is unsent, and what two edits do to each other."""

from __future__ import annotations

import io
import json
import threading
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from tests.chaos.proxy import hold
from tests.e2e.backstage import delete, end, forget_phones, query, walk_of
from tests.e2e.browser import Browser
from tests.e2e.phone import Phone
from tests.e2e.site import Site
from tests.waiting import wait_until

Make = Callable[..., Browser]


@pytest.fixture
def phone(site: Site, new_phone: Make) -> Phone:
    phone = Phone(new_phone(viewport=(360, 640), scale=1, lang="en-GB"), site)
    phone.join(ready=False)
    phone.wait_until_installed()
    return phone


def picture(path: Path, seed: int = 1) -> Path:
    Image.effect_noise((400, 300), 40 + seed).convert("RGB").save(path, quality=80)
    return path


def my_pins_say(phone: Phone, words: str) -> None:
    """Open "My pins" and read it there."""
    phone.browser.run("location.hash = '#/mine'")
    phone.find(f"dialog[open]:has(#try-now):has-text('{words}')").wait_for()


def saved_file(phone: Phone) -> tuple[list[str], list[str]]:
    """The ids of the pins and the names of the photos in the file that "Save as file" gives."""
    with phone.page.expect_download() as got:
        phone.find("#save-file").click()
    with zipfile.ZipFile(io.BytesIO(Path(got.value.path()).read_bytes())) as archive:
        things = json.loads(archive.read("walk.json"))["things"]
        pins = [thing["id"] for thing in things if thing["kind"] == "pin"]
        return pins, [name for name in archive.namelist() if name.startswith("photos/")]


def test_p27_what_comes_after_the_walk_is_taken_in_as_late_and_shown_so(site: Site, phone: Phone) -> None:
    phone.browser.offline()
    pin = phone.drop("lighting", "camera")
    end(site, walk_of(phone), "closing", "closed")
    phone.browser.online()
    phone.wait_until_sent()
    assert query(site, "SELECT count(*), min(is_late) FROM pin WHERE id = ?", *ids(pin)) == [(1, 1)]
    assert query(site, "SELECT count(*) FROM photo WHERE sent_sha256 = ?", pin["photos"][0]["sha256"]) == [
        (1,)
    ]
    phone.browser.run("location.hash = '#/mine'")
    phone.find(f"#mine-{pin['id']} [data-late]").wait_for()


def test_p28_a_walk_that_is_gone_leaves_everything_on_the_phone_and_in_a_file(
    site: Site, phone: Phone
) -> None:
    phone.browser.offline()
    pin = phone.drop("lighting", "camera")
    delete(site, walk_of(phone))
    phone.browser.expect_error("410|401")
    phone.browser.online()
    wait_until(lambda: phone.stored("walks")[0]["parked"] == "gone", "the walk known to be gone")
    phone.find(".app__banner .btn").wait_for()
    my_pins_say(phone, "no longer has this walk")
    assert len(phone.entries()) == 2
    pins, photos = saved_file(phone)
    assert (pins, len(photos)) == ([pin["id"]], 1)
    phone.reload()
    assert [one["id"] for one in phone.pins()] == [pin["id"]]


def test_p28_an_archived_walk_takes_nothing_and_the_phone_keeps_it(site: Site, phone: Phone) -> None:
    phone.browser.offline()
    pin = phone.drop("litter", "camera")
    end(site, walk_of(phone), "closing", "closed", "archived")
    phone.browser.expect_error("410")
    phone.browser.online()
    wait_until(lambda: {one["state"] for one in phone.entries()} == {"help"}, "both need help")
    phone.browser.run("location.hash = '#/mine'")
    phone.find("dialog[open] .sum.is-error").wait_for()
    assert saved_file(phone)[0] == [pin["id"]]
    assert {one["problem"]["code"] for one in phone.entries()} == {"walk_archived"}


def test_p29_an_ended_token_is_renewed_unseen_and_a_revoked_one_by_the_code(site: Site, phone: Phone) -> None:
    phone.browser.expect_error("401")
    phone.browser.offline()
    first = phone.drop("lighting")
    forget_phones(site, walk_of(phone), for_good=False)
    phone.browser.online()
    phone.wait_until_sent()

    phone.browser.offline()
    second = phone.drop("litter", "camera")
    forget_phones(site, walk_of(phone), for_good=True)
    phone.browser.online()
    wait_until(lambda: phone.stored("walks")[0]["parked"] == "rejoin", "the queue parked")
    phone.find(".app__banner .btn").wait_for()
    my_pins_say(phone, "Scan the walk’s code again")
    assert len(phone.entries()) == 2
    phone.find("#mine-code").click()
    phone.find("#code").fill(site.code)
    phone.find("dialog[open] form .btn--cta").click()
    phone.wait_until_sent()
    found = query(site, "SELECT count(*) FROM pin WHERE id IN (?, ?)", *ids(first, second))
    assert found == [(2,)]
    wait_until(lambda: phone.stored("walks")[0]["parked"] is None, "the queue no longer parked")


def test_p30_a_late_answer_to_the_first_edit_leaves_the_second_unsent(site: Site, phone: Phone) -> None:
    gate = threading.Event()
    slow = site.road.on("PUT", r"/pins/", hold(gate, before=False), times=1)
    pin = phone.drop("lighting")
    wait_until(lambda: slow.hits, "the first edit under way")
    phone.browser.run(f"location.hash = '#/pin/{pin['id']}'")
    phone.find("dialog[open] textarea").first.fill("second thoughts")
    wait_until(lambda: phone.pin(pin["id"])["fields"]["text"] == "second thoughts", "the second edit saved")
    later = threading.Event()
    site.road.on("PUT", r"/pins/", hold(later), times=1)
    gate.set()
    wait_until(lambda: phone.pin(pin["id"])["acked_rev"] == 1, "the answer to the first heard")
    assert [one["rev"] for one in phone.entries()] == [2]
    phone.page.goto(phone.home)
    later.set()
    phone.wait_until_sent()
    assert query(site, "SELECT rev, text FROM pin WHERE id = ?", *ids(pin)) == [(2, "second thoughts")]


def test_p31_one_photo_on_two_pins_is_stored_once_and_stays_when_one_goes(
    site: Site, phone: Phone, tmp_path: Path
) -> None:
    file = picture(tmp_path / "image.jpg")
    one, two = phone.drop("lighting", file), phone.drop("litter", file)
    assert one["photos"][0]["sha256"] == two["photos"][0]["sha256"]
    assert len(phone.photos()) == 1
    phone.wait_until_sent()
    sha256 = one["photos"][0]["sha256"]
    assert query(site, "SELECT count(*) FROM photo WHERE sent_sha256 = ?", sha256) == [(1,)]
    assert query(site, "SELECT count(*) FROM pin_photo WHERE sha256 = ?", sha256) == [(2,)]
    phone.page.goto(f"{phone.home}#/pin/{one['id']}")
    phone.find("dialog[open] #pin-remove").click()
    wait_until(lambda: phone.pin(one["id"])["withdrawn"], "the first taken back")
    phone.wait_until_sent()
    # When nobody can want it back any more, its photos leave the phone: those that no other pin shows.
    phone.page.clock.install()
    phone.page.clock.fast_forward(13 * 3_600_000)
    phone.sync()
    wait_until(lambda: phone.pin(one["id"])["photos"] == [], "the first gone for good")
    assert phone.pin(two["id"])["photos"][0]["sha256"] == sha256
    assert phone.photos()[0]["has_bytes"]


def ids(*pins: dict[str, object]) -> list[str]:
    return [str(pin["id"]).replace("-", "") for pin in pins]


def test_f25_a_phone_that_scans_again_stays_who_it_was(site: Site, phone: Phone) -> None:
    pin = phone.drop("lighting")
    phone.wait_until_sent()
    before = phone.stored("walks")[0]["participant_id"]
    phone.browser.offline()
    phone.page.goto(f"{phone.home}#/pin/{pin['id']}")
    phone.find("dialog[open] textarea").first.fill("still mine")
    wait_until(lambda: phone.pin(pin["id"])["fields"]["text"] == "still mine", "the change on the phone")
    phone.browser.online()
    phone.page.goto(site.poster)
    phone.find("main .btn--cta").click()
    phone.find("form[action$='/join'] button").click()
    phone.find("#new-pin").wait_for()
    wait_until(lambda: phone.stored("walks")[0]["participant_id"] == before, "the participant it was")
    phone.wait_until_sent()
    assert query(site, "SELECT text FROM pin WHERE id = ?", *ids(pin)) == [("still mine",)]
    other = phone.drop("litter")
    phone.wait_until_sent()
    owners = query(site, "SELECT DISTINCT participant_id FROM pin WHERE id IN (?, ?)", *ids(pin, other))
    assert owners == [(before.replace("-", ""),)]
