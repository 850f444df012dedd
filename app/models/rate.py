"""Counters of failed attempts, shared by every web process.

A row is one counter in one window of time. Old rows mean nothing and are swept away; no row holds
an address in the clear (the key is a keyed hash).
"""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base


class RateWindow(Base):
    """How often `key` has failed in the window that ends at `expires_at`."""

    __tablename__ = "rate_window"

    key: Mapped[str] = mapped_column(sa.String(160), primary_key=True)
    count: Mapped[int]
    expires_at: Mapped[datetime] = mapped_column(index=True)
