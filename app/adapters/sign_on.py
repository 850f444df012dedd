"""Single sign-on (OpenID Connect), by Authlib: the log-in service's addresses, and whom its answer names.

Owns what is sent to the service and what of its answer is believed. Promises that we speak to the issuer's
host and those that the environment names, to nobody else; that no redirect is followed; and that nothing
waits longer than some seconds. Whom that person is here is operations.sign_on's. Loaded when first needed.
"""

from __future__ import annotations

import json
import threading
import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from app.config import SignOnSettings
from app.logs import log

SCOPE = "openid email profile"
TIMEOUT_S = 6
LEEWAY_S = 120
FRESH_S = 3600
LARGEST = 512 * 1024
ALGORITHMS = [f"{kind}{bits}" for kind in ("RS", "PS", "ES") for bits in (256, 384, 512)]
"""Signatures with a key pair; never a shared secret, never none."""
TIMES = ("exp", "iat", "nbf")
STRONG = "mfa"
"""What a service says in `amr` when it asked for a second factor (RFC 8176)."""


class Unreachable(Exception):
    """The service does not answer, or not with what it should."""


class Denied(Exception):
    """The service, or the person there, said no."""


class Untrusted(Exception):
    """The answer is not for us, not from the service, or not to this question."""


class ClocksDiffer(Exception):
    """The answer is only wrong by its times."""


@dataclass(frozen=True)
class Question:
    """What the browser keeps while it is at the service; each is random and used once."""

    state: str
    nonce: str
    verifier: str


@dataclass(frozen=True)
class Named:
    """Whom the service names, and whether it vouches for the address."""

    issuer: str
    subject: str
    email: str
    is_verified: bool
    name: str
    is_strong: bool


_known: dict[str, tuple[float, dict[str, Any]]] = {}
_lock = threading.Lock()


def new_question() -> Question:
    from authlib.common.security import generate_token

    return Question(generate_token(43), generate_token(43), generate_token(64))


def address(settings: SignOnSettings, back: str, question: Question) -> str:
    """Where the browser goes to log in. Raises Unreachable."""
    url, _state = _session(settings, back).create_authorization_url(
        _metadata(settings)["authorization_endpoint"],
        state=question.state,
        nonce=question.nonce,
        code_verifier=question.verifier,
    )
    return str(url)


def named(settings: SignOnSettings, back: str, question: Question, code: str) -> Named:
    """Whom the code stands for. Raises Unreachable, Denied, Untrusted or ClocksDiffer."""
    from authlib.integrations.base_client import OAuthError
    from requests import RequestException

    endpoint = _metadata(settings)["token_endpoint"]
    try:
        token = _session(settings, back).fetch_token(
            endpoint,
            grant_type="authorization_code",
            code=code,
            code_verifier=question.verifier,
            timeout=TIMEOUT_S,
            allow_redirects=False,
        )
    except OAuthError as error:
        log.warning("sign_on_refused", extra={"fields": {"error": error.error}})
        if error.error in ("invalid_client", "unauthorized_client"):
            raise Unreachable("the service does not know us") from error
        raise Denied(error.error) from error
    except (RequestException, ValueError) as error:
        raise Unreachable(type(error).__name__) from error
    claims = _claims(settings, question, token)
    return _named(settings, claims)


def forget() -> None:
    """Ask the service anew what it is."""
    with _lock:
        _known.clear()


def _claims(settings: SignOnSettings, question: Question, token: dict[str, Any]) -> dict[str, Any]:
    from authlib.oidc.core import CodeIDToken
    from joserfc import errors, jwt
    from joserfc.jws import JWSRegistry

    text = token.get("id_token")
    if not isinstance(text, str):
        raise Untrusted("no id_token")
    registry = JWSRegistry(algorithms=ALGORITHMS, strict_check_header=False)
    try:
        try:
            decoded = jwt.decode(text, key=_keys(settings), registry=registry)
        except (errors.InvalidKeyIdError, errors.BadSignatureError):  # the service may have new keys
            decoded = jwt.decode(text, key=_keys(settings, anew=True), registry=registry)
        wanted = {
            "iss": {"essential": True, "value": settings.issuer},
            "aud": {"essential": True, "value": settings.client_id},
            "nonce": {"essential": True, "value": question.nonce},
        }
        params = {
            "nonce": question.nonce,
            "client_id": settings.client_id,
            "access_token": token.get("access_token"),
        }
        claims = CodeIDToken(decoded.claims, decoded.header, wanted, params)
        claims.validate(leeway=LEEWAY_S)
    except errors.ClaimError as error:
        if error.claim in TIMES:
            raise ClocksDiffer(str(error)) from error
        raise Untrusted(str(error)) from error
    except (errors.JoseError, ValueError, TypeError, KeyError) as error:
        raise Untrusted(str(error)) from error
    return dict(claims)


def _named(settings: SignOnSettings, claims: dict[str, Any]) -> Named:
    email = claims.get(settings.email_claim)
    marks = [claims.get("email_verified"), claims.get("xms_edov")]  # the second is Microsoft's word for it
    is_verified = settings.trust_email or any(mark in (True, 1, "1", "true", "True") for mark in marks)
    methods = claims.get("amr")
    is_strong = settings.is_strong or (isinstance(methods, list) and STRONG in methods)
    name = claims.get("name")
    return Named(
        issuer=settings.issuer,
        subject=str(claims["sub"])[:255],
        email=email.strip().lower() if isinstance(email, str) else "",
        is_verified=is_verified,
        name=name.strip()[:100] if isinstance(name, str) else "",
        is_strong=is_strong,
    )


def _session(settings: SignOnSettings, back: str) -> Any:
    from authlib.integrations.requests_client import OAuth2Session

    return OAuth2Session(
        settings.client_id,
        settings.client_secret or None,
        scope=SCOPE,
        redirect_uri=back,
        code_challenge_method="S256",
        response_type="code",
    )


def _metadata(settings: SignOnSettings) -> dict[str, Any]:
    """The service's description of itself; every address in it is checked before it is used."""
    found = _fetched(f"{settings.issuer.rstrip('/')}/.well-known/openid-configuration", settings)
    if found.get("issuer") != settings.issuer:
        raise Unreachable("the service calls itself otherwise than OIDC_ISSUER")
    for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
        if not isinstance(found.get(name), str):
            raise Unreachable(f"no {name}")
        _refuse_strange(found[name], settings)
    return found


def _keys(settings: SignOnSettings, anew: bool = False) -> Any:
    from joserfc.jwk import KeySet

    keys = _fetched(_metadata(settings)["jwks_uri"], settings, anew)
    return KeySet.import_key_set(keys)  # type: ignore[arg-type]


def _fetched(url: str, settings: SignOnSettings, anew: bool = False) -> dict[str, Any]:
    """JSON at one of the service's addresses, kept for an hour. Raises Unreachable."""
    with _lock:
        at, kept = _known.get(url, (0.0, {}))
    if kept and not anew and time.monotonic() - at < FRESH_S:
        return kept
    _refuse_strange(url, settings)
    got = _got(url)
    with _lock:
        _known[url] = (time.monotonic(), got)
    return got


def _got(url: str) -> dict[str, Any]:
    import requests

    try:
        with requests.get(url, timeout=TIMEOUT_S, allow_redirects=False, stream=True) as answer:
            text = answer.raw.read(LARGEST, decode_content=True)
            if answer.status_code != 200:
                raise Unreachable(f"status {answer.status_code}")
            got = json.loads(text)
    except (requests.RequestException, ValueError, OSError) as error:
        raise Unreachable(type(error).__name__) from error
    if not isinstance(got, dict):
        raise Unreachable("no JSON object")
    return got


def _refuse_strange(url: str, settings: SignOnSettings) -> None:
    """Our requests and our visitors go to the hosts that the environment names, over https."""
    parts = urlsplit(url)
    issuer = urlsplit(settings.issuer)
    own = parts.netloc == issuer.netloc and parts.scheme == issuer.scheme
    if not own and not (parts.scheme == "https" and parts.netloc in settings.hosts):
        raise Unreachable(f"{parts.netloc} is not in OIDC_HOSTS")
