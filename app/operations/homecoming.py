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


def knows_secret(pin: AnyRow, secret_sha256: str | None) -> bool:
    """Whether the sender made the pin, though the file tells it otherwise; no feed shows the secret."""
    return pin.secret_sha256 is not None and pin.secret_sha256 == secret_sha256


def was_taken_back(pin: AnyRow) -> bool:
    """Whether the pin went with the file that had brought it, and not by its reporter's wish."""
    if pin.import_id is None or pin.withdrawn_at is None:
        return False
    undone_at = run(sa.select(IMPORT.c.undone_at).where(IMPORT.c.id == pin.import_id)).scalar_one_or_none()
    return bool(undone_at == pin.withdrawn_at)


def take_home(actor: Actor, walk: AnyRow, pin: AnyRow, now: datetime) -> bool:
    """Make the pin its sender's own and no file's, and let it stand. Whether its row is another now."""
    if pin.participant_id == actor.id and pin.import_id is None:
        return False
    stands_again, seq = was_taken_back(pin), feed.next_number(walk.id).seq
    own = {"participant_id": actor.id, "import_id": None, "seq": seq}
    run(
        sa.update(PIN)
        .where(PIN.c.id == pin.id)
        .values(own | ({"withdrawn_at": None} if stands_again else {}))
    )
    if stands_again:
        run(sa.insert(PinRevision), [act_row(walk, pin, {"withdrawn": False}, seq, actor, now)])
    feed.append(walk, "pin", pin.id, seq, "restore" if stands_again else "receive", actor.name, now)
    return True
