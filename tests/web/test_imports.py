"""Pins from a file: looked at, taken in once, taken back and brought back whole."""

from __future__ import annotations

import io
import json
import re
from typing import Any

import pytest
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from app.db import db
from app.models import Audit, Import, Issue, Pin, PinRevision
from tests.builders import BOX, LAT, LON, NOW
from tests.cast import Cast

ROWS = (
    "Nr;Lat;Lon;Kategori;Beskrivning\n"
    "A-1;60,171;24,951;Skräp;Glas på gången\n"
    'A-2;60,172;24,952;Belysning;=HYPERLINK("http://x")\n'
    "A-3;60,173;24,953;Rymdfarare;Vad?\n"
)


def page(cast: Cast) -> str:
    return f"/desk/walks/{cast.a.id}/import"


def bring(cast: Cast, content: str | bytes = ROWS, name: str = "lista.csv") -> str:
    """Fatima brings a file; returns where it is looked at."""
    data = content.encode() if isinstance(content, str) else content
    brought = cast.fatima.post(page(cast), data={"file": (io.BytesIO(data), name)})
    assert brought.status_code == 303, brought.text
    return str(brought.location)


def shown_form(cast: Cast, there: str) -> dict[str, str]:
    """What the page's fields say now, as a browser would send them."""
    text = cast.fatima.get(there).text
    form = dict(re.findall(r'<input type="hidden" name="([\w-]+)" value="([^"]*)"', text))
    for name, options in re.findall(r'<select[^>]* name="([\w-]+)"[^>]*>(.*?)</select>', text, re.DOTALL):
        chosen = re.search(r'<option value="([^"]*)" selected', options)
        first = re.search(r'<option value="([^"]*)"', options)
        form[name] = (chosen or first or [""])[1] if (chosen or first) else ""
    return form


def take_in(cast: Cast, there: str, **choices: str) -> str:
    """Take the file in with what the page shows, and `choices` over it; returns the report."""
    answer = cast.fatima.post(there, data=shown_form(cast, there) | choices | {"act": "take_in"})
    assert answer.status_code == 303
    return cast.fatima.get(there).text


def set_undone(cast: Cast, there: str, undone: bool) -> None:
    assert cast.fatima.post(f"{there}/undone", data={"undone": "yes" if undone else "no"}).status_code == 303


def pins(cast: Cast) -> list[Any]:
    with cast.app.app_context():
        return list(db.session.execute(db.select(Pin.__table__).order_by(Pin.number)))


def seen(cast: Cast) -> list[int]:
    """Numbers of the pins that Amina's phone is shown."""
    return sorted(pin["number"] for pin in cast.amina.feed() if not pin.get("gone"))


def test_good_rows_become_pins_and_the_others_are_told_with_their_reason(cast: Cast) -> None:
    there = bring(cast)
    looked = cast.fatima.get(there).text
    assert "Rymdfarare” is no category" in looked or "Rymdfarare” är ingen kategori" in looked
    assert pins(cast) == []
    take_in(cast, there)
    one, two = pins(cast)
    assert (one.number, one.category, one.text, one.lat, one.lon) == (
        1,
        "litter",
        "Glas på gången",
        60.171,
        24.951,
    )
    assert (one.source, one.group, one.participant_id, one.review) == ("import", "import", None, "new")
    assert two.text == '=HYPERLINK("http://x")'
    with cast.app.app_context():
        assert sorted(db.session.scalars(db.select(Issue.reference))) == ["A-1", "A-2"]
        kept = db.session.scalars(db.select(Import)).one()
        assert (kept.state, kept.content) == ("done", None)
        assert kept.counts == {"new": 2, "again": 0, "known": 0, "bad": 1}
    assert seen(cast) == [1, 2]


def test_the_same_file_twice_doubles_nothing_and_a_mended_row_comes_alone(cast: Cast) -> None:
    take_in(cast, bring(cast))
    take_in(cast, bring(cast, ROWS.encode("cp1252"), "samma igen.csv"))
    head, *lines = ROWS.splitlines()
    take_in(cast, bring(cast, "\n".join([head, *reversed(lines)])), kind="idea")
    assert len(pins(cast)) == 2
    take_in(cast, bring(cast, ROWS.replace("Rymdfarare", "Klotter")), category="damage")
    assert [pin.text for pin in pins(cast)] == ["Glas på gången", '=HYPERLINK("http://x")', "Vad?"]


def test_taking_in_twice_by_a_double_click_is_once(cast: Cast) -> None:
    there = bring(cast)
    form = shown_form(cast, there) | {"act": "take_in"}
    assert cast.fatima.post(there, data=form).status_code == 303
    assert cast.fatima.post(there, data=form).status_code in (303, 404)
    assert len(pins(cast)) == 2


def test_all_of_it_is_taken_back_and_brought_back_as_it_stood(cast: Cast) -> None:
    there = bring(cast)
    take_in(cast, there)
    own = cast.amina.put_pin()
    assert own.status_code == 201
    feed = f"/api/desk/walks/{cast.a.id}"
    pin = cast.fatima.get(f"{feed}/pins").json["pins"][0]
    cast.fatima.put(
        f"{feed}/pins/{pin['id']}/review", json={"pin": "approved"}, headers={"If-Match": f'"{pin["seq"]}"'}
    )
    set_undone(cast, there, True)
    assert seen(cast) == [3]
    assert [bool(one.withdrawn_at) for one in pins(cast)] == [True, True, False]
    set_undone(cast, there, True)
    set_undone(cast, there, False)
    assert seen(cast) == [1, 2, 3]
    assert [one.review for one in pins(cast)] == ["approved", "new", "new"]
    with cast.app.app_context():
        acts = list(db.session.scalars(db.select(Audit.act).where(Audit.thing == "import")))
        assert sorted(acts) == ["import_bring", "import_done", "import_redone", "import_undone"]
        history = db.session.scalars(
            db.select(PinRevision.fields)
            .where(PinRevision.pin_id == pins(cast)[1].id)
            .order_by(PinRevision.seq)
        )
        assert [one.get("withdrawn") for one in history] == [None, True, False]


def test_after_taking_back_the_file_may_come_again_with_other_choices(cast: Cast) -> None:
    text = "lat;lon;vad\n60,171;24,951;Glas\n"
    first = bring(cast, text)
    take_in(cast, first, category="litter")
    set_undone(cast, first, True)
    second = bring(cast, text)
    report = take_in(cast, second, **{"category": "damage", "column-text": "2", "kind": "idea"})
    (pin,) = pins(cast)
    assert (pin.category, pin.kind, pin.text, pin.withdrawn_at, pin.rev) == (
        "damage",
        "idea",
        "Glas",
        None,
        2,
    )
    assert "1" in report
    assert seen(cast) == [1]
    set_undone(cast, first, False)
    assert pins(cast)[0].category == "damage"
    set_undone(cast, second, True)
    assert seen(cast) == []


def test_what_was_taken_back_by_itself_stays_so(cast: Cast) -> None:
    there = bring(cast)
    take_in(cast, there)
    alone = pins(cast)[0].id
    assert cast.fatima.post(f"/desk/walks/{cast.a.id}/paper/{alone}/undo").status_code == 303
    set_undone(cast, there, True)
    set_undone(cast, there, False)
    assert seen(cast) == [2]


@pytest.mark.parametrize("withdrawn_at", [None, NOW], ids=["standing", "withdrawn"])
def test_a_pin_of_a_participant_is_never_touched(cast: Cast, withdrawn_at: Any) -> None:
    there = bring(cast)
    take_in(cast, there)
    pin_id = pins(cast)[0].id
    theirs = {
        "participant_id": cast.amina.id,
        "import_id": None,
        "text": "mine",
        "withdrawn_at": withdrawn_at,
    }
    with cast.app.app_context():
        db.session.execute(db.update(Pin).where(Pin.id == pin_id).values(theirs))
        db.session.commit()
    take_in(cast, bring(cast))
    set_undone(cast, there, True)
    (own,) = [pin for pin in pins(cast) if pin.id == pin_id]
    assert (own.text, own.withdrawn_at) == ("mine", withdrawn_at)


def test_the_page_tells_which_headings_are_understood(cast: Cast) -> None:
    text = cast.fatima.get(f"/desk/walks/{cast.a.id}/import?lang=en").text
    for word in ("<dt>Category</dt>", "kategori, ämne", "åtgärd", "Lighting, "):
        assert word in text, word


def test_choices_are_kept_and_guessed_anew_when_the_file_is_read_otherwise(cast: Cast) -> None:
    there = bring(cast, "stop|category\n1|litter\n")
    form = shown_form(cast, there)
    assert (form["delimiter"], form["column-stop"], form["column-category"]) == ("bar", "0", "1")
    cast.fatima.post(there, data=form | {"column-category": "", "category": "damage", "act": "look"})
    form = shown_form(cast, there)
    assert (form["column-category"], form["category"]) == ("", "damage")
    cast.fatima.post(there, data=form | {"delimiter": "comma", "act": "look"})
    assert shown_form(cast, there)["column-category"] == ""
    cast.fatima.post(there, data=shown_form(cast, there) | {"delimiter": "bar", "act": "look"})
    assert shown_form(cast, there)["column-category"] == "1"


def test_geojson_in_swedish_coordinates_lands_where_it_should(cast: Cast) -> None:
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::3006"}}
    point = {"type": "Point", "coordinates": [1051000.0, 6708000.0]}
    features = [{"type": "Feature", "geometry": point, "properties": {"kategori": "Skräp"}}]
    body = json.dumps({"type": "FeatureCollection", "crs": crs, "features": features})
    there = bring(cast, body, "punkter.geojson")
    assert shown_form(cast, there)["system"] == "epsg3006"
    take_in(cast, there)
    (pin,) = pins(cast)
    assert pin.lat == pytest.approx(60.17, abs=0.3)
    assert pin.lon == pytest.approx(24.95, abs=0.3)


def test_a_stop_gives_its_place_and_a_pin_outside_is_marked(cast: Cast) -> None:
    take_in(cast, bring(cast, f"stopp;lat;lon;kategori\n1;;;Skräp\n;{BOX[3] + 0.1};{LON};Skräp\n"))
    inside, outside = pins(cast)
    assert (inside.stop_id, inside.lat, inside.is_outside) == (cast.a.stop_id, LAT, False)
    assert (outside.stop_id, outside.is_outside) == (None, True)


@pytest.mark.parametrize(
    ("data", "status"),
    [
        ({}, 422),
        ({"pasted": "  "}, 422),
        ({"file": (b"", "tom.csv")}, 422),
        ({"file": (b"PK\x03\x04", "bok.xlsx")}, 422),
        ({"file": (b"x" * 2_200_000, "stor.csv")}, 422),
        ({"file": (b"x" * 3_000_000, "storst.csv")}, 413),
    ],
    ids=["nothing", "blank", "empty", "workbook", "large", "huge"],
)
def test_what_cannot_be_read_is_told_and_nothing_is_kept(
    cast: Cast, data: dict[str, Any], status: int
) -> None:
    form = {
        name: FileStorage(io.BytesIO(value[0]), value[1]) if name == "file" else value
        for name, value in data.items()
    }
    boundary, body = encode_multipart(form)
    kind = f"multipart/form-data; boundary={boundary}"
    answer = cast.fatima.post(page(cast), data=body, content_type=kind)
    assert answer.status_code == status, answer.text
    assert cast.count(Import) == 0


def test_pasted_rows_are_a_file_too_and_may_be_forgotten(cast: Cast) -> None:
    brought = cast.fatima.post(page(cast), data={"pasted": "stopp\tkategori\r\n1\tSkräp\r\n"})
    assert shown_form(cast, brought.location)["delimiter"] == "tab"
    assert cast.fatima.post(brought.location, data={"act": "drop"}).location.endswith("/import")
    assert cast.count(Import) == 0
    assert cast.fatima.get(brought.location).status_code == 404


def test_markup_in_a_file_is_text(cast: Cast) -> None:
    there = bring(cast, "<b>x</b>;kategori;stopp\n<script>alert(1)</script>;<i>;1\n", "<img>.csv")
    text = cast.fatima.get(there).text
    for raw in ("<script>alert", "<b>x</b>", "<i>", "<img>"):
        assert raw not in text


def test_strange_choices_are_no_choices(cast: Cast) -> None:
    there = bring(cast)
    strange = {"column-north": "99999", "column-east": "-1", "system": "x", "encoding": "rot13", "kind": "\0"}
    strange |= {"delimiter": "\0", "category": "nope\0", "voice": "God", "headings": "maybe", "act": "look"}
    assert cast.fatima.post(there, data=strange).status_code == 303
    assert cast.fatima.get(there).status_code == 200
    assert cast.fatima.post(there, data={"act": "take_in"}).status_code == 303
    assert len(pins(cast)) == 2


def test_an_archived_walk_takes_nothing_in(cast: Cast) -> None:
    there = bring(cast)
    cast.set_walk(cast.a, state="archived")
    assert cast.fatima.post(there, data={"act": "take_in"}).status_code == 410
    assert pins(cast) == []


def test_another_walk_s_import_is_not_there(cast: Cast) -> None:
    there = bring(cast)
    elsewhere = there.replace(str(cast.a.id), str(cast.b.id))
    assert cast.fatima.get(elsewhere).status_code == 404
    assert cast.fatima.post(elsewhere, data={"act": "take_in"}).status_code == 404
    assert cast.fatima.post(f"{elsewhere}/undone", data={"undone": "yes"}).status_code == 404
    assert pins(cast) == []


def test_two_thousand_rows_are_taken_in_at_once(cast: Cast) -> None:
    lines = [f"{60.161 + n / 1e5:.5f};24,95;Skräp;rad {n}" for n in range(2000)]
    there = bring(cast, "lat;lon;kategori;text\n" + "\n".join(lines))
    take_in(cast, there)
    assert cast.count(Pin) == 2000
    set_undone(cast, there, True)
    assert cast.count(Pin, Pin.withdrawn_at.is_(None)) == 0
