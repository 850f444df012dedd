"""The guides show pictures that are there, and call everything what the screen calls it."""

from __future__ import annotations

import re

import pytest

from tests.contract.tree import ROOT, text_of
from tools import translations

GUIDES = {"en": "docs/guides/facilitator.md", "sv": "docs/guides/facilitator.sv.md"}
PICTURE = re.compile(r"!\[([^\]]+)\]\(([^)]+)\)")
LABEL = re.compile(r"\*\*([^*]+)\*\*")
LEAD = re.compile(r"^(?:- )?\*\*[^*]+\?\*\*", re.MULTILINE)
"""A question in bold that a paragraph begins with is the guide's own."""


def on_screen(language: str) -> set[str]:
    """Every text of the app in that language."""
    words: set[str] = set()
    for message in translations.messages(translations.read("sv")):
        said = message.string if language == "sv" else message.id
        words |= set(said) if isinstance(said, tuple) else {said}
    return words


@pytest.mark.parametrize("language", GUIDES)
def test_each_picture_is_there_and_is_described(language: str) -> None:
    folder = ROOT / "docs" / "guides"
    shown = PICTURE.findall(text_of(GUIDES[language]))
    assert len(shown) >= 5
    for words, name in shown:
        assert words.strip()
        assert (folder / name).read_bytes().startswith(b"\x89PNG"), name
    made = {path.name for path in (folder / "img").glob(f"{language}-*.png")}
    assert made == {name.removeprefix("img/") for _words, name in shown}


@pytest.mark.parametrize("language", GUIDES)
def test_what_is_named_is_named_as_on_the_screen(language: str) -> None:
    named = set(LABEL.findall(LEAD.sub("", text_of(GUIDES[language]))))
    assert len(named) > 8
    assert named - on_screen(language) == set()


def test_both_guides_say_the_same_in_the_same_order() -> None:
    english, swedish = (text_of(GUIDES[language]) for language in ("en", "sv"))
    for mark in (r"^#+ ", r"^!\[", r"^\| ", r"^- "):
        counts = [len(re.findall(mark, text, re.MULTILINE)) for text in (english, swedish)]
        assert counts[0] == counts[1], mark
