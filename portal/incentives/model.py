"""Lines of earnings, as operators import them, and whom payments are arranged with."""

from collections.abc import Callable, Mapping
from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, String, text
from sqlalchemy.engine.default import DefaultExecutionContext
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.accounts.model import Organization
from portal.claims.model import Claim
from portal.db import Base, Moment
from portal.imports.model import Imported, keys

# Compared sign by sign on both databases, as an index must be that finds texts by how they begin.
InOrder = String().with_variant(String(collation="C"), "postgresql")


def _by_beginning(column: str) -> Index:
    """Return the index by which an organization's lines that count are found by how `column` begins.

    The month and the id are in it, so that what is found is put in the order of the page without its rows.
    """
    return Index(
        f"ix_earning_lines_{column}",
        "organization_id",
        column,
        "month",
        "id",
        sqlite_where=text("live = 1"),
        postgresql_where=text("live"),
    )


def folded(column: str) -> Callable[[DefaultExecutionContext], str]:
    """Return what gives a new row the text of its `column` without capitals."""

    def made(context: DefaultExecutionContext) -> str:
        row: Mapping[str, str] = context.get_current_parameters()  # type: ignore[no-untyped-call]  # as it is
        return row[column].casefold()

    return made


class EarningLine(Imported, Base):
    """One line of earnings.

    `line_id` is what it is called where it comes from, as it was typed; `key` is the same without capitals,
    but where lines that count differed by capitals alone before these were taken for the same. What is
    `folded` has no capitals ever, and is searched; rows never change, so it is made with them.
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
        Index("ix_earning_lines_claim", "claim_id", "live", "month", "id"),
        *(_by_beginning(column) for column in ("subscription_id", "payment_folded", "line_folded")),
    )

    line_id: Mapped[str]
    claim_id: Mapped[int] = mapped_column(ForeignKey("claims.id"))
    organization_id: Mapped[int] = mapped_column(ForeignKey("organizations.id"))
    tenant_id: Mapped[str]
    engagement: Mapped[str]  # the claim's, which an approved claim keeps
    product: Mapped[str]
    subscription_id: Mapped[str] = mapped_column(InOrder)
    month: Mapped[str]
    lever: Mapped[str]
    amount: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str]
    payment_status: Mapped[str]
    payment_id: Mapped[str]
    paid_on: Mapped[str]
    reason: Mapped[str]
    line_folded: Mapped[str] = mapped_column(InOrder, default=folded("line_id"))
    payment_folded: Mapped[str] = mapped_column(InOrder, default=folded("payment_id"))

    claim: Mapped[Claim] = relationship()
    organization: Mapped[Organization] = relationship()


class DoubledLine(Base):
    """That a line came to count beside another one of its ID before IDs were the same in any case.

    It has its ID as it was typed for a key, by which no file finds it, until one of both counts no more
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
