"""Column kinds that many tables share."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import mapped_column

from app.db import UtcDateTime

Id = Annotated[UUID, mapped_column(sa.Uuid(as_uuid=True), primary_key=True)]
"""An id made by us or by a phone; never a counter."""

Tenant = Annotated[
    UUID, mapped_column(sa.Uuid(as_uuid=True), sa.ForeignKey("organisation.id"), nullable=False)
]
"""The organisation a row belongs to; stands on every row. Not indexed: reads go by walk."""

Texts = Annotated[dict[str, Any], mapped_column(sa.JSON, nullable=False, default=dict)]
"""One text in several languages: language tag → text."""

Moment = Annotated[datetime, mapped_column(UtcDateTime, nullable=False)]
MaybeMoment = Annotated[datetime | None, mapped_column(UtcDateTime, nullable=True)]
