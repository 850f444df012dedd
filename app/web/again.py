"""A request that crossed another one in the database is begun again, so that nobody hears of it.

Owns how often is tried; which errors mean no more than that is known by app.db. Promises it to GET and PUT
alone, which mean the same however often they are done.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

from flask import Flask, request
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import DBAPIError

from app.db import db, has_crossed
from app.logs import log

TRIES = 3
REPEATABLE = ("GET", "HEAD", "PUT")
Done = TypeVar("Done")


class App(Flask):
    """Flask, whose requests begin again after they crossed; no function of ours is a coroutine."""

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        return func  # Flask would look into each function whether it is one, twenty times a request

    def dispatch_request(self) -> ResponseReturnValue:
        for _ in range(TRIES - 1):
            try:
                return super().dispatch_request()
            except DBAPIError as error:
                if not has_crossed(error) or request.method not in REPEATABLE:
                    raise
                log.info("begun again")
                db.session.rollback()
        return super().dispatch_request()


def once(name: str, act: Callable[[], Done]) -> Done:
    """What cannot be done again, such as reading the body: done by the first try, kept for the others."""
    name = f"trygga-steg.{name}"
    if name not in request.environ:
        request.environ[name] = act()
    return cast(Done, request.environ[name])
