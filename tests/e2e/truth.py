"""What the server holds of one phone, read from its database, and the verdict on the two.

Nothing lost, nothing twice, nothing that nobody made: `check` compares rows and bytes, never words.
"""

from __future__ import annotations

import hashlib
import sqlite3
from contextlib import closing
from typing import Any
from uuid import UUID

from tests.e2e.phone import Phone

PINS = """SELECT pin.* FROM pin JOIN participant ON participant.id = pin.participant_id
  WHERE participant.id = ? ORDER BY pin.seq"""
PHOTOS = "SELECT * FROM photo WHERE walk_id = ?"


def rows(phone: Phone, query: str, *values: str) -> list[dict[str, Any]]:
    """What the server's database answers."""
    with closing(sqlite3.connect(phone.site.server.data_dir / "trygga-steg.db")) as database:
        database.row_factory = sqlite3.Row
        return [dict(row) for row in database.execute(query, values)]


def participant(phone: Phone) -> str:
    return UUID(phone.stored("walks")[0]["participant_id"]).hex


def pins_of(phone: Phone) -> list[dict[str, Any]]:
    """The server's rows of this phone's pins, in the order of the feed."""
    return rows(phone, PINS, participant(phone))


def photos_of(phone: Phone) -> list[dict[str, Any]]:
    """The server's rows of the photos that this phone's pins show; one row serves whoever sent the same."""
    shown = {place["sha256"] for pin in phone.pins() for place in pin["photos"]}
    return [row for row in rows(phone, PHOTOS, UUID(phone.walk).hex) if row["sent_sha256"] in shown]


def check(phone: Phone) -> None:
    """Everything on the phone is at the server once, as it was made, and nothing else is."""
    assert phone.entries() == []
    here, there = phone.pins(), pins_of(phone)
    made = {UUID(pin["id"]).hex: (pin["acked_rev"], pin["acked_sha256"]) for pin in here}
    assert {row["id"]: (row["rev"], row["sha256"]) for row in there} == made
    assert len(there) == len(made)
    shown = {place["sha256"] for pin in here if not pin["withdrawn"] for place in pin["photos"]}
    assert sorted(row["sent_sha256"] for row in photos_of(phone)) == sorted(shown)
    for pin in here:
        assert pin["acked_rev"] == pin["rev"]
        assert hashlib.sha256(pin["acked_body"].encode()).hexdigest() == pin["acked_sha256"]
