"""Words that may name a person: found where they stand, and ordinary words left alone."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from app.adapters.phone_numbers import phone_numbers
from app.rules.notes import findings, is_personal_number


def found(text: str) -> list[tuple[str, str]]:
    """Kind and words of each finding."""
    return [(one.kind, text[one.start : one.end]) for one in findings(text, phone_numbers(text))]


@pytest.mark.parametrize(
    ("day", "last", "is_one"),
    [
        ("811218", "9876", True),
        ("19811218", "9876", True),
        ("811218", "9875", False),
        ("811278", "9873", True),  # samordningsnummer: the day plus sixty
        ("811278", "9872", False),
        ("811318", "9875", False),
        ("000229", "0005", True),
        ("19010229", "0003", False),
    ],
)
def test_a_personal_number_has_a_date_and_a_check_digit(day: str, last: str, is_one: bool) -> None:
    assert is_personal_number(day, last) is is_one


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Pnr 811218-9876 stod på lappen", [("personal_number", "811218-9876")]),
        ("Hen är född 121212+1212.", [("personal_number", "121212+1212")]),
        ("198112189876", [("personal_number", "198112189876")]),
        ("811278-9873 hör hit", [("personal_number", "811278-9873")]),
        ("Ärende 811218-9875 är inget", []),
        ("Ring 070-123 45 67 på kvällen", [("phone", "070-123 45 67")]),
        ("+46 8 508 00 508", [("phone", "+46 8 508 00 508")]),
        ("Vid lampa 4711 och 4712", []),
        ("Bilen ABC 123 står här jämt", [("plate", "ABC 123")]),
        ("abc12d och DEF12G", [("plate", "abc12d"), ("plate", "DEF12G")]),
        ("kl 123, max 123 och och123", []),
        ("IQV 123 är ingen skylt", []),
        ("Skriv till ali.k@example.org.", [("email", "ali.k@example.org")]),
        ("På Parkvägen 12B bor en", [("address", "Parkvägen 12B")]),
        ("Karl Johans gata 3, port 14", [("address", "Karl Johans gata 3"), ("address", "port 14")]),
        ("Mörkt på Parkvägen vid parken", []),
        ("Grannen heter Xerxes Qvarnlund", [("person", "Xerxes Qvarnlund")]),
        ("Ahmed säljer något i tunneln", [("person", "Ahmed")]),
        ("Det var Fatima Andersson som ropade", [("person", "Fatima Andersson")]),
        ("Ahmeds bil står här", [("person", "Ahmeds")]),
        ("Per Lind står där", [("person", "Per Lind")]),
        ("Hans lampa är trasig. Ville gå hem. Mina barn också. Per gång tre.", []),
        ("Vid Nils Holgerssons plats är det mörkt", []),
        ("Lampan är trasig. Buskarna skymmer vid Torget.", []),
        ("", []),
    ],
)
def test_it_finds_what_points_out_a_person(text: str, wanted: list[tuple[str, str]]) -> None:
    assert found(text) == wanted


def test_what_the_demo_says_of_its_place_names_nobody() -> None:
    """Ordinary notes are left alone: no more than one in twenty is marked."""
    folder = Path(__file__).resolve().parents[2] / "app/data/demo"
    texts = [
        pin["pin"].get("text", "")
        for name in ("walk_2024", "walk_2025", "walk_2026", "practice")
        for pin in json.loads((folder / f"{name}.json").read_text(encoding="utf-8")).get("pins", [])
    ]
    assert len(texts) >= 40
    marked = [(text, found(text)) for text in texts if found(text)]
    assert len(marked) <= len(texts) // 20, marked
