"""Passphrases: comparing with a stored hash, and guessing as an attacker would, by zxcvbn's leaked lists.

The lists are loaded when first needed: they take some megabytes. Nothing leaves the machine.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import unicodedata
from collections.abc import Iterable

from flask import current_app

WEAKEST = 3
"""Of 0 to 4: safe against a stolen, slowly hashed password file."""
LOOKED_AT = 72
HASHING = {"argon2__memory_cost": 19_456, "argon2__rounds": 2, "argon2__parallelism": 1}
"""Argon2id in 19 MiB, as OWASP advises: some tens of milliseconds for a log-in."""
FIRST_KIND = "$m=65536,"
"""Hashes from before had SECRET_KEY mixed in, and would have died with it."""


def is_right(normal: str, stored: str) -> bool:
    """Whether the normalised passphrase is the one that was hashed."""
    context, settings = current_app.extensions["security"].pwd_context, current_app.config["SETTINGS"]
    if FIRST_KIND not in stored:
        return bool(context.verify(normal, stored))
    keys = (settings.secret_key, *settings.previous_keys)
    mixed = (hmac.new(key[:32].encode(), normal.encode(), hashlib.sha512).digest() for key in keys)
    return any(context.verify(base64.b64encode(one), stored) for one in mixed)


def is_easy(passphrase: str, own_words: Iterable[str]) -> bool:
    """Whether it is on a list of leaked passwords, or made of such, of patterns or of the own words."""
    from zxcvbn import zxcvbn

    seen = unicodedata.normalize("NFC", passphrase)[:LOOKED_AT]
    return int(zxcvbn(seen, user_inputs=list(own_words))["score"]) < WEAKEST
