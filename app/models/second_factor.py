"""Second factors and other ways in: authenticator app, recovery codes, passkeys, single sign-on.

Secrets are sealed, codes hashed; a passkey's public key is no secret.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base
from app.models.columns import Id, MaybeMoment, Moment


class Authenticator(Base):
    """A person's authenticator app; `last_step` is the step of time whose code was used last."""

    __tablename__ = "authenticator"

    facilitator_id: Mapped[UUID] = mapped_column(sa.ForeignKey("facilitator.id"), primary_key=True)
    sealed_secret: Mapped[str]
    last_step: Mapped[int | None] = mapped_column(sa.BigInteger)
    confirmed_at: Mapped[MaybeMoment]
    created_at: Mapped[Moment]


class RecoveryCode(Base):
    """One of the codes that let somebody in once who has lost the rest."""

    __tablename__ = "recovery_code"

    id: Mapped[Id]
    facilitator_id: Mapped[UUID] = mapped_column(sa.ForeignKey("facilitator.id"), index=True)
    code_hash: Mapped[str] = mapped_column(sa.String(64))
    used_at: Mapped[MaybeMoment]
    created_at: Mapped[Moment]


class Passkey(Base):
    """A key in somebody's phone, computer or security key; removed ones can be taken back for a while."""

    __tablename__ = "passkey"

    id: Mapped[Id]
    facilitator_id: Mapped[UUID] = mapped_column(sa.ForeignKey("facilitator.id"), index=True)
    credential_id: Mapped[bytes] = mapped_column(sa.LargeBinary, unique=True)
    public_key: Mapped[bytes] = mapped_column(sa.LargeBinary)
    sign_count: Mapped[int] = mapped_column(sa.BigInteger)
    transports: Mapped[list[Any]]
    is_synced: Mapped[bool]
    name: Mapped[str]
    used_at: Mapped[MaybeMoment]
    removed_at: Mapped[MaybeMoment]
    created_at: Mapped[Moment]


class SignOn(Base):
    """Whom a log-in service means by a subject; tied at the first log-in through it."""

    __tablename__ = "sign_on"

    issuer: Mapped[str] = mapped_column(primary_key=True)
    subject: Mapped[str] = mapped_column(primary_key=True)
    facilitator_id: Mapped[UUID] = mapped_column(sa.ForeignKey("facilitator.id"), index=True)
    used_at: Mapped[Moment]
    created_at: Mapped[Moment]


class Spent(Base):
    """What works once and has been used: the hash, and until when it would have worked."""

    __tablename__ = "spent"

    token_hash: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    expires_at: Mapped[Moment] = mapped_column(index=True)
