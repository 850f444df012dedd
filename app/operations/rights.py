"""Rights where something is asked for: "no" becomes a problem, and never tells what it should not.

Whoever belongs to the organisation is told that the account may not do this; to everybody else the
thing looks like none.
"""

from __future__ import annotations

from uuid import UUID

from app.problems import Problem
from app.rules import access
from app.rules.access import Actor, Right


def require(actor: Actor, organisation_id: UUID, right: Right) -> None:
    """Raises Problem(forbidden | not_found)."""
    if access.may(actor, organisation_id, right):
        return
    raise Problem("forbidden" if access.knows(actor, organisation_id) else "not_found")


def organisation_for(actor: Actor, right: Right, wanted: UUID | None = None) -> UUID:
    """The wanted organisation, else the actor's first with that right.

    Raises Problem(forbidden | not_found).
    """
    if wanted is not None:
        require(actor, wanted, right)
        return wanted
    own = access.organisations(actor, right)
    if not own:
        raise Problem("forbidden")
    return own[0]
