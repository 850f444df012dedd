"""The permission table."""

from __future__ import annotations

from uuid import uuid4

import pytest

from app.rules.access import Actor, may_read_walk, may_run, may_see_others, may_send, own_organisations

WALK, OTHER, OURS, THEIRS = (uuid4() for _ in range(4))
AMINA = Actor("participant", uuid4(), walk_id=WALK)
FATIMA = Actor("facilitator", uuid4(), memberships={OURS: "facilitator"})


@pytest.mark.parametrize(
    ("state", "may"),
    [("draft", True), ("open", True), ("closing", True), ("closed", True), ("archived", False)],
)
def test_a_participant_sends_until_the_walk_is_archived(state: str, may: bool) -> None:
    assert may_send(AMINA, WALK, state) is may


def test_a_participant_has_nothing_to_do_with_another_walk() -> None:
    assert not may_send(AMINA, OTHER, "open")
    assert not may_read_walk(AMINA, OTHER)
    assert may_read_walk(AMINA, WALK)


def test_a_facilitator_is_no_participant_and_a_participant_no_facilitator() -> None:
    assert not may_send(FATIMA, WALK, "open")
    assert not may_read_walk(FATIMA, WALK)
    assert not may_run(AMINA, OURS)


@pytest.mark.parametrize(
    ("role", "may"), [("facilitator", True), ("administrator", True), ("reader", False), ("", False)]
)
def test_only_staff_roles_run_walks(role: str, may: bool) -> None:
    actor = Actor("facilitator", uuid4(), memberships={OURS: role})
    assert may_run(actor, OURS) is may
    assert own_organisations(actor) == ([OURS] if may else [])
    assert not may_run(actor, THEIRS)


@pytest.mark.parametrize(
    ("state", "wanted", "seen"),
    [
        ("open", True, True),
        ("closing", True, True),
        ("open", False, False),
        ("closed", True, False),
        ("archived", True, False),
        ("draft", True, False),
    ],
)
def test_others_pins_are_shown_during_the_walk_if_the_organiser_wants(
    state: str, wanted: bool, seen: bool
) -> None:
    assert may_see_others(state, wanted) is seen


def test_history_names_kind_and_id_and_no_person() -> None:
    assert FATIMA.name == f"facilitator:{FATIMA.id}"
