"""A claim and everything that belongs to it alone."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.accounts.model import Location, Organization, Person
from portal.customers.model import Customer
from portal.db import Base, Moment
from portal.evidence.model import StoredFile

NOT_ASSESSED = "not_assessed"  # the eligibility of a claim that no rule has judged since its status changed


class Claim(Base):
    """One organization's claim of association with one customer.

    `status` is written by `claims/lifecycle.py` alone; `version` counts every change, so that a form
    can tell whether it is stale. `waits_for`, `due_at` and `closed` are derived from the policy and
    the clocks at every change and stored only to be filtered and sorted by.
    """

    __tablename__ = "claims"
    __table_args__ = (
        Index("ix_claims_organization_id_status", "organization_id", "status"),
        Index("ix_claims_status_due_at", "status", "due_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(unique=True)
    organization_id: Mapped[int] = mapped_column(ForeignKey("organizations.id"))
    location_id: Mapped[int | None] = mapped_column(ForeignKey("locations.id"))
    customer_id: Mapped[int | None] = mapped_column(ForeignKey("customers.id"), index=True)
    activity: Mapped[str | None]
    engagement: Mapped[str | None]
    name: Mapped[str] = mapped_column(default="")
    commentary: Mapped[str] = mapped_column(default="")
    customer_contact_name: Mapped[str] = mapped_column(default="")
    customer_contact_title: Mapped[str] = mapped_column(default="")
    customer_contact_email: Mapped[str] = mapped_column(default="")
    # Of the mail to them, one of the offered languages; "" where nobody said.
    customer_contact_language: Mapped[str] = mapped_column(default="", server_default="")
    technical_contact_name: Mapped[str] = mapped_column(default="")
    technical_contact_email: Mapped[str] = mapped_column(default="")
    own_contact_name: Mapped[str] = mapped_column(default="")
    own_contact_email: Mapped[str] = mapped_column(default="")

    status: Mapped[str]
    version: Mapped[int] = mapped_column(default=1)
    round: Mapped[int] = mapped_column(default=0)  # how often it was submitted
    disputes_used: Mapped[int] = mapped_column(default=0)
    rejection_reasons: Mapped[list[str]] = mapped_column(JSON, default=list)
    decision_text: Mapped[str] = mapped_column(default="")  # what the reviewer wrote to the last rejection
    justification: Mapped[str] = mapped_column(default="")  # of the dispute
    reviewer_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"), index=True)
    eligibility: Mapped[str] = mapped_column(default=NOT_ASSESSED)
    eligibility_reasons: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    overdue: Mapped[bool] = mapped_column(default=False)
    agreed_at: Mapped[datetime | None] = mapped_column(
        Moment
    )  # the customer's last agreement; none after a refusal
    declined_at: Mapped[datetime | None] = mapped_column(Moment)

    created_at: Mapped[datetime] = mapped_column(Moment)
    created_by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    changed_at: Mapped[datetime] = mapped_column(Moment)
    status_since: Mapped[datetime] = mapped_column(Moment)
    first_submitted_at: Mapped[datetime | None] = mapped_column(Moment)
    submitted_at: Mapped[datetime | None] = mapped_column(Moment)
    policy_version: Mapped[str | None]  # pinned at the first submission
    waits_for: Mapped[str]
    due_at: Mapped[datetime | None] = mapped_column(Moment)
    closed: Mapped[bool] = mapped_column(default=False)
    search_text: Mapped[str] = mapped_column(default="")  # casefolded, accents taken off

    organization: Mapped[Organization] = relationship(lazy="joined")
    location: Mapped[Location | None] = relationship(lazy="joined")
    customer: Mapped[Customer | None] = relationship(lazy="joined")
    reviewer: Mapped[Person | None] = relationship(foreign_keys=[reviewer_id])
    created_by: Mapped[Person] = relationship(foreign_keys=[created_by_id])
    products: Mapped[list["ClaimProduct"]] = relationship(
        back_populates="claim", order_by="ClaimProduct.product", cascade="all, delete-orphan"
    )
    documents: Mapped[list["ClaimDocument"]] = relationship(
        back_populates="claim", order_by="ClaimDocument.id"
    )
    comments: Mapped[list["ClaimComment"]] = relationship(order_by="ClaimComment.id")
    requests: Mapped[list["InformationRequest"]] = relationship(order_by="InformationRequest.id")
    clocks: Mapped[list["ClaimClock"]] = relationship(order_by="ClaimClock.id")
    submissions: Mapped[list["Submission"]] = relationship(order_by="Submission.round")
    units: Mapped[list["ClaimUnit"]] = relationship(order_by="ClaimUnit.unit", cascade="all, delete-orphan")


class ClaimProduct(Base):
    """A product claimed; `product` is a code of programs.yaml, `subscription_id` "" where none is asked."""

    __tablename__ = "claim_products"
    __table_args__ = (UniqueConstraint("claim_id", "product", "subscription_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    claim_id: Mapped[int] = mapped_column(ForeignKey("claims.id", ondelete="CASCADE"), index=True)
    product: Mapped[str]
    subscription_id: Mapped[str] = mapped_column(default="")

    claim: Mapped[Claim] = relationship(back_populates="products")


class ClaimDocument(Base):
    """A PoE document of a claim. A replaced or withdrawn one stays, so that old rounds can be read."""

    __tablename__ = "claim_documents"

    id: Mapped[int] = mapped_column(primary_key=True)
    claim_id: Mapped[int] = mapped_column(ForeignKey("claims.id", ondelete="CASCADE"), index=True)
    sha256: Mapped[str] = mapped_column(ForeignKey("stored_files.sha256"), index=True)
    name: Mapped[str]  # the client's, for showing alone
    round: Mapped[int]  # the claim's round when it was added
    added_at: Mapped[datetime] = mapped_column(Moment)
    added_by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    replaced_by_id: Mapped[int | None] = mapped_column(ForeignKey("claim_documents.id"))
    withdrawn_at: Mapped[datetime | None] = mapped_column(Moment)

    claim: Mapped[Claim] = relationship(back_populates="documents")
    file: Mapped[StoredFile] = relationship(lazy="joined")
    added_by: Mapped[Person] = relationship()

    @property
    def current(self) -> bool:
        """True while it counts as evidence of the claim."""
        return self.replaced_by_id is None and self.withdrawn_at is None


class ClaimComment(Base):
    """Something written by one side for the other, by itself or in answer to another comment of the claim."""

    __tablename__ = "claim_comments"

    id: Mapped[int] = mapped_column(primary_key=True)
    claim_id: Mapped[int] = mapped_column(ForeignKey("claims.id", ondelete="CASCADE"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    side: Mapped[str]
    text: Mapped[str]
    at: Mapped[datetime] = mapped_column(Moment)
    answers_id: Mapped[int | None] = mapped_column(ForeignKey("claim_comments.id", ondelete="CASCADE"))

    person: Mapped[Person] = relationship(lazy="joined")


class InformationRequest(Base):
    """What a reviewer asked for, and when the partner answered it by resubmitting."""

    __tablename__ = "information_requests"

    id: Mapped[int] = mapped_column(primary_key=True)
    claim_id: Mapped[int] = mapped_column(ForeignKey("claims.id", ondelete="CASCADE"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    reasons: Mapped[list[str]] = mapped_column(JSON)
    products: Mapped[list[str]] = mapped_column(JSON, default=list)  # codes of those to be removed
    message: Mapped[str]
    at: Mapped[datetime] = mapped_column(Moment)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)

    person: Mapped[Person] = relationship(lazy="joined")


class ClaimClock(Base):
    """A clock of a claim: its due moment and the arithmetic behind it never change silently.

    `state` is waiting (starts when the mail is handed over), running, stopped or ended.
    """

    __tablename__ = "claim_clocks"
    __table_args__ = (Index("ix_claim_clocks_state_due_at", "state", "due_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    claim_id: Mapped[int] = mapped_column(ForeignKey("claims.id", ondelete="CASCADE"), index=True)
    clock: Mapped[str]
    state: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(Moment)
    started_at: Mapped[datetime | None] = mapped_column(Moment)
    due_at: Mapped[datetime | None] = mapped_column(Moment)
    due_on: Mapped[str] = mapped_column(default="")  # ISO date in the program's zone
    arithmetic: Mapped[str] = mapped_column(default="")
    calendar: Mapped[str] = mapped_column(default="")  # calendar and its version
    ended_at: Mapped[datetime | None] = mapped_column(Moment)

    reminders: Mapped[list["ClockReminder"]] = relationship(
        order_by="ClockReminder.remind_at", cascade="all, delete-orphan"
    )


class ClockReminder(Base):
    """A reminder of a running clock's last day, planned or sent; each step of a last day is there once.

    Of a clock that was stopped or whose end was moved, only what was sent stays.
    """

    __tablename__ = "clock_reminders"
    __table_args__ = (
        UniqueConstraint("clock_id", "due_on", "days"),
        Index(
            "ix_clock_reminders_planned",
            "remind_at",
            sqlite_where=text("sent_at IS NULL"),
            postgresql_where=text("sent_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    clock_id: Mapped[int] = mapped_column(ForeignKey("claim_clocks.id", ondelete="CASCADE"))
    due_on: Mapped[str]  # the last day it reminds of: an extended clock reminds anew
    days: Mapped[int]  # business days before it
    remind_at: Mapped[datetime] = mapped_column(Moment)
    sent_at: Mapped[datetime | None] = mapped_column(Moment)


class Submission(Base):
    """What was submitted in one round, frozen: every field, product and document, and the decision."""

    __tablename__ = "submissions"
    __table_args__ = (UniqueConstraint("claim_id", "round"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    claim_id: Mapped[int] = mapped_column(ForeignKey("claims.id", ondelete="CASCADE"))
    round: Mapped[int]
    at: Mapped[datetime] = mapped_column(Moment)
    decision_id: Mapped[int]
    content: Mapped[dict[str, Any]] = mapped_column(JSON)


class Association(Base):
    """One unit an organization holds or held. At most one row a unit is active: the index says so."""

    __tablename__ = "associations"
    __table_args__ = (
        Index(
            "uq_associations_active_unit",
            "unit",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    claim_id: Mapped[int] = mapped_column(ForeignKey("claims.id"), index=True)
    unit: Mapped[str]
    began_at: Mapped[datetime] = mapped_column(Moment)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)


class ClaimUnit(Base):
    """A unit that a claim is for. `active` while the claim is open or holds it: one an organization."""

    __tablename__ = "claim_units"
    __table_args__ = (
        Index(
            "uq_claim_units_active",
            "organization_id",
            "unit",
            unique=True,
            sqlite_where=text("active = 1"),
            postgresql_where=text("active"),
        ),
    )

    claim_id: Mapped[int] = mapped_column(ForeignKey("claims.id", ondelete="CASCADE"), primary_key=True)
    unit: Mapped[str] = mapped_column(primary_key=True, index=True)
    organization_id: Mapped[int] = mapped_column(ForeignKey("organizations.id"))
    active: Mapped[bool] = mapped_column(default=False)


class ConsentLink(Base):
    """A signed link a customer contact was sent. Only its hash is kept; a newer one voids it."""

    __tablename__ = "consent_links"

    id: Mapped[int] = mapped_column(primary_key=True)
    claim_id: Mapped[int] = mapped_column(ForeignKey("claims.id"), index=True)
    nonce: Mapped[str]  # signed with the installation's key, it gives the token; alone it opens nothing
    token_hash: Mapped[str] = mapped_column(unique=True)
    email: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(Moment)
    void_at: Mapped[datetime | None] = mapped_column(Moment)
    answer: Mapped[str | None]
    answered_at: Mapped[datetime | None] = mapped_column(Moment)


class ClaimCounter(Base):
    """The last claim number given in a year."""

    __tablename__ = "claim_counters"

    year: Mapped[int] = mapped_column(primary_key=True)
    last: Mapped[int]
