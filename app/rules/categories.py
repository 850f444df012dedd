"""Kinds, categories, groups and place types, as the catalogue file lists them.

Pure: reads its data file once. Codes are stable for ever; texts are shown by language.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

FILE = Path(__file__).resolve().parent.parent / "data" / "categories.json"

Names = Mapping[str, Mapping[str, str]]
"""A walk's own words for categories: by code, then by language."""
NAMES = "names"
"""Where a walk keeps them among its facts."""

EXTRAS = "extras"
"""Where it keeps its extra fields: `{"key", "category", "name"}`, the name by language."""
LONGEST_KEY = 60
LONGEST_EXTRA = 200
MOST_EXTRAS = 12

KINDS = ("problem", "positive", "idea")
WHEN = ("morning", "day", "evening", "night", "weekday", "weekend", "summer", "winter", "always")
AFFECTED = ("all", "children", "youth", "women", "elderly", "disability")
SOURCES = ("sensor", "crosshair", "stop", "address", "import")
VOICES = ("resident", "professional")
ALWAYS_ON = ("good_place", "other")
"""Every walk takes what is good, and what fits nowhere else."""


@cache
def catalogue() -> dict[str, Any]:
    """The whole file: kinds, groups, categories, place_types, each with sv and en texts."""
    data: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))
    return data


@cache
def by_code() -> dict[str, dict[str, Any]]:
    return {category["code"]: category for category in catalogue()["categories"]}


def name_of(code: str, kind: str, tag: str, names: Names | None = None) -> str:
    """What a pin is called on phone, desk and paper alike: its tile's words, or what is good about it.

    `names` are a walk's own words, which stand before those of the catalogue.
    """
    category = by_code().get(code)
    if category is None:
        return code
    if kind == "positive":
        return str(category[f"{tag}_positive"])
    return own_name(names, code, tag) or str(category[f"tile_{tag}"])


def own_name(names: Names | None, code: str, tag: str) -> str | None:
    """A walk's own word for a category in a language, if it has one."""
    return (names or {}).get(code, {}).get(tag)


def renamed(names: Names | None, tag: str, wanted: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """A walk's own words, those of one language written anew; the catalogue's own word is none of them."""
    kept = {
        code: {other: word for other, word in words.items() if other != tag}
        for code, words in (names or {}).items()
    }
    for code, word in wanted.items():
        if word and code in by_code() and word != by_code()[code][f"tile_{tag}"]:
            kept[code] = kept.get(code, {}) | {tag: word}
    return {code: words for code, words in kept.items() if words}


def with_extras(
    before: Sequence[Mapping[str, Any]] | None, tag: str, wanted: Iterable[Mapping[str, str]]
) -> list[dict[str, Any]]:
    """A walk's extra fields in the order of `wanted`, their names written in one language; nameless ones go.

    A field's key is its first name and never changes, so that what was written in it can be read for ever.
    """
    names = {one["key"]: one["name"] for one in before or ()}
    made: dict[tuple[str, str], dict[str, Any]] = {}
    for one in wanted:
        name = one["name"].strip()
        if name and one["category"]:
            key, category = one["key"] or name, one["category"]
            words = names.get(key, {}) | {tag: name}
            made.setdefault((key, category), {"key": key, "category": category, "name": words})
    return list(made.values())


def is_known(code: str) -> bool:
    return code in by_code()


def is_sensitive(code: str) -> bool:
    """Stays with staff; an unknown category is treated as sensitive until a human has looked."""
    category = by_code().get(code)
    return category is None or bool(category["sensitive"])


def symbol_group(code: str, kind: str) -> str:
    """The colour group a pin is drawn in; positive pins keep their category's icon."""
    if kind == "positive":
        return "good_place"
    if kind == "idea":
        return "other"
    return str(by_code().get(code, {}).get("symbol_group", "other"))


def offered(chosen: Collection[str] | None) -> list[dict[str, Any]]:
    """The categories of a walk that has chosen some; None is all of them."""
    every: list[dict[str, Any]] = catalogue()["categories"]
    if chosen is None:
        return every
    return [category for category in every if category["code"] in chosen or category["code"] in ALWAYS_ON]
