"""Issues: staff's fields on what pins are about, merging and splitting, duplicates.

Every act takes the walk's lock first, moves every pin of the issues it touches in the feed and is
kept among their revisions. What is already so is not done again and moves nothing. Pins stay with the
issue of their birth: merging points that issue at another one, splitting lets it go, and neither
touches a field, so nothing is lost. An act on a merged issue is one on the issue it was merged into.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.db import AnyRow, db, run, table
from app.models import Issue, Owner, Pin, PinRevision
from app.operations import audit, feed, issue_views, rights, views, who
from app.operations.issue_views import BIRTH, EFFECTIVE, as_json
from app.operations.review import act_row, locked_walk
from app.problems import Problem
from app.rules import issues as rules
from app.rules.access import Actor

ISSUE = table(Issue)
OWNER = table(Owner)
PIN = table(Pin)
REVISION = table(PinRevision)
SET_SEQ = sa.update(PIN).where(PIN.c.id == sa.bindparam("pin_id")).values(seq=sa.bindparam("new_seq"))
Fields = Mapping[str, Any]
Edit = tuple[AnyRow, dict[str, Any]]
"""An issue, and what of it shall change."""


def edit(
    actor: Actor, walk_id: UUID, issue_id: UUID, fields: Fields, seen: int, now: datetime
) -> dict[str, Any]:
    """Set some fields of one issue, of which the version `seen` was seen.

    Raises Problem(not_found | stale | status_not_allowed | reason_required).
    """
    walk = locked_walk(actor, walk_id)
    issue = _effective(walk_id, [issue_id])[issue_id]
    _check_owner(walk, fields)
    changed = _changed(issue, fields)
    if changed and issue.seq != seen:
        by = who.changed_pins(walk, [pin.id for pin in _members([issue.id])], issue.seq)
        raise Problem("stale", current=_current(issue), by=by)
    _check(issue, changed)
    pins = _apply(actor, walk, [(issue, changed)] if changed else [], now)
    return {"previous": _previous(issue, changed), "pins": pins or _pins_of([issue.id])}


def edit_many(
    actor: Actor, walk_id: UUID, wanted: Sequence[Mapping[str, Any]], fields: Fields, now: datetime
) -> dict[str, Any]:
    """The same fields for many; those of which an older version was seen are left alone, and named.

    Raises Problem(not_found | status_not_allowed | reason_required), and then nothing was done.
    """
    walk = locked_walk(actor, walk_id)
    by_id = _effective(walk_id, [each["id"] for each in wanted])
    _check_owner(walk, fields)
    edits: dict[UUID, Edit] = {}
    stale = []
    for each in wanted:
        issue = by_id[each["id"]]
        changed = _changed(issue, fields)
        if changed and issue.seq != each["seq"]:
            stale.append(str(each["id"]))
        elif changed:
            edits[issue.id] = (issue, changed)
    for issue, changed in edits.values():
        _check(issue, changed)
    pins = _apply(actor, walk, list(edits.values()), now)
    seqs = {pin["issue"]["id"]: pin["issue"]["seq"] for pin in pins}
    previous = [
        {"id": str(issue.id), "seq": seqs[str(issue.id)], "fields": _previous(issue, changed)}
        for issue, changed in edits.values()
    ]
    return {"previous": previous, "pins": pins, "stale": stale}


def merge(actor: Actor, walk_id: UUID, into: UUID, issues: Sequence[UUID], now: datetime) -> dict[str, Any]:
    """Make several issues one: each comes with all that were merged into it. Raises Problem(not_found).

    The answer names every issue that was pointed elsewhere; splitting these takes it back.
    """
    walk = locked_walk(actor, walk_id)
    by_id = _effective(walk_id, [into, *issues])
    target = by_id[into].id
    joining = list(dict.fromkeys(by_id[issue].id for issue in issues if by_id[issue].id != target))
    if not joining:
        return {"merged": [], "pins": _pins_of([target])}
    pins = _members([target, *joining])
    coming = [pin for pin in pins if pin.root != target]

    def act(pin: Any, first: int) -> dict[str, Any]:
        if pin.root == target:
            return {"merged": len(coming)}
        return {"merged_into": str(target), "from": str(pin.root), "act": first}

    # Families of thousands are possible: they are found by their issue and not listed.
    family = sa.or_(ISSUE.c.id.in_(joining), ISSUE.c.merged_into_id.in_(joining))
    seq = _move(actor, walk, pins, act, "merge", now)
    run(sa.update(ISSUE).where(family).values(merged_into_id=target, seq=seq))
    run(sa.update(ISSUE).where(ISSUE.c.id == target).values(seq=seq))
    merged = [str(issue) for issue in dict.fromkeys(pin.issue_id for pin in coming)]
    _note(actor, walk, "issues_merge", target, now, {"merged": len(merged)})
    return {"merged": merged, "pins": views.many_for_staff([pin.id for pin in pins])}


def split(actor: Actor, walk_id: UUID, issues: Sequence[UUID], now: datetime) -> dict[str, Any]:
    """Let issues stand for themselves again. Those that came together, by one act, stay together.

    Raises Problem(not_found | issue_is_root | invalid): the issue that others were merged into
    cannot leave them, and all must be of one group.
    """
    walk = locked_walk(actor, walk_id)
    births = _births(walk_id, issues)
    leaving = {birth.id for birth in births if birth.merged_into_id}
    _refuse_roots([birth.id for birth in births if not birth.merged_into_id])
    if not leaving:
        return {"into": str(births[0].id), "pins": _pins_of([birth.id for birth in births])}
    if len(roots := {birth.merged_into_id for birth in births} - {None}) > 1:
        raise Problem("invalid", errors={"issues": ["All must be merged into the same issue."]})
    target = roots.pop()
    pins = _members([target])
    goes_to = _together(target, [pin for pin in pins if pin.issue_id in leaving])

    def act(pin: Any, _first: int) -> dict[str, Any]:
        if pin.issue_id in goes_to:
            return {"split_from": str(target), "issue": str(goes_to[pin.issue_id])}
        return {"split": len(goes_to)}

    seq = _move(actor, walk, pins, act, "split", now)
    groups: dict[UUID | None, list[UUID]] = {}
    for issue, to in goes_to.items():
        groups.setdefault(None if to == issue else to, []).append(issue)
    for root, group in groups.items():
        run(sa.update(ISSUE).where(ISSUE.c.id.in_(group)).values(merged_into_id=root, seq=seq))
    run(sa.update(ISSUE).where(ISSUE.c.id == target).values(seq=seq))
    _note(actor, walk, "issues_split", target, now, {"split": len(goes_to)})
    return {"into": str(target), "pins": views.many_for_staff([pin.id for pin in pins])}


def duplicates(actor: Actor, walk_id: UUID) -> list[dict[str, Any]]:
    """Issues that may be about the same. Raises Problem(forbidden | not_found)."""
    rights.require(actor, feed.feed_head(walk_id).organisation_id, "read")
    columns = (PIN.c.id, EFFECTIVE.c.id, PIN.c.number, PIN.c.kind, PIN.c.category, PIN.c.lat, PIN.c.lon)
    shown = sa.and_(PIN.c.walk_id == walk_id, PIN.c.withdrawn_at.is_(None), PIN.c.review != "hidden")
    rows = db.session.execute(issue_views.joined(sa.select(*columns)).where(shown)).all()
    return [
        {
            "issues": [str(issue) for issue in one.issues],
            "pins": [str(pin) for pin in one.pins],
            "category": one.category,
            "metres": one.metres,
        }
        for one in rules.duplicates(rules.Spot(*row) for row in rows)
    ]


def _births(walk_id: UUID, ids: Iterable[UUID]) -> list[AnyRow]:
    """The walk's issues as they were born. Raises Problem(not_found) if any is not there."""
    wanted = list(dict.fromkeys(ids))
    own = sa.and_(ISSUE.c.walk_id == walk_id, ISSUE.c.id.in_(wanted))
    found = {row.id: row for row in run(sa.select(ISSUE).where(own))}
    if len(found) < len(wanted):
        raise Problem("not_found")
    return [found[each] for each in wanted]


def _effective(walk_id: UUID, ids: Iterable[UUID]) -> dict[UUID, AnyRow]:
    """For each id the issue that it stands for. Raises Problem(not_found)."""
    births = _births(walk_id, ids)
    standing = {birth.id: birth for birth in births if not birth.merged_into_id}
    elsewhere = {birth.merged_into_id for birth in births if birth.merged_into_id} - standing.keys()
    if elsewhere:
        standing |= {row.id: row for row in _births(walk_id, elsewhere)}
    return {birth.id: standing[birth.merged_into_id or birth.id] for birth in births}


def _members(roots: Sequence[UUID]) -> Sequence[AnyRow]:
    """All pins of issues that stand for themselves, in order of their numbers."""
    of_these = sa.or_(BIRTH.c.id.in_(roots), BIRTH.c.merged_into_id.in_(roots))
    root = sa.func.coalesce(BIRTH.c.merged_into_id, BIRTH.c.id).label("root")
    columns = (PIN.c.id, PIN.c.rev, PIN.c.issue_id, root)
    joined = sa.select(*columns).join(BIRTH, BIRTH.c.id == PIN.c.issue_id).where(of_these)
    return run(joined.order_by(PIN.c.number)).all()


def _pins_of(roots: Sequence[UUID]) -> list[dict[str, Any]]:
    return views.many_for_staff([pin.id for pin in _members(roots)])


def _current(issue: AnyRow) -> dict[str, Any]:
    """The issue as it stands, with its pins beside it."""
    pins = _pins_of([issue.id])
    own = next(pin for pin in pins if pin["issue"]["own_id"] == str(issue.id))
    return {**own["issue"], "pins": pins}


def _check_owner(walk: AnyRow, fields: Fields) -> None:
    """Only an owner of the same organisation can be responsible. Raises Problem(not_found)."""
    if (owner_id := fields.get("owner_id")) is None:
        return
    own = sa.and_(OWNER.c.id == owner_id, OWNER.c.organisation_id == walk.organisation_id)
    if run(sa.select(OWNER.c.id).where(own)).first() is None:
        raise Problem("not_found")


def _changed(issue: AnyRow, fields: Fields) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if getattr(issue, name) != value}


def _previous(issue: AnyRow, changed: Fields) -> dict[str, Any]:
    return {name: as_json(getattr(issue, name)) for name in changed}


def _check(issue: AnyRow, changed: Fields) -> None:
    """Raises Problem(status_not_allowed | reason_required)."""
    status = changed.get("status", issue.status)
    if not rules.may_follow(issue.status, status):
        raise Problem("status_not_allowed", issue=str(issue.id), present=issue.status)
    refuses = rules.needs_reason(status) and {"status", "decision"} & changed.keys()
    if refuses and not rules.has_text(changed.get("decision", issue.decision)):
        raise Problem("reason_required", issue=str(issue.id))


def _apply(actor: Actor, walk: AnyRow, edits: Sequence[Edit], now: datetime) -> list[dict[str, Any]]:
    """Write the fields, move the pins. Returns these as staff now see them."""
    if not edits:
        return []
    acts = {issue.id: {name: as_json(value) for name, value in new.items()} for issue, new in edits}
    pins = _members(list(acts))
    seq = _move(actor, walk, pins, lambda pin, _first: acts[pin.root], "edit", now)
    for issue, new in edits:
        done_at = rules.done_at(new.get("status", issue.status), issue.done_at, now)
        run(sa.update(ISSUE).where(ISSUE.c.id == issue.id).values(**new, done_at=done_at, seq=seq))
    facts = {"issues": len(edits), "fields": sorted({name for _issue, new in edits for name in new})}
    _note(actor, walk, "issue_edit", edits[0][0].id, now, facts)
    return views.many_for_staff([pin.id for pin in pins])


def _note(actor: Actor, walk: AnyRow, act: str, issue_id: UUID, now: datetime, facts: dict[str, Any]) -> None:
    tenant = walk.organisation_id
    audit.note(actor, tenant, act, now, walk_id=walk.id, thing=("issue", issue_id), **facts)


def _move(
    actor: Actor,
    walk: AnyRow,
    pins: Sequence[AnyRow],
    act: Callable[[Any, int], dict[str, Any]],
    verb: str,
    now: datetime,
) -> int:
    """Give each pin a new place in the feed and keep its act, which may name the first of the numbers.

    Returns the last number: the version of every issue that the act touched.
    """
    numbers = feed.next_numbers(walk.id, len(pins))
    placed = list(zip(pins, numbers, strict=True))
    run(SET_SEQ, [{"pin_id": pin.id, "new_seq": seq} for pin, seq in placed])
    feed.move(walk, "pin", [(pin.id, seq) for pin, seq in placed], verb, actor.name, now)
    kept = [act_row(walk, pin, act(pin, numbers[0]), seq, actor, now) for pin, seq in placed]
    run(sa.insert(REVISION), kept)
    return numbers[-1]


def _refuse_roots(standing: Sequence[UUID]) -> None:
    """Raises Problem(issue_is_root) for issues that others were merged into."""
    others = sa.select(ISSUE.c.merged_into_id).where(ISSUE.c.merged_into_id.in_(standing)).distinct()
    if found := run(others).scalars().all():
        raise Problem("issue_is_root", issues=[str(each) for each in found])


def _together(target: UUID, leaving: Sequence[AnyRow]) -> dict[UUID, UUID]:
    """For each issue that leaves `target` the one it then stands for: itself, or the one it came with.

    A merge keeps with each pin where it came from and the number of the act.
    """
    issue_of = {pin.id: pin.issue_id for pin in leaving}
    staff = REVISION.c.actor.startswith("facilitator:")
    kept = sa.select(REVISION.c.pin_id, REVISION.c.fields).where(REVISION.c.pin_id.in_(issue_of), staff)
    came: dict[UUID, tuple[str, int]] = {}
    for row in run(kept.order_by(REVISION.c.seq)):
        if row.fields.get("merged_into") == str(target):
            came[issue_of[row.pin_id]] = (row.fields["from"], row.fields["act"])
    goes_to = {issue: issue for issue in issue_of.values()}
    for issue, (root, act) in came.items():
        before = UUID(root)
        if came.get(before) == (root, act):
            goes_to[issue] = before
    return goes_to
