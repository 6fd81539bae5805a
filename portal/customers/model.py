"""Customers as an organization knows them, and their subscriptions as operators import them.

The tenant ID alone is common ground between organizations.
"""

from datetime import datetime

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Base, Moment
from portal.imports.model import Imported, keys


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


class SubscriptionReading(Imported, Base):
    """One subscription of a customer as it was on the day `as_of` (ISO date); the newest of them is so now.

    `state` is a code of incentives.yaml, `product` one of programs.yaml, `ends_on` an ISO date or "".
    IDs are in small letters.
    """

    __tablename__ = "subscription_readings"
    __table_args__ = keys("subscription_readings")

    tenant_id: Mapped[str] = mapped_column(index=True)
    product: Mapped[str]
    subscription_id: Mapped[str] = mapped_column(index=True)
    state: Mapped[str]
    ends_on: Mapped[str]
    as_of: Mapped[str]
