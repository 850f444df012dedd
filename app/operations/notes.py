"""What in a pin's words may name a person, for the desk to mark.

Owns nothing but joining the rules of notes with the search for phone numbers, and remembering what
was found: the same words are asked about again and again.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from app.adapters.phone_numbers import phone_numbers
from app.rules.notes import findings

REMEMBERED = 20_000


def in_words(fields: Mapping[str, str]) -> list[dict[str, Any]]:
    """Findings in the words of all fields, with places in UTF-16 units, as browsers count."""
    return [
        {"field": field, **finding} for field, words in fields.items() if words for finding in _found(words)
    ]


@lru_cache(maxsize=REMEMBERED)
def _found(words: str) -> tuple[dict[str, Any], ...]:
    return tuple(
        {"kind": one.kind, "start": _units(words[: one.start]), "end": _units(words[: one.end])}
        for one in findings(words, phone_numbers(words))
    )


def _units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2
