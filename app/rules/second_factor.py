"""Second factor: of whom it is asked, and what a way of logging in still lacks.

Pure. A passkey asks for the person's finger, face or PIN by itself and is both factors in one; what a
log-in service elsewhere has asked for is told by the service or promised by whoever runs ours.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from app.rules.codes import ALPHABET, IGNORED, LOOK_ALIKE

Method = Literal["passphrase", "link", "passkey", "sign_on"]
"""How somebody came in: the first factor."""
Second = Literal["totp", "recovery", "passkey", "provider"]
"""What was shown beside it: the second factor."""
Step = Literal["in", "ask", "enrol"]

REQUIRED_OF = ("nobody", "administrators", "everyone")
RECOVERY_CODES = 10
RECOVERY_LENGTH = 16
DIGITS = 6
STEP_S = 30


def is_required(rules_and_roles: Iterable[tuple[str, str]]) -> bool:
    """Whether any organisation asks a second factor of the role that the person has in it."""
    return any(
        rule == "everyone" or (rule == "administrators" and role == "administrator")
        for rule, role in rules_and_roles
    )


def next_step(has_totp: bool, has_passkey: bool, required: bool, second: Second | None) -> Step:
    """What follows on the first factor: nothing, the second, or getting one.

    Whoever has switched the second factor on is always asked. A passkey alone is a convenience: it
    becomes the second factor where one is required.
    """
    if second is not None:
        return "in"
    if has_totp or (required and has_passkey):
        return "ask"
    return "enrol" if required else "in"


def normal_totp(typed: str) -> str | None:
    """The six digits in what was typed, or None."""
    digits = typed[:64].translate(IGNORED)
    return digits if len(digits) == DIGITS and digits.isascii() and digits.isdigit() else None


def normal_recovery(typed: str) -> str | None:
    """The recovery code that was meant, or None: look-alikes, spaces and case are forgiven."""
    code = typed[:64].translate(IGNORED).upper().translate(LOOK_ALIKE)
    if len(code) != RECOVERY_LENGTH or any(letter not in ALPHABET for letter in code):
        return None
    return code


def in_fours(code: str) -> str:
    """`ABCD-EFGH-…`, as it is read aloud and written down."""
    return "-".join(code[start : start + 4] for start in range(0, len(code), 4))
