"""Participants as the database asks about them: who is kept back, and who waits to be let in.

Owns the two conditions, for every statement that joins a participant; true or false, and false where
there is none (a pin that staff entered). What a condition leads to is decided by rules.pins.
"""

from __future__ import annotations

import sqlalchemy as sa

from app.db import table
from app.models import Participant

PARTICIPANT = table(Participant)
WAITS = sa.and_(PARTICIPANT.c.waiting_at.is_not(None), PARTICIPANT.c.let_in_at.is_(None))
"""In the waiting room."""
KEPT_BACK = sa.or_(PARTICIPANT.c.hidden_at.is_not(None), WAITS)
"""Nobody but staff and the participant sees what it has sent; it goes on sending and loses nothing."""
