"""Pins that staff brought from a phone's file, when the phone itself sends them after all.

Promises that they are then the sender's own, and stand even if the file was taken back: what a phone was told
has arrived is there. Callers hold a transaction and the walk's lock, and know that the sender may send.
"""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from app.db import AnyRow, run, table
from app.models import Import, Pin, PinRevision
from app.operations import feed
from app.operations.review import act_row
from app.rules.access import Actor

PIN, IMPORT = table(Pin), table(Import)


def comes_home(actor: Actor, pin: AnyRow, is_known: bool) -> bool:
    """Give the pin to its sender, where it was nobody's and they know it (`is_known`). Whether it was so."""
    if pin.participant_id is not None or not is_known:
        return False
    run(sa.update(PIN).where(PIN.c.id == pin.id).values(participant_id=actor.id))
    return True


def knows_secret(pin: AnyRow, secret_sha256: str | None) -> bool:
    """Whether the sender made the pin, though the file tells it otherwise; no feed shows the secret."""
    return pin.secret_sha256 is not None and pin.secret_sha256 == secret_sha256


def was_taken_back(pin: AnyRow) -> bool:
    """Whether the pin went with the file that had brought it, and not by its reporter's wish."""
    if pin.import_id is None or pin.withdrawn_at is None:
        return False
    undone_at = run(sa.select(IMPORT.c.undone_at).where(IMPORT.c.id == pin.import_id)).scalar_one_or_none()
    return bool(undone_at == pin.withdrawn_at)


def stand_again(actor: Actor, walk: AnyRow, pin: AnyRow, now: datetime) -> None:
    """Let the pin stand, as the sender's and no longer the file's."""
    seq = feed.next_number(walk.id).seq
    stands = {"withdrawn_at": None, "import_id": None, "seq": seq}
    run(sa.update(PIN).where(PIN.c.id == pin.id).values(stands))
    run(sa.insert(PinRevision), [act_row(walk, pin, {"withdrawn": False}, seq, actor, now)])
    feed.append(walk, "pin", pin.id, seq, "restore", actor.name, now)
