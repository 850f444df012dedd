"""How revisions meet, and who sees a pin."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations
from typing import Any

import pytest

from app.rules.pins import Exposure, exposure, merge, photo_visible_to_walk, visible_to_walk

SHOWN = Exposure(
    review="new",
    visibility="walk",
    staff_only=False,
    is_sensitive=False,
    is_withdrawn=False,
    quarantine=None,
    participant_kept_back=False,
)


def test_merge_sets_only_what_the_sender_changed() -> None:
    base = {"text": "old", "severity": 1}
    current = {"text": "old", "severity": 3}
    merged = merge(current, base, {"text": "new", "severity": 1})
    assert merged.changed == {"text": "new"}
    assert not merged.is_conflict


def places(*photos: str) -> dict[str, Any]:
    """Photos of a pin: a letter each, and after it how it is described."""
    return {"photos": [{"sha256": photo[0], "alt": photo[1:], "order": 0} for photo in photos]}


@pytest.mark.parametrize(
    ("current", "base", "sent", "after", "is_clash"),
    [
        ("a b", "a", "a c", "a b c", False),  # both added
        ("b", "", "b", "b", False),  # the same one
        ("a b", "a", "", "b", False),  # one took its own away, the other added
        ("", "a", "a b", "b", False),
        ("aDark", "a", "", "aDark", True),  # described by one, taken away by the other
        ("", "a", "aDark", "aDark", True),
        ("aDark", "a", "aLight", "aLight", True),
        ("aDark b", "a b", "a bLight", "aDark bLight", False),
    ],
)
def test_no_photo_is_lost_where_two_edits_meet(
    current: str, base: str, sent: str, after: str, is_clash: bool
) -> None:
    merged = merge(places(*current.split()), places(*base.split()), places(*sent.split()))
    stands = merged.changed.get("photos", places(*current.split())["photos"])
    assert sorted(place["sha256"] + place["alt"] for place in stands) == after.split()
    assert merged.is_conflict is is_clash
    assert merged.lost == (places(*current.split()) if is_clash else {})


def test_merge_lets_the_later_arrival_win_and_keeps_what_it_overwrote() -> None:
    merged = merge({"text": "theirs"}, {"text": "old"}, {"text": "mine"})
    assert merged.changed == {"text": "mine"}
    assert merged.lost == {"text": "theirs"}
    assert merged.is_conflict


def test_merge_sees_no_conflict_where_both_said_the_same() -> None:
    merged = merge({"text": "same"}, {"text": "old"}, {"text": "same"})
    assert (merged.changed, merged.lost) == ({}, {})


def test_merge_can_empty_a_field() -> None:
    assert merge({"severity": 2}, {"severity": 2}, {"severity": None}).changed == {"severity": None}


def test_edits_of_different_fields_end_the_same_in_any_order() -> None:
    base = {"text": "t", "severity": 1, "acute": False}
    edits = [base | {"text": "x"}, base | {"severity": 3}, base | {"acute": True}]
    ends = []
    for order in permutations(edits):
        now = dict(base)
        for sent in order:
            now |= merge(now, base, sent).changed
        ends.append(now)
    assert all(end == {"text": "x", "severity": 3, "acute": True} for end in ends)


@pytest.mark.parametrize(
    "fact",
    [
        {"review": "hidden"},
        {"visibility": "staff"},
        {"staff_only": True},
        {"is_sensitive": True},
        {"is_withdrawn": True},
        {"quarantine": "over_quota"},
        {"participant_kept_back": True},
    ],
    ids=lambda fact: next(iter(fact)),
)
def test_each_reason_alone_keeps_a_pin_from_other_phones(fact: dict[str, object]) -> None:
    assert visible_to_walk(SHOWN)
    assert not visible_to_walk(replace(SHOWN, **fact))


@pytest.mark.parametrize(("review", "seen"), [("new", False), ("approved", True), ("hidden", False)])
def test_what_was_set_aside_is_shown_once_a_human_approved_it(review: str, seen: bool) -> None:
    assert visible_to_walk(replace(SHOWN, quarantine="over_quota", review=review)) is seen


def test_an_unknown_category_counts_as_sensitive() -> None:
    pin = {"review": "new", "visibility": "walk", "staff_only": False, "quarantine": None}
    assert not visible_to_walk(exposure(pin | {"category": "from_the_future"}, False))
    assert visible_to_walk(exposure(pin | {"category": "lighting"}, False))


@pytest.mark.parametrize(
    ("state", "review", "visibility", "seen"),
    [
        ("ready", "approved", "walk", True),
        ("ready", "approved", "public", True),
        ("ready", "approved", "staff", False),
        ("ready", "new", "walk", False),
        ("ready", "hidden", "walk", False),
        ("received", "approved", "walk", False),
        ("quarantined", "approved", "walk", False),
    ],
)
def test_a_photo_is_shown_only_approved_and_in_our_encoding(
    state: str, review: str, visibility: str, seen: bool
) -> None:
    assert photo_visible_to_walk(state, review, visibility) is seen
