"""Who may do what: the whole permission table on one screen.

Pure. An actor is known before a rule is asked; what an actor may not see looks like what does not
exist, so callers turn a "no" about somebody else's thing into `not_found`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal
from uuid import UUID

Right = Literal["manage", "run", "read", "lead"]
"""manage: people, settings, the log. run: prepare, review, decide. read: look at all of that.
lead: during the walk, its counts; pause newcomers, end it."""

RIGHTS: dict[str, frozenset[Right]] = {
    "administrator": frozenset({"manage", "run", "read", "lead"}),
    "facilitator": frozenset({"run", "read", "lead"}),
    "observer": frozenset({"read"}),
    "leader": frozenset({"lead"}),
    "owner": frozenset(),
}
ROLES = tuple(RIGHTS)


@dataclass(frozen=True)
class Actor:
    """Somebody asking: a participant (a device in one walk) or a facilitator.

    `is_kept_back`: others see nothing of this participant (rules.participants).
    """

    kind: Literal["participant", "facilitator", "system"]
    id: UUID
    walk_id: UUID | None = None
    is_kept_back: bool = False
    memberships: Mapping[UUID, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """How history names the actor: kind and id, never a person's name."""
        return f"{self.kind}:{self.id}"


def may_send(actor: Actor, walk_id: UUID, state: str) -> bool:
    """A participant writes its own pins until the walk is archived."""
    return actor.kind == "participant" and actor.walk_id == walk_id and state != "archived"


def may_read_walk(actor: Actor, walk_id: UUID) -> bool:
    """A participant reads the walk it is in."""
    return actor.kind == "participant" and actor.walk_id == walk_id


def may_see_others(state: str, others_visible: bool) -> bool:
    """Participants see others' pins until the walk is closed, if the organiser lets them."""
    return others_visible and state in ("open", "closing")


def may(actor: Actor, organisation_id: UUID, right: Right) -> bool:
    """A person may do in an organisation what its role there allows."""
    role = actor.memberships.get(organisation_id, "")
    return actor.kind == "facilitator" and right in RIGHTS.get(role, ())


def may_run(actor: Actor, organisation_id: UUID) -> bool:
    """Administrators and facilitators run the walks of their organisations."""
    return may(actor, organisation_id, "run")


def knows(actor: Actor, organisation_id: UUID) -> bool:
    """Whether the actor sees anything of the organisation, so that a "no" tells nothing new."""
    role = actor.memberships.get(organisation_id, "")
    return actor.kind == "facilitator" and bool(RIGHTS.get(role))


def organisations(actor: Actor, right: Right) -> list[UUID]:
    """The organisations in which the actor has the right."""
    return [key for key in actor.memberships if may(actor, key, right)]


def own_organisations(actor: Actor) -> list[UUID]:
    """The organisations whose walks the actor may run."""
    return organisations(actor, "run")
