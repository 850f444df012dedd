"""Secrets: tokens, their hashes, and join codes that staff can see again.

Owns every use of cryptography. Tokens are 256 random bits and stored as SHA-256; codes are found
by HMAC and kept encrypted (Fernet), both keyed from SECRET_KEY. What must outlive a change of the key
is sealed by `seal`: it opens with the previous keys too, and `reseal` writes it anew with the present one.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
import time
from uuid import UUID

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from flask import current_app

from app.rules.codes import ALPHABET, RECEIPT_LENGTH, grouped, make_code, normal_code
from app.rules.second_factor import RECOVERY_LENGTH


def new_token() -> str:
    """256 random bits, URL-safe."""
    return secrets.token_urlsafe(32)


def new_capability(walk_id: UUID, participant_id: UUID) -> str:
    """What a phone comes back with, years later, even to a server that has forgotten it."""
    return capability_of(walk_id, f"{participant_id.hex}.{secrets.token_urlsafe(16)}")


def participant_of(walk_id: UUID, capability: str) -> UUID | None:
    """The participant to whom we once gave this capability for that walk; None when we never did."""
    told, _, mark = capability.rpartition(".")
    if not hmac.compare_digest(
        mark.encode("utf-8", "surrogatepass"), _capability_mark(walk_id, told).encode()
    ):
        return None
    return UUID(hex=told.partition(".")[0])


def is_marked(walk_id: UUID, told: str, manifest: bytes, mark: str) -> bool:
    """Whether a phone's file was written by whoever holds the capability that begins with `told`.

    The phone keys the mark with the capability's hash, so the file tells nothing that could be used again.
    """
    digest = hashlib.sha256(manifest).hexdigest()
    key = token_hash(capability_of(walk_id, told))
    return hmac.compare_digest(hmac.new(key.encode(), digest.encode(), hashlib.sha256).hexdigest(), mark)


def capability_of(walk_id: UUID, told: str) -> str:
    """The whole capability of which `told` is all but our mark."""
    return f"{told}.{_capability_mark(walk_id, told)}"


def _capability_mark(walk_id: UUID, told: str) -> str:
    text = f"{walk_id}.{told}".encode("utf-8", "surrogatepass")
    return hmac.new(_key("rejoin"), text, hashlib.sha256).hexdigest()[:32]


def new_epoch() -> str:
    return secrets.token_hex(8)


def new_code() -> str:
    return make_code(secrets.choice)


def lasting_code(name: str) -> str:
    """A code that this installation gives to `name` each time; to others it is as random as any."""
    digest = hmac.new(_key("lasting-code"), name.encode(), hashlib.sha256).digest()
    letters = iter(digest)
    return make_code(lambda alphabet: alphabet[next(letters) % len(alphabet)])


def token_hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def code_hmac(code: str) -> str | None:
    """The hash a walk is found by, or None when `code` cannot be one."""
    normal = normal_code(code)
    if normal is None:
        return None
    return hmac.new(_key("join-code-lookup"), normal.encode(), hashlib.sha256).hexdigest()


def receipt_code(participant_id: UUID, kept: str | None) -> tuple[str, str]:
    """The code of a device's receipt, and the hash it is found by.

    Where `kept` is the hash of one that an earlier key of ours made, that one stays.
    """
    made = [_receipt(key, participant_id) for key in _keys()]
    return next((one for one in made if one[1] == kept), made[0])


def receipt_hmacs(typed: str) -> list[str]:
    """The hashes that a receipt of that code may be found by; none when it cannot be one."""
    code = normal_code(typed, RECEIPT_LENGTH)
    return [_hmac_hex(key, "receipt-lookup", code) for key in _keys()] if code else []


def _receipt(key: str, participant_id: UUID) -> tuple[str, str]:
    digest = bytes.fromhex(_hmac_hex(key, "receipt", participant_id.hex))
    code = "".join(ALPHABET[byte % len(ALPHABET)] for byte in digest[:RECEIPT_LENGTH])
    return grouped(code), _hmac_hex(key, "receipt-lookup", code)


def _hmac_hex(key: str, purpose: str, text: str) -> str:
    own = hmac.new(key.encode(), purpose.encode(), hashlib.sha256).digest()
    return hmac.new(own, text.encode(), hashlib.sha256).hexdigest()


def _keys() -> tuple[str, ...]:
    """The present key, then those before it."""
    settings = current_app.config["SETTINGS"]
    return (settings.secret_key, *settings.previous_keys)


def seal_code(code: str) -> str:
    return _fernet().encrypt(code.encode()).decode()


def open_code(sealed: str) -> str:
    """Raises cryptography.fernet.InvalidToken when SECRET_KEY is another than at sealing."""
    return _fernet().decrypt(sealed.encode()).decode()


def new_recovery_code() -> str:
    """80 random bits to be typed: stored as a hash, and safe without the key."""
    return "".join(secrets.choice(ALPHABET) for _ in range(RECOVERY_LENGTH))


def seal(text: str, purpose: str) -> str:
    """`text` encrypted for the database; only the same purpose opens it."""
    return _seals(purpose).encrypt(text.encode()).decode()


def unseal(sealed: str, purpose: str) -> str | None:
    """What was sealed, or None when none of our keys opens it."""
    try:
        return _seals(purpose).decrypt(sealed.encode()).decode()
    except InvalidToken:
        return None


def reseal(sealed: str, purpose: str) -> str | None:
    """The same, sealed with the present key; None when none of our keys opens it."""
    try:
        return _seals(purpose).rotate(sealed.encode()).decode()
    except InvalidToken:
        return None


def new_challenge(purpose: str) -> bytes:
    """A question to a passkey that tells by itself when it was made and what for: nothing is stored."""
    made = int(time.time()).to_bytes(8, "big") + secrets.token_bytes(24)
    return made + _challenge_mark(purpose, made)


def challenge_age_s(challenge: bytes, purpose: str) -> float | None:
    """How old our own challenge is; None when it is none of ours, or was made for something else."""
    made, mark = challenge[:32], challenge[32:]
    if not hmac.compare_digest(mark, _challenge_mark(purpose, made)):
        return None
    return time.time() - int.from_bytes(made[:8], "big")


def _challenge_mark(purpose: str, made: bytes) -> bytes:
    return hmac.new(_key(f"challenge {purpose}"), made, hashlib.sha256).digest()


def _seals(purpose: str) -> MultiFernet:
    return MultiFernet([_fernet_of(f"seal {purpose}", key) for key in _keys()])


def _fernet_of(purpose: str, secret: str) -> Fernet:
    key = hmac.new(secret.encode(), purpose.encode(), hashlib.sha256).digest()
    return Fernet(base64.urlsafe_b64encode(key))


def address_key(address: str) -> str:
    """A name for an address in counters that does not tell the address."""
    return hmac.new(_key("address"), address.encode(), hashlib.sha256).hexdigest()[:32]


def _key(purpose: str) -> bytes:
    secret: str = current_app.config["SETTINGS"].secret_key
    return hmac.new(secret.encode(), purpose.encode(), hashlib.sha256).digest()


def _fernet() -> Fernet:
    return _fernet_of("join-code-seal", current_app.config["SETTINGS"].secret_key)


def key_mark() -> str:
    """Which SECRET_KEY this is, without telling anything of it."""
    return _key("mark").hex()[:16]
