"""Two tabs of one phone, offline, with stale bases: whatever order their messages come in, nothing is lost.

Hypothesis writes the story; a model of a dozen lines says how it must end. The operations and the
database are the real ones.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import sqlalchemy as sa
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    initialize,
    multiple,
    precondition,
    rule,
    run_state_machine_as_test,
)

from app.db import db, quick_transaction
from app.models import Pin, PinRevision
from app.operations import pins
from app.operations.pins import Conflict
from tests.builders import a_message, a_pin
from tests.cast import Cast

EDITS = {
    "text": st.sampled_from(["", "a", "b", "c"]),
    "severity": st.sampled_from([None, 1, 2, 3]),
    "acute": st.booleans(),
    "when": st.sampled_from([[], ["night"], ["night", "winter"]]),
}
Fields = dict[str, Any]


@dataclass
class Model:
    """What the server must hold: fields by arrival, each message once, and whether a human must look."""

    fields: Fields
    by_rev: dict[int, Fields]
    messages: list[Fields] = field(default_factory=list)
    has_conflict: bool = False

    def arrive(self, message: Fields) -> bool:
        """Whether it can be merged."""
        if message in self.messages:
            return message["rev"] in self.by_rev and self.by_rev[message["rev"]] == told(message)
        self.messages.append(message)
        newest = max(self.by_rev)
        forgotten = self.by_rev[newest] if newest < message["base_rev"] else None
        base = self.by_rev.get(message["base_rev"], forgotten)
        if base is None:
            self.has_conflict = True
            return False
        for name in EDITS:
            mine, theirs = message[name], self.fields[name]
            if mine != base[name]:
                self.has_conflict |= theirs not in (base[name], mine)
                self.fields[name] = mine
        self.by_rev[message["rev"]] = told(message)
        return True


def told(message: Fields) -> Fields:
    return {name: message[name] for name in EDITS}


class TwoTabs(RuleBasedStateMachine):
    """Tabs share the phone's counter of revisions, and nothing else."""

    cast: Cast
    waiting = Bundle("waiting")

    @initialize()
    def first_revision(self) -> None:
        self.pin_id: UUID = uuid4()
        self.rev = 1
        body = a_pin(severity=None, acute=False, when=[], text="")
        self.model = Model(told(body), {1: told(body)}, [body])
        self.tabs = [(1, told(body)), (1, told(body))]
        assert self.send(body)

    @rule(target=waiting, tab=st.integers(0, 1), edit=st.fixed_dictionaries({}, optional=EDITS))
    def edit(self, tab: int, edit: Fields) -> Any:
        """A tab changes some fields of what it last saw, and queues the whole pin."""
        base_rev, seen = self.tabs[tab]
        self.rev += 1
        body = a_pin(rev=self.rev, base_rev=base_rev, **(seen | edit))
        self.tabs[tab] = (self.rev, seen | edit)
        return multiple(body)

    @rule(message=waiting)
    def deliver(self, message: Fields) -> None:
        """It may be delivered again later: a bundle's values stay."""
        self.arrives(message)

    @rule(message=consumes(waiting))
    def deliver_and_forget(self, message: Fields) -> None:
        self.arrives(message)

    @rule(tab=st.integers(0, 1))
    @precondition(lambda self: self.model.by_rev)
    def look(self, tab: int) -> None:
        """A tab takes over what the server last had from it, and goes on from there."""
        newest = max(self.model.by_rev)
        self.tabs[tab] = (newest, dict(self.model.by_rev[newest]))

    def arrives(self, message: Fields) -> None:
        before = self.row()
        is_new = message not in self.model.messages
        assert self.send(message) == self.model.arrive(message)
        after = self.row()
        assert {name: getattr(after, name) for name in EDITS} == self.model.fields
        assert after.has_conflict == self.model.has_conflict
        assert (after.seq > before.seq) == is_new
        assert self.payloads() == [message["rev"] for message in self.model.messages]

    def send(self, message: Fields) -> bool:
        actor, walk_id = self.cast.amina.actor, self.cast.a.id
        try:
            with quick_transaction():
                pins.receive(actor, walk_id, self.pin_id, a_message(message), datetime.now(UTC))
        except Conflict:
            return False
        return True

    def row(self) -> Any:
        with db.engine.connect() as connection:
            return connection.execute(sa.select(Pin.__table__).where(Pin.id == self.pin_id)).one()

    def payloads(self) -> list[int]:
        kept = sa.select(PinRevision.payload).where(PinRevision.pin_id == self.pin_id)
        with db.engine.connect() as connection:
            rows = connection.execute(kept.order_by(PinRevision.seq)).scalars()
            return [json.loads(payload)["rev"] for payload in rows]


def test_two_tabs_always_end_where_arrival_says(cast: Cast) -> None:
    machine = type("TheseTabs", (TwoTabs,), {"cast": cast})
    few = settings(max_examples=25, stateful_step_count=12, deadline=None, derandomize=True, database=None)
    with cast.app.app_context():
        run_state_machine_as_test(machine, settings=settings(few, suppress_health_check=list(HealthCheck)))
