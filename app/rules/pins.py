"""What a pin is made of, how two revisions meet, and who sees it.

Pure. A pin's *fields* are the values a reporter sends, in the form of schemas.pin. Order of
arrival decides; no clock does.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.rules.categories import is_sensitive

FIELDS = (
    "made_at",
    "kind",
    "category",
    "secondary",
    "place_type",
    "here",
    "there",
    "source",
    "stop_id",
    "address",
    "text",
    "text_lang",
    "severity",
    "acute",
    "feeling_day",
    "feeling_dark",
    "avoids",
    "when",
    "affected",
    "proposal",
    "voice",
    "group",
    "extra",
    "staff_only",
    "photos",
)
REVIEWS = ("new", "approved", "hidden")
TEXT_FIELDS = ("text", "proposal")


@dataclass(frozen=True)
class Merge:
    """What a revision does to a pin: fields to set, and values it overwrites without having seen."""

    changed: dict[str, Any]
    lost: dict[str, Any]

    @property
    def is_conflict(self) -> bool:
        return bool(self.lost)


Places = Sequence[Mapping[str, Any]]
"""A pin's photos: hash, order, description."""


def merge(current: Mapping[str, Any], base: Mapping[str, Any], sent: Mapping[str, Any]) -> Merge:
    """Three-way, field by field: what the sender changed since `base` is set.

    Where somebody else had changed the same field to another value meanwhile, the later arrival
    still wins, and the overwritten value comes back in `lost` for a human to look at. Photos are no
    such field: what either added is kept.
    """
    changed = {name: sent.get(name) for name in FIELDS if sent.get(name) != base.get(name)}
    lost = {
        name: current.get(name)
        for name, value in changed.items()
        if current.get(name) not in (base.get(name), value)
    }
    if "photos" in lost:
        changed["photos"], is_clash = _merge_photos(
            *(each.get("photos") or () for each in (current, base, sent))
        )
        if not is_clash:
            del lost["photos"]
    return Merge({name: value for name, value in changed.items() if current.get(name) != value}, lost)


def _merge_photos(current: Places, base: Places, sent: Places) -> tuple[list[Mapping[str, Any]], bool]:
    """Three-way, photo by photo. A clash: one took away, or both described, what the other had changed."""
    now, before, mine = ({place["sha256"]: place for place in places} for places in (current, base, sent))
    touched = {sha256 for sha256 in before.keys() | mine.keys() if mine.get(sha256) != before.get(sha256)}
    theirs = {sha256 for sha256 in touched if now.get(sha256) not in (before.get(sha256), mine.get(sha256))}
    kept = {sha256: place for sha256, place in now.items() if sha256 not in touched or sha256 in theirs}
    added = {sha256: place for sha256, place in mine.items() if sha256 in touched}
    return list((kept | added).values()), bool(theirs)


@dataclass(frozen=True)
class Exposure:
    """The facts that decide who sees a pin."""

    review: str
    visibility: str
    staff_only: bool
    is_sensitive: bool
    is_withdrawn: bool
    quarantine: str | None
    participant_kept_back: bool


def exposure(pin: Mapping[str, Any], participant_kept_back: bool) -> Exposure:
    """The facts of a pin's columns that decide who sees it."""
    return Exposure(
        review=pin["review"],
        visibility=pin["visibility"],
        staff_only=pin["staff_only"],
        is_sensitive=is_sensitive(pin["category"]),
        is_withdrawn=pin.get("withdrawn_at") is not None,
        quarantine=pin["quarantine"],
        participant_kept_back=participant_kept_back,
    )


def visible_to_walk(pin: Exposure) -> bool:
    """Whether other participants' phones may draw the pin (without text or photo).

    What was set aside is drawn once a human has approved it.
    """
    kept_back = pin.staff_only or pin.is_sensitive or pin.is_withdrawn or pin.participant_kept_back
    is_aside = pin.quarantine is not None and pin.review != "approved"
    return pin.review != "hidden" and pin.visibility != "staff" and not kept_back and not is_aside


def photo_visible_to_walk(state: str, review: str, visibility: str) -> bool:
    """Whether other participants may see a photo: approved by a human, in our own encoding."""
    return state == "ready" and review == "approved" and visibility != "staff"
