"""Merges and splits in any order: every pin stays, once, and what was done can be taken back.

Hypothesis writes the story; the model is who stands with whom. Operations and database are the real ones.
"""

from __future__ import annotations

from uuid import UUID

import sqlalchemy as sa
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from app.db import db
from app.models import Issue, Pin
from tests.cast import Cast
from tests.operations.test_issues import merged, sent, split, staff_views


class Groups(RuleBasedStateMachine):
    """Merges and splits in any order; the model is who stands with whom."""

    cast: Cast
    births: list[UUID]
    places = st.integers(0, 5)

    @initialize()
    def apart(self) -> None:
        for birth in self.births:
            if self.roots()[birth] != birth:
                split(self.cast, birth)
        self.model = {birth: birth for birth in self.births}

    @rule(into=places, others=st.lists(places, min_size=1, max_size=3))
    def merge(self, into: int, others: list[int]) -> None:
        target = self.model[self.births[into]]
        roots = {self.model[self.births[other]] for other in others} - {target}
        moved = [birth for birth in self.births if self.model[birth] in roots]
        assert merged(self.cast, self.births[into], *(self.births[other] for other in others)) == moved
        self.model |= dict.fromkeys(moved, target)

    @rule(into=places, other=places)
    def merge_and_take_back(self, into: int, other: int) -> None:
        """A split of what a merge names is as if nothing had happened."""
        if came := merged(self.cast, self.births[into], self.births[other]):
            split(self.cast, *came)

    @rule(place=places)
    def split_one(self, place: int) -> None:
        birth = self.births[place]
        if self.model[birth] != birth:
            split(self.cast, birth)
            self.model[birth] = birth

    @rule(place=places)
    def split_and_take_back(self, place: int) -> None:
        birth = self.births[place]
        if self.model[birth] != birth:
            assert merged(self.cast, split(self.cast, birth), birth) == [birth]

    @invariant()
    def everyone_is_where_the_model_says(self) -> None:
        """Each pin once, never two steps from its issue, counted with all that share it."""
        assert self.roots() == self.model
        told = [view["issue"] for view in staff_views(self.cast)]
        assert sorted(issue["own_id"] for issue in told) == sorted(map(str, self.births))
        sizes = [sum(root == self.model[UUID(i["own_id"])] for root in self.model.values()) for i in told]
        assert [issue["members"] for issue in told] == sizes

    def roots(self) -> dict[UUID, UUID]:
        with self.cast.app.app_context(), db.engine.connect() as connection:
            found = connection.execute(sa.select(Issue.__table__).where(Issue.id.in_(self.births))).all()
        return {row.id: row.merged_into_id or row.id for row in found}


def test_any_order_of_merges_and_splits_loses_no_pin(cast: Cast) -> None:
    births = [sent(cast.amina) for _ in range(6)]
    machine = type("TheseGroups", (Groups,), {"cast": cast, "births": births})
    few = settings(max_examples=15, stateful_step_count=10, deadline=None, derandomize=True, database=None)
    run_state_machine_as_test(machine, settings=settings(few, suppress_health_check=list(HealthCheck)))
    assert cast.count(Pin) == cast.count(Issue) == 6
