"""Guessing is capped: failures are counted per address and in all, in storage all workers share.

A correct code never counts, and mistyping neighbours do not lock it out: a whole class behind one
address can join. An address that goes on failing is a guesser, and for the rest of the minute
nothing it sends is looked at. Passwords are weaker than codes: where one is tried, call
`refuse_guessing` first.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TypeAlias
from uuid import UUID

from flask import current_app, request
from limits import RateLimitItem, RateLimitItemPerDay, RateLimitItemPerHour, RateLimitItemPerMinute
from limits.strategies import FixedWindowRateLimiter

from app.adapters.rate_store import attempts_storage
from app.adapters.secrets import address_key
from app.problems import Problem

GUESSER = 3
"""So many times the cap of failures in a minute is nobody's mistyping."""
PER_PERSON = 10
"""So many wrong codes in an hour for one person, wherever they come from: six digits are guessed by many."""
Limit: TypeAlias = tuple[RateLimitItem, tuple[str, ...]]
FAILURES = {
    *("code_unknown", "receipt_unknown", "not_joined", "link_used", "wrong_login", "wrong_code"),
    "passkey_refused",
}


@contextmanager
def checked_attempts(kind: str, person: UUID | None = None) -> Iterator[None]:
    """Count a failure of the block; when too many have failed, say that instead of what was wrong.

    Where `person` is being guessed at, nothing is looked at after too many.
    Raises Problem(too_many_attempts).
    """
    _refuse_guesser(kind)
    if person:
        refuse_guessing(kind, person)
    try:
        yield
    except Problem as problem:
        if problem.code in FAILURES:
            refused = _too_many(_limits(kind))
            count_failure(kind, person)
            if refused:
                raise _too_many_attempts() from None
        raise


def is_being_guessed(kind: str) -> bool:
    """Whether so much failed within a day that somebody must be guessing."""
    return not _limiter().test(*_alarm(kind))


def refuse_guessing(kind: str, person: UUID | None = None) -> None:
    """Raises Problem(too_many_attempts) with Retry-After."""
    if _too_many([*_limits(kind), *_of_person(kind, person)]):
        raise _too_many_attempts()


def count_failure(kind: str, person: UUID | None = None) -> None:
    limiter = _limiter()
    (own, key), in_all = _limits(kind)
    guesser = (RateLimitItemPerMinute(own.amount * GUESSER), (*key, "guesser"))
    for limit, name in ((own, key), in_all, guesser, *_of_person(kind, person)):
        limiter.hit(limit, *name)
    if _too_many([in_all, guesser]):
        limiter.hit(*_alarm(kind))


def _alarm(kind: str) -> tuple[RateLimitItem, str, str]:
    return RateLimitItemPerDay(1), kind, "alarm"


def _refuse_guesser(kind: str) -> None:
    _, key = _limits(kind)[0]
    most = current_app.config["SETTINGS"].attempts_per_address * GUESSER
    if _too_many([(RateLimitItemPerMinute(most), (*key, "guesser"))]):
        raise _too_many_attempts()


def _too_many(limits: list[Limit]) -> bool:
    limiter = _limiter()
    return not all(limiter.test(limit, *key) for limit, key in limits)


def _too_many_attempts() -> Problem:
    return Problem("too_many_attempts", headers={"Retry-After": "60"})


def _limiter() -> FixedWindowRateLimiter:
    return FixedWindowRateLimiter(attempts_storage(current_app))


def _of_person(kind: str, person: UUID | None) -> list[Limit]:
    return [(RateLimitItemPerHour(PER_PERSON), (kind, "person", str(person)))] if person else []


def _limits(kind: str) -> list[Limit]:
    settings = current_app.config["SETTINGS"]
    own = (kind, address_key(request.remote_addr or ""))
    per_address = RateLimitItemPerMinute(settings.attempts_per_address)
    return [(per_address, own), (RateLimitItemPerMinute(settings.attempts_in_all), (kind, "all"))]
