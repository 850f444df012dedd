"""A walk's papers, asked for by staff: what stands on them, and in which languages."""

from __future__ import annotations

import io
import re
from datetime import UTC, datetime

import pytest
from pypdf import PdfReader

from app.operations import paper
from tests.cast import Cast


def page_texts(cast: Cast, name: str) -> list[str]:
    answer = cast.fatima.get(f"/desk/walks/{cast.a.id}/{name}")
    assert answer.status_code == 200
    assert answer.mimetype == "application/pdf"
    assert answer.headers["Cache-Control"] == "no-store"
    return [" ".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(answer.data)).pages]


def test_a_poster_speaks_the_languages_asked_for_and_each_once(cast: Cast) -> None:
    (text,) = page_texts(cast, "poster.pdf?lang=sv,en,sv,xx")
    assert text.index("Kajen i mörker") < text.index("The quay after dark")
    assert text.count("The quay after dark") == 1
    for part in (cast.a.code, "Bron, Kajen", "Staden", "localhost"):
        assert part in text
    (english,) = page_texts(cast, "poster.pdf?lang=en")
    assert "Kajen i mörker" not in english
    assert "No app, no account." in english


def test_times_on_paper_are_those_of_the_place(cast: Cast) -> None:
    cast.set_walk(
        cast.a,
        starts_at=datetime(2026, 11, 25, 16, 0, tzinfo=UTC),
        ends_at=datetime(2026, 11, 25, 17, 30, tzinfo=UTC),
    )
    (text,) = page_texts(cast, "poster.pdf?lang=en")
    assert "Wednesday, 25 November 2026" in text or "Wednesday, November 25, 2026" in text
    assert "18:00–19:30" in text


@pytest.mark.parametrize(
    ("ends", "told"),
    [
        (datetime(2026, 11, 25, 23, 0, tzinfo=UTC), "Wednesday, November 25, 2026, 20:00–01:00"),
        (
            datetime(2026, 12, 31, 20, 0, tzinfo=UTC),
            "Wednesday, November 25, 2026, 20:00 – Thursday, December 31, 2026, 22:00",
        ),
    ],
)
def test_a_walk_longer_than_a_night_says_its_last_day(cast: Cast, ends: datetime, told: str) -> None:
    cast.set_walk(cast.a, starts_at=datetime(2026, 11, 25, 18, 0, tzinfo=UTC), ends_at=ends)
    (text,) = page_texts(cast, "poster.pdf?lang=en")
    assert told in text


def test_a_poster_of_a_closed_walk_asks_for_no_code(cast: Cast) -> None:
    cast.set_walk(cast.a, code_cipher=None, code_hmac=None)
    (text,) = page_texts(cast, "poster.pdf?lang=en")
    assert "no code to join by any more" in text
    assert "type the code" not in text
    assert "No app, no account" not in text


def test_cards_have_the_ten_categories_and_eight_invitations(cast: Cast) -> None:
    pin_cards, invitations = page_texts(cast, "cards.pdf?lang=en")
    for label in ("1 Lighting", "4 Litter", "9 Good place", "0 Other", "Needs to improve", "Idea"):
        assert pin_cards.count(label) == 2, label
    assert invitations.count(cast.a.code) == 8


def test_a_map_lists_its_stops_with_their_questions(cast: Cast) -> None:
    cast.set_walk(cast.a, pack="helsinki-mini")
    chart, stops = page_texts(cast, "map.pdf?lang=sv")
    assert "© OpenStreetMap" in chart
    assert re.search(r"\b(50|100|200) m\b", chart)
    for part in ("1", "Bron", "Hur känns det?"):
        assert part in stops


def test_a_map_without_a_pack_names_nobody_as_its_source(cast: Cast) -> None:
    assert "OpenStreetMap" not in page_texts(cast, "map.pdf")[0]


def test_papers_hold_no_pin(cast: Cast) -> None:
    cast.amina.put_pin(text="Lampan vid bron är trasig.")
    for name in ("poster.pdf", "cards.pdf", "map.pdf"):
        assert "Lampan" not in " ".join(page_texts(cast, name))


@pytest.mark.parametrize("name", ["poster.pdf", "cards.pdf", "map.pdf"])
def test_a_walk_without_stops_has_papers_too(cast: Cast, name: str) -> None:
    from app.db import db, transaction
    from app.models import Question, Stop

    with cast.app.app_context(), transaction():
        for model in (Question, Stop):
            db.session.query(model).delete()
    assert "Kajen" in page_texts(cast, name)[0]


def test_the_walk_s_settings_lead_to_its_papers(cast: Cast) -> None:
    page = cast.fatima.get(f"/desk/walks/{cast.a.id}/setup").text
    for name in ("poster.pdf", "cards.pdf", "map.pdf"):
        assert f'href="/desk/walks/{cast.a.id}/{name}"' in page


def test_the_keys_on_the_cards_are_all_different() -> None:
    assert len(set(paper.KEYS)) == 10
