"""Facilitators: people who log in, their memberships, and one-time links.

The login columns are those that Flask-Security asks for; a person has one account and a role in
each organisation.
"""

from __future__ import annotations

from uuid import UUID

import sqlalchemy as sa
from flask_security.core import RoleMixin, UserMixin
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.adapters.passphrases import is_right
from app.db import Base
from app.models.columns import Id, MaybeMoment, Moment, Tenant

facilitator_role = sa.Table(
    "facilitator_role",
    Base.metadata,
    sa.Column("facilitator_id", sa.Uuid, sa.ForeignKey("facilitator.id"), primary_key=True),
    sa.Column("role_id", sa.Integer, sa.ForeignKey("role.id"), primary_key=True),
)


class Role(Base, RoleMixin):
    """A global role; required by the login library, unused by us: rights live in Membership."""

    __tablename__ = "role"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    description: Mapped[str | None]


class Facilitator(Base, UserMixin):
    """A signed-in organiser."""

    __tablename__ = "facilitator"

    id: Mapped[Id]  # type: ignore[assignment]  # the mixin assumes a counter
    email: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    password: Mapped[str | None]
    active: Mapped[bool] = mapped_column(default=True)
    fs_uniquifier: Mapped[str] = mapped_column(sa.String(64), unique=True)
    language: Mapped[str | None]
    sign_in_reset_at: Mapped[MaybeMoment]
    created_at: Mapped[Moment]
    roles: Mapped[list[Role]] = relationship(secondary=facilitator_role)  # type: ignore[assignment]

    def verify_and_update_password(self, password: str) -> bool:
        """The login library's question; it has normalised what was typed."""
        return self.password is not None and is_right(password, self.password)


class Membership(Base):
    """What a facilitator may do in one organisation."""

    __tablename__ = "membership"

    organisation_id: Mapped[Tenant] = mapped_column(primary_key=True)
    facilitator_id: Mapped[UUID] = mapped_column(sa.ForeignKey("facilitator.id"), primary_key=True)
    role: Mapped[str] = mapped_column(default="facilitator")
    ended_at: Mapped[MaybeMoment]
    created_at: Mapped[Moment]


class Invitation(Base):
    """A one-time link: to choose a password ("invite"), to log in ("login"), to become a member ("join").

    `name` and `role` are what a "join" gives; the membership begins when it is taken up.
    """

    __tablename__ = "invitation"

    id: Mapped[Id]
    organisation_id: Mapped[Tenant]
    facilitator_id: Mapped[UUID] = mapped_column(sa.ForeignKey("facilitator.id"), index=True)
    token_hash: Mapped[str] = mapped_column(sa.String(64), unique=True)
    purpose: Mapped[str]
    name: Mapped[str | None]
    role: Mapped[str | None]
    expires_at: Mapped[Moment]
    used_at: Mapped[MaybeMoment]
    created_at: Mapped[Moment]
