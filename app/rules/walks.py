"""A walk's states and what each of them lets in.

Pure. draft → open → closing → closed → archived; `closing` still takes what phones hold but hands
out nothing new, `closed` takes what comes late and says so. Every step but the first can be taken back.
"""

from __future__ import annotations

from datetime import datetime, timedelta, tzinfo

STATES = ("draft", "open", "closing", "closed", "archived")
NEXT = {
    "draft": {"open"},
    "open": {"closing"},
    "closing": {"open", "closed"},
    "closed": {"open", "closing", "archived"},
    "archived": {"closed"},
}
LIGHTS = ("day", "dusk", "dark")
OPENS_BEFORE = timedelta(hours=24)
TAKES_BACK = timedelta(hours=1)
"""How long a leader may open again what a leader has ended."""


def may_become(state: str, wanted: str, is_purged: bool = False) -> bool:
    """What was sent to a purged walk has gone by the rule, so it takes nothing more."""
    return wanted in NEXT[state] and not is_purged


def is_for_leaders(state: str, wanted: str, closing_at: datetime | None, now: datetime) -> bool:
    """Whether leading a walk is enough to change its state so: to end it, and to take that back."""
    if wanted == "closing":
        return state in ("open", "closing")
    lately = closing_at is not None and now < closing_at + TAKES_BACK
    return (state, wanted) == ("closing", "open") and lately


def is_over(state: str, closing_at: datetime | None, closing_days: int, now: datetime) -> bool:
    """Whether a walk has been closing for its time of grace."""
    return state == "closing" and closing_at is not None and closing_at + timedelta(days=closing_days) <= now


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
