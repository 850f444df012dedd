"""Rows as pins: guesses, faults, and the key by which a row is known again."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from app.rules import imports
from app.rules.imports import Choices, Row, Spot, Surroundings, guess_columns, guess_system
from app.rules.tables import Reading, read

STOCKHOLM = (59.33, 18.06)
AROUND = Surroundings(
    {"1": Spot("stop-1", 59.331, 18.061), "2": Spot("stop-2", 59.332, 18.062)},
    STOCKHOLM,
    datetime(2026, 11, 12, 17, 0, tzinfo=UTC),
    ZoneInfo("Europe/Stockholm"),
    datetime(2026, 11, 20, 12, 0, tzinfo=UTC),
)


def rows(text: str, **said: Any) -> list[Row]:
    table = read(text.encode(), Reading())
    columns = guess_columns(table.headings)
    choices = {"columns": columns, "system": guess_system(table, columns, AROUND.middle)} | said
    return list(imports.rows(table, Choices(**choices), AROUND))


def row(text: str, **said: Any) -> Row:
    (only,) = rows(text, **said)
    return only


def faults(text: str, **said: Any) -> list[str]:
    return [fault.code for fault in row(text, **said).faults]


def test_a_column_with_the_name_of_an_extra_field_is_read_into_it() -> None:
    text = "Nr;Stopp;Kategori;Stolpnummer\n7;1;Belysning;A-17\n8;1;Belysning;\n9;1;Belysning;{}\n"
    around = replace(AROUND, extras={"stolpnummer": "Stolpe"})
    table = read(text.format("x" * 201).encode(), Reading())
    found = imports.rows(table, Choices(guess_columns(table.headings), "wgs84"), around)
    one, none, too_long = found
    assert (one.fields["extra"], none.fields["extra"]) == ({"Stolpe": "A-17"}, {})
    assert [fault.code for fault in too_long.faults] == ["too_long"]


def test_a_swedish_spreadsheet_is_read_without_a_question() -> None:
    text = (
        "Nr;N;E;Kategori;Slag;Beskrivning;Åtgärdsförslag;Datum;Adress\n"
        "7;6 580 822,5;674 032,1;Belysning;Problem;Släckt lampa;Byt lampan;2026-11-10 18:30;Kungsgatan 1\n"
    )
    read_row = row(text)
    assert not read_row.faults
    fields = read_row.fields
    assert (fields["category"], fields["kind"]) == ("lighting", "problem")
    assert (fields["text"], fields["proposal"], fields["address"]) == (
        "Släckt lampa",
        "Byt lampan",
        "Kungsgatan 1",
    )
    assert fields["there"]["lat"] == pytest.approx(59.33023, abs=1e-4)
    assert fields["made_at"] == "2026-11-10T17:30:00+00:00"
    assert read_row.reference == "7"


@pytest.mark.parametrize(
    ("headings", "north", "east"),
    [
        (("Latitud", "Longitud"), 0, 1),
        (("X", "Y"), 1, 0),
        (("id", "LON", "lat"), 2, 1),
        (("Sweref_N", "Sweref_E"), 0, 1),
        (("text", "category"), None, None),
    ],
)
def test_columns_are_guessed_by_their_headings(headings: tuple[str, ...], north: Any, east: Any) -> None:
    found = guess_columns(headings)
    assert (found["north"], found["east"]) == (north, east)


@pytest.mark.parametrize(
    ("pair", "system"),
    [
        ("59.33;18.06", "wgs84"),
        ("6580822;674032", "epsg3006"),
        ("674032;6580822", "epsg3006"),
        ("6580000;153000", "epsg3011"),
    ],
    ids=["degrees", "national", "turned", "zone 18 00"],
)
def test_the_system_is_the_one_that_lies_by_the_walk(pair: str, system: str) -> None:
    table = read(f"n;e\n{pair}\n".encode(), Reading())
    columns = guess_columns(table.headings)
    assert guess_system(table, columns, AROUND.middle) == system
    there = row(f"n;e;kategori\n{pair};Skräp").fields["there"]
    assert (there["lat"], there["lon"]) == pytest.approx(STOCKHOLM, abs=0.02)


@pytest.mark.parametrize(
    ("cell", "category"),
    [
        ("litter", "litter"),
        ("LITTER", "litter"),
        ("Skräp", "litter"),
        ("Lighting", "lighting"),
        ("belysning", "lighting"),
        ("Bra ljus", "lighting"),
    ],
)
def test_a_category_is_known_by_code_and_by_name_in_each_language(cell: str, category: str) -> None:
    read_row = row(f"stopp;kategori\n1;{cell}")
    assert not read_row.faults, read_row.faults
    assert read_row.fields["category"] == category
    assert read_row.fields["kind"] == ("positive" if cell == "Bra ljus" else "problem")


@pytest.mark.parametrize(
    ("line", "codes"),
    [
        (";Skräp;;;;", ["no_place"]),
        ("9;Skräp;;;;", ["stop"]),
        ("1;;;;;", ["no_category"]),
        ("1;Rymdfarare;;;;", ["category"]),
        ("1;Skräp;kanske;;;", ["kind"]),
        ("1;Skräp;;i går;;", ["time"]),
        ("1;Skräp;;2027-01-01;;", ["future"]),
        ("1;Skräp;;1999-01-01;;", ["past"]),
        (";Skräp;;;abc;18", ["place"]),
        (";Skräp;;;59,3;", ["place"]),
        (";Skräp;;;95;200", ["place"]),
        (";Skräp;;;48,85;2,35", ["far"]),
        ("9;Rymdfarare;kanske;i går;;", ["stop", "category", "kind", "time"]),
    ],
)
def test_every_fault_of_a_row_is_told_and_none_is_mended(line: str, codes: list[str]) -> None:
    text = f"stopp;kategori;slag;datum;lat;lon\n{line}\n"
    assert sorted(faults(text, system="wgs84")) == sorted(codes)
    assert row(text, system="wgs84").fields == {}


def test_a_text_that_is_too_long_is_told() -> None:
    assert faults(f"stopp;kategori;text\n1;Skräp;{'x' * 4001}") == ["too_long"]


def test_where_a_row_says_nothing_the_choice_holds() -> None:
    read_row = row("stopp;text\n1;Fint", category="greenery", kind="idea", voice="professional")
    fields = read_row.fields
    assert (fields["category"], fields["kind"], fields["voice"]) == ("greenery", "idea", "professional")
    assert fields["made_at"] == AROUND.starts_at.isoformat()
    assert (fields["stop_id"], fields["there"]["lat"]) == ("stop-1", 59.331)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("2026-11-10", "2026-11-10T11:00:00+00:00"),
        ("2026-11-10 18:30", "2026-11-10T17:30:00+00:00"),
        ("2026-11-10T18:30:00Z", "2026-11-10T18:30:00+00:00"),
        ("10.11.2026 18.30", "2026-11-10T17:30:00+00:00"),
        ("10/11/2026", "2026-11-10T11:00:00+00:00"),
        ("20261110", "2026-11-10T11:00:00+00:00"),
        ("9999-12-31T23:59:59-12:00", None),
        ("igår", None),
        ("2026-13-01", None),
    ],
)
def test_times_as_spreadsheets_write_them(text: str, told: str | None) -> None:
    found = imports.read_time(text, AROUND.zone)
    assert (found.isoformat() if found else None) == told


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("59.33", 59.33),
        ("59,33", 59.33),
        ("6 580 822,12", 6580822.12),
        ("6\u00a0580\u00a0822", 6580822),
        ("6,580,822.12", 6580822.12),
        ("6.580.822,12", 6580822.12),
        ("-18,5°", -18.5),
        ("", None),
        ("1e5", None),
        ("NaN", None),
        ("=1+1", None),
        ("1,2,3,4", 1234),
    ],
)
def test_numbers_as_people_write_them(text: str, value: float | None) -> None:
    assert imports.number(text) == value


def test_a_row_is_known_again_whatever_stands_around_it() -> None:
    one, two = rows("stopp;kategori\n1;Skräp\n2;Belysning\n")
    again = rows("kategori;stopp;extra\nBelysning;2;\nSkräp;1;\n")
    assert [again[1].key, again[0].key] == [one.key, two.key]


def test_a_row_that_stands_there_twice_is_two() -> None:
    keys = [each.key for each in rows("stopp;kategori\n1;Skräp\n1;Skräp\n")]
    assert len(set(keys)) == 2
