"""Lines of earnings, as operators import them, and whom payments are arranged with."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.accounts.model import Organization
from portal.claims.model import Claim
from portal.db import Base, Moment
from portal.imports.model import Imported, keys


class EarningLine(Imported, Base):
    """One line of earnings.

    `line_id` is what it is called where it comes from, as it was typed; `key` is the same without capitals.
    `amount` is in the smallest unit of `currency` (ISO 4217), negative where an earlier one is taken back.
    `month` is an ISO month, `paid_on` an ISO date or "". `lever`, `payment_status` and `reason` are codes
    of incentives.yaml.
    """

    __tablename__ = "earning_lines"
    __table_args__ = (
        *keys("earning_lines"),
        # In the order of the page of earnings, which so reads as many lines as it shows.
        Index(
            "ix_earning_lines_page",
            "organization_id",
            "month",
            "id",
            sqlite_where=text("live = 1"),
            postgresql_where=text("live"),
        ),
        Index("ix_earning_lines_claim_id_live", "claim_id", "live"),
    )

    line_id: Mapped[str]
    claim_id: Mapped[int] = mapped_column(ForeignKey("claims.id"))
    organization_id: Mapped[int] = mapped_column(ForeignKey("organizations.id"))
    tenant_id: Mapped[str]
    engagement: Mapped[str]  # the claim's, which an approved claim keeps
    product: Mapped[str]
    subscription_id: Mapped[str]
    month: Mapped[str]
    lever: Mapped[str]
    amount: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str]
    payment_status: Mapped[str]
    payment_id: Mapped[str]
    paid_on: Mapped[str]
    reason: Mapped[str]

    claim: Mapped[Claim] = relationship()
    organization: Mapped[Organization] = relationship()


class DoubledLine(Base):
    """That a line came to count beside another one of its ID before IDs were the same in any case.

    It has its ID as it was typed for a key, by which no file finds it, until the other one counts no more
    (`doubled_lines.py`). A migration found them; none comes to be any more.
    """

    __tablename__ = "doubled_lines"

    row_id: Mapped[int] = mapped_column(ForeignKey("earning_lines.id", ondelete="CASCADE"), primary_key=True)


class Summed:
    """What lines of earnings that count come to, by what the page of earnings tells of them.

    Kept in the transaction that lets lines count or not (`earning_sums.py`), and never changed otherwise.
    """

    organization_id: Mapped[int] = mapped_column(ForeignKey("organizations.id"), primary_key=True)
    month: Mapped[str] = mapped_column(primary_key=True)
    engagement: Mapped[str] = mapped_column(primary_key=True)
    product: Mapped[str] = mapped_column(primary_key=True)
    payment_status: Mapped[str] = mapped_column(primary_key=True)
    currency: Mapped[str] = mapped_column(primary_key=True)
    amount: Mapped[int] = mapped_column(BigInteger)
    lines: Mapped[int]


class EarningSum(Summed, Base):
    """What the lines of an organization come to: the totals of its page, without its lines."""

    __tablename__ = "earning_sums"


class EarningClaimSum(Summed, Base):
    """What those of each claim come to: the totals for people who see the claims of some locations alone."""

    __tablename__ = "earning_claim_sums"

    claim_id: Mapped[int] = mapped_column(ForeignKey("claims.id"), primary_key=True)


class PayoutContact(Base):
    """Whom payments to an organization are arranged with. Without a row nobody is named."""

    __tablename__ = "payout_contacts"

    organization_id: Mapped[int] = mapped_column(ForeignKey("organizations.id"), primary_key=True)
    name: Mapped[str]
    email: Mapped[str]
    changed_at: Mapped[datetime] = mapped_column(Moment)
    changed_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
