"""A walk's states and what each of them lets in.

Pure. draft → open → closing → closed → archived; `closing` still takes what phones hold but hands
out nothing new, `closed` takes what comes late and says so.
"""

from __future__ import annotations

from datetime import datetime, timedelta, tzinfo

STATES = ("draft", "open", "closing", "closed", "archived")
NEXT = {
    "draft": {"open"},
    "open": {"closing"},
    "closing": {"open", "closed"},
    "closed": {"open", "archived"},
    "archived": set[str](),
}
LIGHTS = ("day", "dusk", "dark")
OPENS_BEFORE = timedelta(hours=24)


def may_become(state: str, wanted: str) -> bool:
    return wanted in NEXT[state]


def problem_of_joining(state: str, starts_at: datetime, paused: bool, now: datetime) -> str | None:
    """The problem code that keeps a newcomer out, or None."""
    if state == "draft" or (state == "open" and now < starts_at - OPENS_BEFORE):
        return "walk_not_open"
    if state != "open":
        return "walk_over"
    return "newcomers_paused" if paused else None


def has_passed(starts_at: datetime, zone: tzinfo, now: datetime) -> bool:
    """Whether a walk would begin on a day before today, by the clock of its area."""
    return starts_at.astimezone(zone).date() < now.astimezone(zone).date()


def must_wait(wait_from: datetime | None, now: datetime) -> bool:
    """Whether who joins now waits, unseen by the others, until a facilitator lets the device in."""
    return wait_from is not None and now >= wait_from


def is_late(state: str) -> bool:
    """Whether a pin that arrives now came after the walk."""
    return state in ("closing", "closed")
