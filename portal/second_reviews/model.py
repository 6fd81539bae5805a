"""A decision that was drawn, or not, to be judged once more, and who may not be the one to judge it."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.accounts.model import Person
from portal.db import Base, Moment


class SecondReview(Base):
    """One decision of a reviewer with its lot; of a drawn one, the claim as it stood and the second opinion.

    `lot` is below 10,000 and follows from the decision's number and the installation's secret alone, so that
    it can be drawn again. The opinion is written once and never changed.
    """

    __tablename__ = "second_reviews"
    __table_args__ = (
        Index(
            "ix_second_reviews_open",
            "claim_id",
            sqlite_where=text("drawn = 1 AND judged_at IS NULL"),
            postgresql_where=text("drawn AND judged_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    claim_id: Mapped[int] = mapped_column(ForeignKey("claims.id"), index=True)
    decision_id: Mapped[int] = mapped_column(unique=True)
    lot: Mapped[int]
    percent: Mapped[int]  # the share in force when the lot was drawn
    drawn: Mapped[bool]
    decided_at: Mapped[datetime] = mapped_column(Moment)
    first_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    action: Mapped[str]  # the transition that was the first decision
    from_status: Mapped[str]
    reasons: Mapped[list[str]] = mapped_column(JSON)
    text: Mapped[str]
    shown: Mapped[dict[str, Any]] = mapped_column(JSON)  # the claim as it stood; nothing where not drawn

    judged_at: Mapped[datetime | None] = mapped_column(Moment)
    second_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"), index=True)
    opinion: Mapped[str] = mapped_column(default="")  # the transition that they would have chosen
    opinion_reasons: Mapped[list[str]] = mapped_column(JSON, default=list)
    opinion_text: Mapped[str] = mapped_column(default="")
    agreed: Mapped[bool | None]  # the two chose the same transition

    first: Mapped[Person] = relationship(foreign_keys=[first_id])
    second: Mapped[Person | None] = relationship(foreign_keys=[second_id])


class SecondReviewBar(Base):
    """Somebody who knows the decision, or may not judge it; `why` is a code of `bars.py`."""

    __tablename__ = "second_review_bars"

    second_review_id: Mapped[int] = mapped_column(ForeignKey("second_reviews.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), primary_key=True)
    why: Mapped[str]
    at: Mapped[datetime] = mapped_column(Moment)
