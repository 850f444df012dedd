"""How long what people sent is kept, and when it goes. Pure."""

from __future__ import annotations

import calendar
from datetime import datetime, timedelta

SECOND_THOUGHTS = timedelta(days=7)
"""So long nothing goes after an organisation's settings were changed: a number mistyped costs nothing."""
SETTLED = ("closed", "archived")


def months_after(moment: datetime, months: int) -> datetime:
    """The same day and time so many months later; the last day of a month that is too short."""
    years, month = divmod(moment.month - 1 + months, 12)
    year, month = moment.year + years, month + 1
    return moment.replace(year=year, month=month, day=min(moment.day, calendar.monthrange(year, month)[1]))


def goes_at(ends_at: datetime, months: int, settings_changed_at: datetime | None) -> datetime:
    """When what people sent to a walk goes: months after its end, never soon after a change of the rule."""
    due = months_after(ends_at, months)
    return max(due, settings_changed_at + SECOND_THOUGHTS) if settings_changed_at else due
