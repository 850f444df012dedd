"""What happened in a trial: every act, send, answer and word on a screen, in order, with its time.

Owns the list of events and their form as JSON lines. Promises one order for all that happens in one
thread, and that `written` can be read again. Judges nothing; that is the checker's part.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypedDict


class Event(TypedDict):
    """`at` seconds after the beginning, `who` did or met `what`; the rest depends on what it was."""

    at: float
    who: str
    what: str
    facts: dict[str, Any]


class History:
    """The events of one trial."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self._begun = time.monotonic()

    def now(self) -> float:
        """Seconds since the beginning."""
        return self.at(time.monotonic())

    def at(self, moment: float) -> float:
        """The same for a moment of the monotonic clock."""
        return moment - self._begun

    def tell(self, who: str, what: str, **facts: Any) -> float:
        """Note an event; when it was."""
        at = self.now()
        self.events.append({"at": at, "who": who, "what": what, "facts": facts})
        return at

    def of(self, *what: str) -> Iterator[Event]:
        """The events of these kinds, in order."""
        return (event for event in self.events if event["what"] in what)

    def write(self, path: Path) -> None:
        """One event a line."""
        lines = (json.dumps(event, ensure_ascii=False, default=str) + "\n" for event in self.events)
        path.write_text("".join(lines), encoding="utf-8")


def read(path: Path) -> list[Event]:
    """The events of a file that `write` made."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
