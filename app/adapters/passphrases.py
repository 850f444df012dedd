"""Guessing passphrases as an attacker would, by zxcvbn and the lists of leaked ones that ship with it.

Loaded when first needed: the lists take some megabytes. Nothing leaves the machine.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

WEAKEST = 3
"""Of 0 to 4: safe against a stolen, slowly hashed password file."""
LOOKED_AT = 72


def is_easy(passphrase: str, own_words: Iterable[str]) -> bool:
    """Whether it is on a list of leaked passwords, or made of such, of patterns or of the own words."""
    from zxcvbn import zxcvbn

    seen = unicodedata.normalize("NFC", passphrase)[:LOOKED_AT]
    return int(zxcvbn(seen, user_inputs=list(own_words))["score"]) < WEAKEST
