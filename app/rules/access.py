"""Who may do what: the whole permission table on one screen.

Pure. An actor is known before a rule is asked; what an actor may not see looks like what does not
exist, so callers turn a "no" about somebody else's thing into `not_found`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal
from uuid import UUID

STAFF_ROLES = ("administrator", "facilitator")


@dataclass(frozen=True)
class Actor:
    """Somebody asking: a participant (a device in one walk) or a facilitator."""

    kind: Literal["participant", "facilitator", "system"]
    id: UUID
    walk_id: UUID | None = None
    is_hidden: bool = False
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


def may_run(actor: Actor, organisation_id: UUID) -> bool:
    """Facilitators run the walks of their organisations."""
    return actor.kind == "facilitator" and actor.memberships.get(organisation_id) in STAFF_ROLES


def own_organisations(actor: Actor) -> list[UUID]:
    """The organisations whose walks the actor may run."""
    return [key for key, role in actor.memberships.items() if role in STAFF_ROLES]
