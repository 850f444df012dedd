"""Codes of an authenticator app (TOTP, RFC 6238), by passlib.

Owns secrets' form and the window of time; who has which secret, and that no code works twice, is for
operations.second_factor. Loaded when first needed.
"""

from __future__ import annotations

from datetime import datetime
from urllib.parse import quote

from app.rules.second_factor import DIGITS, STEP_S, in_fours

ISSUER = "Trygga steg"
WINDOW_S = STEP_S
"""A code is taken one step before and after its own, for clocks that differ."""


def new_secret() -> str:
    """160 random bits in base32, as authenticator apps take them."""
    from passlib.totp import TOTP

    return str(TOTP.new().base32_key)


def address(secret: str, account: str, place: str) -> str:
    """What the QR code holds: the secret, named so that it is found again in the app."""
    label = quote(f"{ISSUER}:{account}", safe="@")
    return f"otpauth://totp/{label}?secret={secret}&issuer={quote(f'{ISSUER} {place}')}"


def to_type(secret: str) -> str:
    """The secret in groups, for whoever cannot scan."""
    return in_fours(secret)


def step_of(secret: str, code: str, at: datetime, last_step: int | None) -> int | None:
    """The step of time that `code` belongs to, or None: wrong, too old, or not after `last_step`."""
    from passlib.exc import TokenError
    from passlib.totp import TOTP

    try:
        match = TOTP(key=secret, digits=DIGITS, period=STEP_S).match(
            code, time=int(at.timestamp()), window=WINDOW_S, last_counter=last_step
        )
    except TokenError:
        return None
    return int(match.counter)
