"""Customers as an organization knows them. The tenant ID alone is common ground between organizations."""

from datetime import datetime

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Base, Moment


class Customer(Base):
    """A customer of one organization; another organization's row of the same tenant is another row."""

    __tablename__ = "customers"
    __table_args__ = (UniqueConstraint("organization_id", "tenant_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    organization_id: Mapped[int] = mapped_column(ForeignKey("organizations.id"), index=True)
    name: Mapped[str]
    domain: Mapped[str]
    tenant_id: Mapped[str] = mapped_column(index=True)
    created_at: Mapped[datetime] = mapped_column(Moment)
