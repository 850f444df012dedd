"""Passphrases: what is refused without looking at any list.

Pure. Whether a passphrase is known or easily guessed is for adapters.passphrases.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Literal

SHORTEST = 12
LONGEST = 1000
SHORTEST_REST = 8
SHORTEST_WORD = 3
Fault = Literal["short", "long", "own_words", "easy"]


def words_of(texts: Iterable[str]) -> list[str]:
    """The words that tell of an account: those of its name, its address and its organisations."""
    found = {word for text in texts for word in re.split(r"[\W_]+", text.casefold())}
    return sorted((word for word in found if len(word) >= SHORTEST_WORD), key=len, reverse=True)


def fault_of(passphrase: str, own_words: Iterable[str]) -> Fault | None:
    """Too short, too long, or little more than the account's own words."""
    if len(passphrase) < SHORTEST:
        return "short"
    if len(passphrase) > LONGEST:
        return "long"
    rest, had_own = passphrase.casefold(), False
    for word in own_words:
        had_own = had_own or word in rest
        rest = rest.replace(word, "")
    letters = re.sub(r"[\W\d_]+", "", rest)
    return "own_words" if had_own and len(letters) < SHORTEST_REST else None
