"""Jepsen for a walk: phones, network and server broken on purpose, and a checker of what came of it.

`proxy` is the bad network alone, which other tests use too. `trial` runs one seed: simulated phones and
real ones, a desk, faults that the seed chooses, then quiet, and the `checker` over the history and what is
stored. `python -m tests.chaos` runs many, see docs/RELIABILITY.md.
"""

from tests.chaos.proxy import (
    Act,
    ChaosProxy,
    Exchange,
    Message,
    Road,
    answer_with,
    captive_portal,
    change_answer,
    cut_answer,
    cut_request,
    duplicate,
    hold,
    passing,
    swallow_answer,
    unreachable,
)

__all__ = [
    "Act",
    "ChaosProxy",
    "Exchange",
    "Message",
    "Road",
    "answer_with",
    "captive_portal",
    "change_answer",
    "cut_answer",
    "cut_request",
    "duplicate",
    "hold",
    "passing",
    "swallow_answer",
    "unreachable",
]
