"""Waiting for a condition: the only clock in the tests.

Promises to return as soon as the condition holds and to fail loudly, naming it, when it does not
in time. A test that would sleep waits here instead.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import TypeVar

Answer = TypeVar("Answer")


class Late(AssertionError):
    """The condition did not come true in time."""


def wait_until(
    condition: Callable[[], Answer], what: str = "", seconds: float = 60, every: float = 0.02
) -> Answer:
    """The first truthy answer of `condition`; Late with `what` and the last answer otherwise."""
    pause = threading.Event()
    end = time.monotonic() + seconds
    while True:
        answer = condition()
        if answer:
            return answer
        if time.monotonic() > end:
            raise Late(f"{what or condition} did not happen within {seconds} s; last answer: {answer!r}")
        pause.wait(every)
