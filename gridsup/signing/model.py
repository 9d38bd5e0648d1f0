"""Authorities to sign for another, and the phrases that signers use."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, func
from sqlalchemy.orm import Mapped, mapped_column

from gridsup.db import Base, Tenant


def _officer(column: str) -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["jurisdiction_id", column], ["officers.jurisdiction_id", "officers.id"])


class SigningAuthority(Tenant, Base):
    """A dated authority to sign for another (授权代签); the signature then reads X（代Y）."""

    __tablename__ = "signing_authorities"
    __table_args__ = (
        _officer("giver_id"),
        _officer("receiver_id"),
        _officer("revoked_by"),
        CheckConstraint("giver_id <> receiver_id", name="two"),
        CheckConstraint("valid_from <= valid_to", name="days"),
        Index(None, "jurisdiction_id", "receiver_id", "valid_to"),
        Index(None, "jurisdiction_id", "giver_id"),
    )

    giver_id: Mapped[int]
    """Who holds the post and signs otherwise; recorded by that person alone."""
    receiver_id: Mapped[int]
    post: Mapped[str]
    acts: Mapped[list[Any]]
    """The kinds of approval, ``pack.action`` each."""
    valid_from: Mapped[date]
    valid_to: Mapped[date]
    """Last day, inclusive."""
    reason: Mapped[str]
    made_at: Mapped[datetime] = mapped_column(server_default=func.now())
    revoked_at: Mapped[datetime | None]
    """From here on nothing is signed under it."""
    revoked_by: Mapped[int | None]
    revoke_reason: Mapped[str | None]


class StockPhrase(Tenant, Base):
    """A phrase (常用语) for an opinion: an officer's own, or the bureau's where ``officer_id`` is null."""

    __tablename__ = "stock_phrases"
    __table_args__ = (
        _officer("officer_id"),
        Index(None, "jurisdiction_id", "officer_id"),
        {"info": {"grants": "SELECT, INSERT, DELETE"}},
    )

    officer_id: Mapped[int | None]
    agreed: Mapped[bool]
    """For an approval; else for a return."""
    text: Mapped[str]
    made_at: Mapped[datetime] = mapped_column(server_default=func.now())
