"""The page of a walk's offline map: what covers the area, what is said otherwise, and a command to copy."""

from __future__ import annotations

import html
import re
import shlex
import shutil
from pathlib import Path

import pytest

from app.models import Audit
from app.operations.packs import SHIPPED
from app.rules.packs import box_of, cover
from tests.cast import Cast

PARK = (24.942, 60.1725, 24.949, 60.1755)
WIDE = (24.94, 60.17, 25.5, 60.2)


def page(cast: Cast) -> str:
    return f"/desk/walks/{cast.a.id}/map?lang=en"


def command_of(text: str) -> str:
    found = re.search(r"<code>(.*?)</code>", text)
    assert found
    return html.unescape(found[1])


def test_what_covers_the_area_stands_first_with_its_size(cast: Cast) -> None:
    cast.set_area(cast.a, PARK)
    text = cast.fatima.get(page(cast)).text
    assert re.findall(r'name="pack" value="([^"]*)"', text) == ["helsinki-mini", "helsinki", "kotka", ""]
    assert text.count("Covers the whole area") == 2
    assert text.count("Is of another place") == 1
    assert "298 kB" in text
    assert "No map on this server" not in text


def test_it_is_said_plainly_when_nothing_covers_the_area(cast: Cast) -> None:
    cast.set_area(cast.a, WIDE, name="Älvängen")
    text = cast.fatima.get(page(cast)).text
    assert "No map on this server covers the whole area “Älvängen”" in text
    assert "Covers a part of the area" in text


def test_the_command_makes_a_map_of_the_area_whatever_its_name(cast: Cast) -> None:
    area = (11.95, 57.8, 11.98, 57.82)
    name = "Å'ker; rm -rf $(pwd) \"& `x`"
    cast.set_area(cast.a, area, name=name)
    words = shlex.split(command_of(cast.fatima.get(page(cast)).text))
    options = dict(
        zip(words[words.index("fetch") + 1 :: 2], words[words.index("fetch") + 2 :: 2], strict=True)
    )
    assert options["--title"] == name
    assert options["--name"] == "a-ker-rm-rf-pwd-x"
    assert cover(box_of(options["--bbox"]), area) == "whole"
    assert len(words) == 13


def test_a_map_is_chosen_and_phones_are_told(cast: Cast) -> None:
    before = cast.amina.client.get(cast.amina.url()).json
    answer = cast.fatima.post(page(cast), data={"pack": "kotka"})
    assert answer.status_code == 303
    after = cast.amina.client.get(cast.amina.url()).json
    assert after["pack"]["name"] == "kotka"
    assert after["seq"] == before["seq"] + 1
    assert cast.count(Audit, Audit.act == "walk_pack") == 1
    assert "Saved. Phones fetch the map" in cast.fatima.get(answer.location + "&lang=en").text
    cast.fatima.post(page(cast), data={"pack": "kotka"})
    assert cast.amina.client.get(cast.amina.url()).json["seq"] == after["seq"]
    cast.fatima.post(page(cast), data={"pack": ""})
    assert cast.amina.client.get(cast.amina.url()).json["pack"] is None


def test_a_map_that_is_not_there_is_refused(cast: Cast) -> None:
    assert cast.fatima.post(page(cast), data={"pack": "../../etc/passwd"}).status_code == 422


@pytest.mark.parametrize("state", ["closed", "archived"])
def test_a_closed_walk_keeps_its_map(cast: Cast, state: str) -> None:
    cast.set_walk(cast.a, state=state)
    assert cast.fatima.get(page(cast)).status_code == 409
    assert cast.fatima.post(page(cast), data={"pack": "kotka"}).status_code == 409


def test_the_walks_own_page_says_what_its_map_covers(cast: Cast) -> None:
    setup = f"/desk/walks/{cast.a.id}/setup?lang=en"
    cast.set_area(cast.a, PARK)
    for pack, told in (
        ("helsinki", "The offline map covers the whole area."),
        ("kotka", "The offline map is of another place."),
        ("", "No offline map: phones show a plain grid."),
    ):
        cast.fatima.post(page(cast), data={"pack": pack})
        assert told in cast.fatima.get(setup).text
    cast.fatima.post(page(cast), data={"pack": "helsinki"})
    cast.set_area(cast.a, WIDE)
    assert "The offline map does not cover the whole area." in cast.fatima.get(setup).text


def test_a_pack_laid_into_the_folder_can_be_chosen_without_a_restart(cast: Cast) -> None:
    folder: Path = cast.app.config["SETTINGS"].data_dir / "packs"
    folder.mkdir(exist_ok=True)
    assert 'value="ny"' not in cast.fatima.get(page(cast)).text
    shutil.copy(SHIPPED / "helsinki-mini-index.json", folder / "ny-index.json")
    shutil.copy(SHIPPED / "helsinki-mini.pmtiles", folder / "ny.pmtiles")
    assert 'value="ny"' in cast.fatima.get(page(cast)).text
    assert 'value="ny"' in cast.fatima.get("/desk/walks/new").text
