"""The outbox's rules as docs/RELIABILITY.md states them, for simulated phones: what is next, and what an
answer means.

Pure, and written from the contract rather than from the app's own outbox, so that each can find the
other wrong. An entry leaves only on proof, and no answer deletes what a resident made.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from tests.chaos.wire import Reply

Entry = dict[str, Any]
LONGEST_BACKOFF_S = 300.0
LONGEST_WAIT_S = 15 * 60.0
AWAY = (0, 502, 503, 504)


def ready(entries: Iterable[Entry], now: float) -> list[Entry]:
    """All of one walk that may go now, each at its turn; one thing's revisions in order."""
    first: dict[str, Entry] = {}
    for entry in entries:
        if entry["state"] != "help":
            thing = f"{'pin' if entry['kind'] == 'withdrawal' else entry['kind']}/{entry['target']}"
            known = first.get(thing)
            first[thing] = entry if known is None or entry["rev"] < known["rev"] else known
    due = [
        one
        for one in first.values()
        if one["state"] == "waiting" and not now < one["next_at"] <= now + LONGEST_WAIT_S
    ]
    return sorted(due, key=turn)


def turn(entry: Entry) -> tuple[bool, int]:
    """When it is an entry's turn: words oldest first, then photos newest first."""
    is_photo = entry["kind"] == "photo"
    return is_photo, -entry["created"] if is_photo else entry["created"]


def is_proof(entry: Entry, reply: Reply) -> bool:
    """The server says that it has exactly what was sent."""
    echo = reply.data
    if reply.status not in (200, 201) or reply.is_portal or not isinstance(echo, dict):
        return False
    same = (echo.get("id"), echo.get("rev"), echo.get("sha256")) == (
        entry["target"],
        entry["rev"],
        entry["sha"],
    )
    return same and isinstance(echo.get("epoch"), str) and isinstance(echo.get("seq"), int)


@dataclass(frozen=True)
class Decision:
    """`effect`: proven, conflict, gone, rejoin, smaller, or retry and help; `stop`: what rests this round."""

    effect: str
    stop: str = "none"
    patch: dict[str, Any] = field(default_factory=dict)


def decide(entry: Entry, reply: Reply, now: float, dice: random.Random) -> Decision:
    """What an answer does to an entry: the first line that applies."""
    if is_proof(entry, reply):
        return Decision("proven")
    status, problem = reply.status, reply.problem
    is_unknown = status == 404 and problem.get("code") == "not_found" and entry["kind"] == "withdrawal"
    later = Decision("retry", patch=_later(entry, reply, now, dice))
    cases = (
        (status == 401, Decision("rejoin", "walk", {"state": "waiting"})),
        (status == 409 and problem.get("stored") is True, Decision("conflict")),
        (is_unknown, Decision("gone")),
        (status == 413 and _can_shrink(entry), Decision("smaller")),
        (status == 413, Decision("help", patch=_help(entry))),
        (status in AWAY or reply.is_portal, replace(later, stop="round")),
        (status == 507, replace(later, stop="photos")),
        (problem.get("retry") is False, Decision("help", patch=_help(entry))),
    )
    return next((decision for applies, decision in cases if applies), later)


def _can_shrink(entry: Entry) -> bool:
    return bool(entry["kind"] == "photo" and not entry["is_small"])


def _help(entry: Entry) -> dict[str, Any]:
    return {"state": "help", "tries": entry["tries"] + 1}


def _later(entry: Entry, reply: Reply, now: float, dice: random.Random) -> dict[str, Any]:
    asked = retry_after(reply.headers.get("retry-after", ""))
    back_off = min(2.0 ** (entry["tries"] + 1), LONGEST_BACKOFF_S) * (0.7 + 0.6 * dice.random())
    wait = back_off if asked is None else asked
    waits = {"state": "waiting", "tries": entry["tries"] + 1, "next_at": now + wait}
    return waits | {"obey": asked is not None}


def retry_after(header: str) -> float | None:
    """Seconds that the server asked for; nonsense counts as nothing said."""
    return min(float(header), LONGEST_WAIT_S) if re.fullmatch(r"\d+", header.strip()) else None
