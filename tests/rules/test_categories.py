"""The catalogue: 25 categories, whole in both languages, and what they are drawn as."""

from __future__ import annotations

import pytest

from app.rules.categories import KINDS, by_code, catalogue, is_known, is_sensitive, name_of, symbol_group

TILES = {
    *("lighting", "hidden_corner", "vegetation", "litter", "damage"),
    *("worn", "traffic", "unsafe_feeling", "good_place", "other"),
}
TEXTS = ("sv", "en", "sv_positive", "en_positive", "hint_sv", "hint_en")


def test_there_are_25_with_ten_on_the_first_screen() -> None:
    assert len(catalogue()["categories"]) == len(by_code()) == 25
    assert {code for code, category in by_code().items() if category["button"]} == TILES


@pytest.mark.parametrize("code", sorted(by_code()))
def test_every_category_has_all_its_texts_and_a_group(code: str) -> None:
    category = by_code()[code]
    assert [name for name in TEXTS if not category.get(name)] == []
    assert category["group"] in {group["code"] for group in catalogue()["groups"]}


def test_what_nobody_knows_is_sensitive_until_a_human_has_looked() -> None:
    assert is_sensitive("from_the_future")
    assert not is_known("from_the_future")
    assert not is_sensitive("lighting")


def test_a_pin_is_drawn_by_its_kind_first() -> None:
    assert symbol_group("lighting", "positive") == "good_place"
    assert symbol_group("lighting", "idea") == "other"
    assert symbol_group("lighting", "problem") == by_code()["lighting"]["symbol_group"]
    assert symbol_group("from_the_future", "problem") == "other"
    assert {kind["code"] for kind in catalogue()["kinds"]} == set(KINDS)


def test_a_pin_is_called_by_its_tiles_words_or_by_what_is_good() -> None:
    assert name_of("litter", "problem", "sv") == name_of("litter", "idea", "sv") == "Skräp"
    assert name_of("litter", "problem", "en") == "Litter"
    assert name_of("litter", "positive", "sv") == "Rent"
    assert name_of("of_next_year", "problem", "sv") == "of_next_year"
    for code in by_code():
        assert all(name_of(code, kind, tag) for kind in KINDS for tag in ("sv", "en"))
