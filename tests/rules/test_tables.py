"""Files of every make, and hostile ones, as one plain table."""

from __future__ import annotations

import json
from typing import Any

import pytest

from app.rules.tables import LAT, LON, MAX_COLUMNS, MAX_ROWS, Reading, Table, Unreadable, read

GUESS = Reading()
SWEDISH = "Kategori;Åtgärd\nBelysning;Byt lampan\nSkräp;Städa\n"


def reason(data: bytes) -> str:
    with pytest.raises(Unreadable) as refused:
        read(data, GUESS)
    return refused.value.reason


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        (SWEDISH.encode(), "utf-8"),
        (SWEDISH.encode("utf-8-sig"), "utf-8"),
        (SWEDISH.encode("utf-16"), "utf-16"),
        (SWEDISH.encode("cp1252"), "cp1252"),
        (SWEDISH.replace("\n", "\r\n").encode(), "utf-8"),
        (SWEDISH.replace("\n", "\r").encode(), "utf-8"),
    ],
    ids=["plain", "bom", "utf-16", "windows", "crlf", "cr"],
)
def test_every_spreadsheet_s_letters_are_read(data: bytes, encoding: str) -> None:
    table = read(data, GUESS)
    assert table.headings == ("Kategori", "Åtgärd")
    assert table.rows == (("Belysning", "Byt lampan"), ("Skräp", "Städa"))
    assert table.reading == Reading(encoding, ";", True)


def test_letters_can_be_said_where_they_cannot_be_known() -> None:
    assert read(SWEDISH.encode("mac-roman"), Reading("mac-roman")).headings[1] == "Åtgärd"
    assert read(SWEDISH.encode("cp850"), Reading("cp850")).headings[1] == "Åtgärd"


@pytest.mark.parametrize("delimiter", [";", ",", "\t", "|"])
def test_the_delimiter_is_found_even_beside_commas_in_words_and_numbers(delimiter: str) -> None:
    rows = [["lat", "lon", "text"], ["59,33", "18,06", "mörkt, halt"], ["59,34", "18,07", "glas"]]
    quoted = [[f'"{cell}"' for cell in row] for row in rows]
    table = read("\n".join(delimiter.join(row) for row in quoted).encode(), GUESS)
    assert table.reading.delimiter == delimiter
    assert table.rows[0] == ("59,33", "18,06", "mörkt, halt")


def test_a_line_that_names_the_delimiter_is_no_row() -> None:
    table = read(b"sep=|\na|b,c\n1|2,3\n", GUESS)
    assert (table.headings, table.rows) == (("a", "b,c"), (("1", "2,3"),))


def test_quoted_line_breaks_quotes_and_formulas_are_text() -> None:
    table = read(b'text;nr\n"rad 1\nrad ""2""";=1+1\n@SUM(A1);-2\n', GUESS)
    assert table.rows == (('rad 1\nrad "2"', "=1+1"), ("@SUM(A1)", "-2"))


def test_without_headings_the_columns_have_numbers() -> None:
    table = read(b"59.33;18.06;glas\n59.34;18.07;skrot\n", GUESS)
    assert (table.headings, len(table.rows)) == (("(1)", "(2)", "(3)"), 2)
    assert len(read(b"59.33;18.06;glas\n59.34;18.07;skrot\n", Reading(has_headings=True)).rows) == 1


def test_short_and_long_rows_and_empty_lines_do_no_harm() -> None:
    table = read(b"a;b\n1\n\n;;\n1;2;3\n", GUESS)
    assert table.headings == ("a", "b", "(3)")
    assert table.rows == (("1", "", ""), ("1", "2", "3"))


def feature(place: Any, kind: str = "Point", **properties: Any) -> dict[str, Any]:
    geometry = {"type": kind, "coordinates": place}
    return {"type": "Feature", "geometry": geometry, "properties": properties}


def geojson(*features: Any, **more: Any) -> bytes:
    return json.dumps({"type": "FeatureCollection", "features": features, **more}).encode()


def test_geojson_is_a_table_with_the_place_first() -> None:
    table = read(
        geojson(feature([18.06, 59.33, 4], text="Glas", n=1), feature([18.07, 59.34], ok=True)), GUESS
    )
    assert table.headings == (LAT, LON, "text", "n", "ok")
    assert table.rows == (("59.33", "18.06", "Glas", "1", ""), ("59.34", "18.07", "", "", "true"))
    assert table.is_geojson


def test_geojson_says_its_system() -> None:
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::3011"}}
    assert read(geojson(feature([1, 2]), crs=crs), GUESS).epsg == 3011


def test_what_is_no_point_has_no_place() -> None:
    line = feature([[1, 2], [3, 4]], "LineString", a="x")
    odd = [
        line,
        feature("nowhere"),
        feature([1]),
        {"geometry": 3, "properties": []},
        feature([[5, 6]], "MultiPoint"),
    ]
    assert [row[:2] for row in read(geojson(*odd), GUESS).rows] == [("", "")] * 4 + [("6", "5")]


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "empty"),
        (b" \n\n", "empty"),
        (b"only;headings\n", "empty"),
        (b"PK\x03\x04rest", "workbook"),
        (b"%PDF-1.7", "not_text"),
        (b"\x00" * 1000, "not_text"),
        (b"a\n" * (MAX_ROWS + 3), "too_many_rows"),
        (b";".join([b"x"] * (MAX_COLUMNS + 1)), "too_many_columns"),
        (b"a;b\n1;" + b"x" * 30_000, "cell_too_long"),
        (b'a;b\n"' + b"x\n" * 100_000, "cell_too_long"),
        (b"a" * 3_000_000, "too_large"),
        (b'{"type": "Feature"}', "bad_geojson"),
        (b'{"features": [1]}', "bad_geojson"),
        (b"{" + b'"a":{' * 100_000, "bad_geojson"),
        (b'{"features": ' + b"[" * 100_000, "bad_geojson"),
        (b'{"features": [{"properties": {"n": ' + b"9" * 10_000 + b"}}]}", "bad_geojson"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_no_table_is_told_why(data: bytes, why: str) -> None:
    assert reason(data) == why


def test_lone_surrogates_and_nul_are_no_danger() -> None:
    table = read(
        rb'{"features": [{"properties": {"te\ud800xt": "a\u0000b\udfff"}, "geometry": null}]}', GUESS
    )
    assert "".join(table.headings + table.rows[0]).encode()
    assert "\0" not in table.rows[0][2]


def test_a_table_is_the_same_whatever_guessed_it() -> None:
    table = read(SWEDISH.encode(), GUESS)
    assert isinstance(table, Table)
    assert read(SWEDISH.encode(), table.reading) == table
