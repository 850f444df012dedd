"""What a phone cannot send comes by hand; what a server has lost comes back from phones. Real browsers."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

from tests.e2e.browser import Browser
from tests.e2e.conftest import Pictures
from tests.e2e.desk import Desk
from tests.e2e.phone import Phone
from tests.e2e.site import Site
from tests.waiting import wait_until

Make = Callable[..., Browser]
BREAK = """new Promise((done, fail) => {
  const open = indexedDB.open('trygga-steg');
  open.onerror = () => fail(open.error);
  open.onsuccess = () => {
    const tx = open.result.transaction('entries', 'readwrite');
    tx.objectStore('entries').getAll().onsuccess = ({ target }) => {
      const problem = { code: 'walk_archived', status: 410, title: null, obey: false };
      for (const entry of target.result) tx.objectStore('entries').put({ ...entry, state: 'help', problem });
    };
    tx.oncomplete = () => { open.result.close(); done(true); };
  };
})"""
DRAWN = (
    "[...document.querySelectorAll('.rescue__photo')].every((one) => one.complete && one.naturalWidth > 0)"
)


def walk_of(phone: Phone) -> str:
    return urlsplit(phone.home).path.rsplit("/", 1)[-1]


def save_as_file(phone: Phone, folder: Path) -> Path:
    """The phone's own file, as its owner would hand it over."""
    phone.page.goto(f"{phone.home}#/mine")
    with phone.page.expect_download() as download:
        phone.find("#save-file").click()
    path = folder / download.value.suggested_filename
    download.value.save_as(path)
    return path


def test_a_broken_queue_without_network_reaches_the_desk_as_a_file_and_doubles_nothing(
    site: Site, new_phone: Make, new_desk: Make, pictures: Pictures, tmp_path: Path
) -> None:
    phone = Phone(new_phone(), site)
    phone.join(ready=False)
    wait_until(lambda: phone.stored("walks")[0]["rejoin"], "the capability on the phone")
    phone.browser.offline()
    made = {phone.drop("lighting", "camera")["id"], phone.drop("good_place", pictures())["id"]}
    phone.browser.run(BREAK)
    file = save_as_file(phone, tmp_path)

    desk, walk = Desk(new_desk(), site), walk_of(phone)
    desk.log_in()
    desk.page.goto(f"{site.url}/desk/walks/{walk}/rescue")
    desk.find("#file").set_input_files(file)
    desk.find("main form .btn--primary").click()
    desk.find(".rescue__one[data-state='new']").nth(1).wait_for()
    desk.browser.until(DRAWN, "the pictures of what is not taken in")
    assert desk.browser.axe() == []
    assert not [pin for pin in desk.changes(walk) if pin["id"] in made]
    desk.find("button[value='take_in']").click()
    desk.find(".notice.is-good").wait_for()
    taken = desk.wait_for_pins(walk, made)
    assert len({pin["participant"] for pin in taken.values()} - {None}) == 1
    assert len(desk.wait_for_photos(walk, made)) == 2

    phone.browser.online()
    phone.sync()
    assert {pin["number"] for pin in phone.pins()} == {pin["number"] for pin in taken.values()}
    assert {pin["rev"] for pin in desk.changes(walk) if pin["id"] in made} == {
        pin["rev"] for pin in phone.pins()
    }
    code = phone.find("#receipt .host").inner_text()
    assert phone.browser.axe() == []
    desk.page.goto(f"{site.url}/kvitto")
    desk.find("#code").fill(code.lower())
    desk.find("main form .btn--cta").click()
    desk.find("main .notice .strong").nth(1).wait_for()
    told = desk.find("main .notice .strong").all_inner_texts()
    assert [line.split()[0] for line in told] == ["2", "2"]


def test_after_yesterdays_backup_is_put_back_the_phones_refill_the_server_and_the_desk_counts(
    site: Site, new_phone: Make, new_desk: Make, pictures: Pictures
) -> None:
    amina, bilal = (Phone(new_phone(name), site) for name in ("Amina", "Bilal"))
    old = []
    for phone in (amina, bilal):
        phone.join(ready=False)
        old.append(phone.drop("litter", pictures())["id"])  # a test camera gives two phones the same
        phone.wait_until_sent()
    site.run("backup", "create")
    new = [phone.drop("lighting", pictures())["id"] for phone in (amina, bilal)]
    for phone in (amina, bilal):
        phone.wait_until_sent()
    site.run("backup", "restore", "--yes")

    desk, walk = Desk(new_desk(), site), walk_of(amina)
    desk.log_in()
    desk.open_walk(walk)
    desk.find("#refilled svg").wait_for()
    before = {pin["id"] for pin in desk.changes(walk)}
    assert set(old) <= before
    assert not before & set(new)
    for phone in (amina, bilal):
        phone.page.goto(f"{phone.home}#/mine")
        phone.find("#try-now").click()
    desk.wait_for_pins(walk, {*old, *new})
    assert len(desk.wait_for_photos(walk, set(new))) == 2
    counted = f"fetch('/api/desk/walks/{walk}/refilled').then((a) => a.json())"
    desk.browser.until(
        f"{counted}.then(({{pins, photos}}) => pins === 2 && photos === 2)", "two of each refilled"
    )
    desk.browser.until("document.getElementById('refilled').innerText.includes('2')", "the desk says so")
    for phone in (amina, bilal):
        phone.wait_until_sent()
        assert len(phone.pins()) == 2
