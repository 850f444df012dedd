"""Papers: text is data, the same data give the same bytes, and every sheet can be read aloud."""

from __future__ import annotations

import io
import json
import re
from typing import Any

import pytest
from pypdf import PdfReader

from app.adapters import drawings, paper
from app.operations.paper import qr_file
from tests.contract.tree import text_of

URL = "https://trygg.example/v/AB12-CD34"


def words(lang: str = "sv", title: str = "Kajen i mörker") -> dict[str, str]:
    return {
        "lang": lang,
        "kind": "Trygghetsvandring",
        "title": title,
        "when": "onsdag 25 november 2026, 18:00–19:30",
        "where": "Vi ses här: Bron, Kajen",
        "how": "Rikta kameran mot koden.",
        "promise": "Ingen app, inget konto.",
        "qr_alt": f"QR-kod till {URL}",
        "organiser_word": "Arrangör",
    }


def a_poster(*texts: dict[str, str]) -> bytes:
    data: dict[str, Any] = {"qr": qr_file(URL), "code": "AB12-CD34", "organiser": "Staden"}
    return paper.pdf("poster", data | {"host": "trygg.example", "texts": list(texts) or [words()]})


def read(made: bytes) -> str:
    """All text of the PDF, spaces evened out."""
    pages = PdfReader(io.BytesIO(made)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


def test_a_poster_says_what_when_where_and_how_to_join() -> None:
    text = read(a_poster())
    for part in ("Kajen i mörker", "25 november 2026", "Bron", "AB12-CD34", "trygg.example", "Staden"):
        assert part in text


@pytest.mark.parametrize("typed", ['#read("/etc/passwd")', "$x^2$ *a* _b_ @c <d>", "\\ #1 `raw` //", "[{(#"])
def test_what_a_person_typed_is_text_and_never_code(typed: str) -> None:
    assert typed.replace(" ", "") in read(a_poster(words(title=typed))).replace(" ", "")


@pytest.mark.parametrize("title", ["جولة السلامة", "Kajen 🌒 i mörker", "W" * 200, "ord " * 100, "夜の散歩"])
def test_any_title_gives_one_page(title: str) -> None:
    assert len(PdfReader(io.BytesIO(a_poster(words(title=title)))).pages) == 1


def test_a_word_that_is_too_wide_for_the_sheet_is_broken() -> None:
    [page] = PdfReader(io.BytesIO(a_poster(words(title="W" * 120)))).pages
    lines = [line.count("W") for line in page.extract_text().splitlines() if "W" in line]
    assert sum(lines) == 120
    assert max(lines) < 40


def test_four_languages_fit_on_one_page() -> None:
    made = a_poster(
        *(words(lang, title) for lang, title in zip(["sv", "en", "ar", "fi"], "ABCD", strict=True))
    )
    assert len(PdfReader(io.BytesIO(made)).pages) == 1


def test_the_same_data_give_the_same_bytes() -> None:
    assert a_poster() == a_poster()


def test_a_poster_can_be_read_aloud() -> None:
    """Tagged as PDF/UA: with a language, a title, and a description of the code."""
    made = a_poster()
    reader = PdfReader(io.BytesIO(made))
    catalogue: Any = reader.trailer["/Root"]
    assert catalogue["/MarkInfo"]["/Marked"]
    assert catalogue["/Lang"] == "sv"
    assert reader.metadata is not None
    assert reader.metadata.title == "Kajen i mörker"
    assert b"pdfuaid:part" in made
    assert f"QR-kod till {URL}" in alt_texts(catalogue["/StructTreeRoot"])


def alt_texts(node: Any) -> list[str]:
    """The descriptions below a node of the structure tree."""
    node = node.get_object()
    if isinstance(node, list):
        return [text for one in node for text in alt_texts(one)]
    if not isinstance(node, dict):
        return []
    own = [str(node["/Alt"])] if "/Alt" in node else []
    return own + (alt_texts(node["/K"]) if "/K" in node else [])


def test_what_cannot_be_set_says_so() -> None:
    with pytest.raises(paper.PaperFailed, match="dictionary does not contain key"):
        paper.pdf("poster", {})


def test_paper_and_screen_have_the_same_colours() -> None:
    source = text_of("app/static/js/shared/symbols.js")
    found = re.findall(r"^  (\w+): \{ fill: '(#\w+)', icon: (\w+) \}", source, re.MULTILINE)
    names = {"INK": drawings.INK, "WHITE": drawings.WHITE}
    assert {group: (fill, names[icon]) for group, fill, icon in found} == drawings.GROUPS


def test_every_category_has_its_drawing() -> None:
    for category in json.loads(text_of("app/data/categories.json"))["categories"]:
        assert "<path" in drawings.pin_svg(category["symbol_group"], category["icon"])
