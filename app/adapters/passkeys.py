"""Passkeys (WebAuthn), by py_webauthn: what a browser is asked, and whether its answer is right.

Owns the questions' form and which failures mean "no". The place is told by PUBLIC_URL alone, never by a
request; the person's finger, face or PIN is always asked for. Loaded when first needed.
"""

from __future__ import annotations

import base64
import ipaddress
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import urlsplit

T = TypeVar("T")
NAME = "Trygga steg"
TIMEOUT_MS = 300_000
LONGEST_ANSWER = 20_000


class NotRight(Exception):
    """The answer is malformed, from elsewhere, stale or wrongly signed."""


@dataclass(frozen=True)
class Place:
    """Where passkeys belong to: the host they are bound to, and the address the browser must name."""

    host: str
    origin: str


@dataclass(frozen=True)
class Made:
    """A new key."""

    credential_id: bytes
    public_key: bytes
    sign_count: int
    is_synced: bool
    transports: list[str]


@dataclass(frozen=True)
class Answer:
    """What a browser says about one of its keys, before it is believed."""

    credential_id: bytes
    owner: bytes | None
    challenge: bytes
    body: dict[str, Any]


def place_of(public_url: str) -> Place | None:
    """The place of passkeys, or None where browsers refuse them: a bare number, or http from afar."""
    parts = urlsplit(public_url)
    host = parts.hostname or ""
    if host != "localhost" and (parts.scheme != "https" or _is_number(host)):
        return None
    return Place(host, f"{parts.scheme}://{parts.netloc}")


def question_to_make(
    place: Place, owner: bytes, names: tuple[str, str], challenge: bytes, known: Iterable[bytes]
) -> str:
    """JSON for `navigator.credentials.create`; `names` are the account's and the person's.

    A device that holds one of the `known` keys makes no second one.
    """
    from webauthn import generate_registration_options, options_to_json
    from webauthn.helpers.structs import (
        AuthenticatorSelectionCriteria,
        PublicKeyCredentialDescriptor,
        ResidentKeyRequirement,
        UserVerificationRequirement,
    )

    selection = AuthenticatorSelectionCriteria(
        resident_key=ResidentKeyRequirement.REQUIRED, user_verification=UserVerificationRequirement.REQUIRED
    )
    options = generate_registration_options(
        rp_id=place.host,
        rp_name=NAME,
        user_id=owner,
        user_name=names[0],
        user_display_name=names[1],
        challenge=challenge,
        timeout=TIMEOUT_MS,
        authenticator_selection=selection,
        exclude_credentials=[PublicKeyCredentialDescriptor(id=key) for key in known],
    )
    return options_to_json(options)


def question_to_use(place: Place, challenge: bytes, known: Iterable[bytes]) -> str:
    """JSON for `navigator.credentials.get`; no `known` means whichever key belongs here.

    Written by hand: every visit to the log-in page asks, and the library is some megabytes.
    """
    allowed = [{"type": "public-key", "id": _text(key)} for key in known]
    question = {"challenge": _text(challenge), "rpId": place.host, "timeout": TIMEOUT_MS}
    return json.dumps(question | {"userVerification": "required", "allowCredentials": allowed})


def read(text: str) -> Answer:
    """The answer's parts, nothing of it checked. Raises NotRight."""
    from webauthn.helpers import base64url_to_bytes, parse_client_data_json

    def parts() -> Answer:
        body = json.loads(text[:LONGEST_ANSWER])
        client = parse_client_data_json(base64url_to_bytes(body["response"]["clientDataJSON"]))
        owner = body["response"].get("userHandle")
        credential_id = base64url_to_bytes(body["rawId"])
        return Answer(credential_id, base64url_to_bytes(owner) if owner else None, client.challenge, body)

    return _right(parts)


def made(place: Place, answer: Answer) -> Made:
    """The new key. Raises NotRight."""
    from webauthn import verify_registration_response

    checked = _right(
        lambda: verify_registration_response(
            credential=answer.body,
            expected_challenge=answer.challenge,
            expected_rp_id=place.host,
            expected_origin=place.origin,
            require_user_verification=True,
        )
    )
    transports = answer.body["response"].get("transports") or []
    names = [name for name in transports if isinstance(name, str)][:8] if isinstance(transports, list) else []
    is_synced = checked.credential_backed_up
    return Made(checked.credential_id, checked.credential_public_key, checked.sign_count, is_synced, names)


def used(place: Place, answer: Answer, public_key: bytes, sign_count: int) -> int:
    """The key's new counter. Raises NotRight, also when the counter went back, as a copy's would."""
    from webauthn import verify_authentication_response

    checked = _right(
        lambda: verify_authentication_response(
            credential=answer.body,
            expected_challenge=answer.challenge,
            expected_rp_id=place.host,
            expected_origin=place.origin,
            credential_public_key=public_key,
            credential_current_sign_count=sign_count,
            require_user_verification=True,
        )
    )
    return checked.new_sign_count


def _right(act: Callable[[], T]) -> T:
    """What `act` gives; a browser may have sent anything, and all that is wrong with it is one "no"."""
    from webauthn.helpers.exceptions import WebAuthnException

    try:
        return act()
    except (WebAuthnException, ValueError, TypeError, KeyError, AttributeError) as error:
        raise NotRight(str(error)) from error


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _is_number(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
