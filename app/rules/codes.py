"""Codes that people say and type: Crockford's alphabet in two groups, forgiving look-alikes.

Pure, but for randomness given by the caller. A join code has eight characters (40 bits), a receipt's ten.
"""

from __future__ import annotations

from collections.abc import Callable

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH, RECEIPT_LENGTH = 8, 10
LOOK_ALIKE = str.maketrans({"O": "0", "I": "1", "L": "1", "U": "V"})
IGNORED = str.maketrans(dict.fromkeys(" -–_.\t\u00a0\u200b", ""))


def make_code(choose: Callable[[str], str]) -> str:
    """A new code such as `7KQ2-M9TX`; `choose` picks one character of a string."""
    return grouped("".join(choose(ALPHABET) for _ in range(LENGTH)))


def normal_code(typed: str, length: int = LENGTH) -> str | None:
    """What was meant by `typed` ("7kq2 m9tx" → "7KQ2M9TX"), or None when it cannot be a code."""
    code = typed[:64].translate(IGNORED).upper().translate(LOOK_ALIKE)
    if len(code) != length or any(letter not in ALPHABET for letter in code):
        return None
    return code


def grouped(code: str) -> str:
    return f"{code[: len(code) // 2]}-{code[len(code) // 2 :]}"
