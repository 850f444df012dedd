"""Guessing is capped: failures are counted per address and in all, in storage all workers share.

A correct code never counts and is never refused, so a whole class behind one address can join
whatever others there have typed; a code has 40 random bits, a link 256. Passwords are weaker: where
one is tried, call `refuse_guessing` first.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from flask import current_app, request
from limits import RateLimitItemPerMinute
from limits.strategies import FixedWindowRateLimiter

from app.adapters.rate_store import attempts_storage
from app.adapters.secrets import address_key
from app.problems import Problem

FAILURES = {"code_unknown", "not_joined", "link_used", "wrong_login"}


@contextmanager
def checked_attempts(kind: str) -> Iterator[None]:
    """Count a failure of the block; when too many have failed, say that instead of what was wrong.

    Raises Problem(too_many_attempts).
    """
    try:
        yield
    except Problem as problem:
        if problem.code in FAILURES:
            refuse_guessing(kind)
            count_failure(kind)
        raise


def refuse_guessing(kind: str) -> None:
    """Raises Problem(too_many_attempts) with Retry-After."""
    limiter = _limiter()
    if not all(limiter.test(limit, *key) for limit, key in _limits(kind)):
        raise Problem("too_many_attempts", headers={"Retry-After": "60"})


def count_failure(kind: str) -> None:
    limiter = _limiter()
    for limit, key in _limits(kind):
        limiter.hit(limit, *key)


def _limiter() -> FixedWindowRateLimiter:
    return FixedWindowRateLimiter(attempts_storage(current_app))


def _limits(kind: str) -> list[tuple[RateLimitItemPerMinute, tuple[str, ...]]]:
    settings = current_app.config["SETTINGS"]
    own = (kind, address_key(request.remote_addr or ""))
    per_address = RateLimitItemPerMinute(settings.attempts_per_address)
    return [(per_address, own), (RateLimitItemPerMinute(settings.attempts_in_all), (kind, "all"))]
