"""The issue a pin is effectively about, as others read it: one join, and two counts per page.

Owns how `merged_into_id` is followed (one step: a merge always points at an issue that stands for
itself) and the form in which staff see an issue. Changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.db import AnyRow, db, table
from app.models import Issue, Pin
from app.rules.issues import FIELDS

PIN = table(Pin)
BIRTH = table(Issue).alias("birth")
EFFECTIVE = table(Issue).alias("effective")
MANY = 500

OF_BIRTH = BIRTH.c.id == PIN.c.issue_id
OF_BIRTH_TOO = EFFECTIVE.c.id == sa.func.coalesce(BIRTH.c.merged_into_id, BIRTH.c.id)
SHOWN = ("id", "seq", *FIELDS)
COLUMNS = tuple(EFFECTIVE.c[name].label(f"issue__{name}") for name in SHOWN)
"""What staff see of an issue, beside a pin's own columns."""

# A pin that no phone sent (from a paper card) is a voice of its own.
VOICE = sa.case((PIN.c.withdrawn_at.is_(None), sa.func.coalesce(PIN.c.participant_id, PIN.c.id)))
COUNTS = (sa.func.count(sa.distinct(VOICE)).label("voices"), sa.func.count().label("members"))


def joined(statement: sa.Select[Any]) -> sa.Select[Any]:
    """Pins with their issue of birth and the effective one."""
    return statement.join(BIRTH, OF_BIRTH).join(EFFECTIVE, OF_BIRTH_TOO)


def counts(issue_ids: Iterable[UUID]) -> dict[UUID, AnyRow]:
    """Voices (people, not pins) and members (pins) of issues that stand for themselves."""
    root = sa.func.coalesce(BIRTH.c.merged_into_id, BIRTH.c.id).label("root")
    grouped = sa.select(root, *COUNTS).select_from(PIN).join(BIRTH, OF_BIRTH).group_by(root)
    wanted = list(dict.fromkeys(issue_ids))
    found: dict[UUID, AnyRow] = {}
    for start in range(0, len(wanted), MANY):
        part = wanted[start : start + MANY]
        of_these = sa.or_(BIRTH.c.id.in_(part), BIRTH.c.merged_into_id.in_(part))
        found |= {row.root: row for row in db.session.execute(grouped.where(of_these))}
    return found


def view(row: Any, count: Any) -> dict[str, Any]:
    """An issue as staff see it, of a row with COLUMNS; `own_id` is the issue that the pin was born with."""
    told = {name: getattr(row, f"issue__{name}") for name in SHOWN}
    plain = {name: as_json(value) for name, value in told.items()}
    return plain | {"voices": count.voices, "members": count.members, "own_id": str(row.issue_id)}


def as_json(value: Any) -> Any:
    """A field's value in JSON's own types."""
    if isinstance(value, UUID):
        return str(value)
    return value.isoformat() if hasattr(value, "isoformat") else value
