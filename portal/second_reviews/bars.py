"""Keeps who may not judge a decision a second time, and says which decisions are open for whom."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists
from sqlalchemy.orm import Session

from portal.second_reviews.model import SecondReview, SecondReviewBar

TOOK_PART = "took_part"  # in the claim, before the decision or since
BELONGED = "belonged"  # to the claim's organization, too lately to be impartial
STEPPED_ASIDE = "stepped_aside"  # to read the claim as it stands, or because they knew it


def is_open() -> ColumnElement[bool]:
    """Return the condition of decisions that wait for a second opinion."""
    return and_(SecondReview.drawn, SecondReview.judged_at.is_(None))


def is_open_for(person_id: int | None) -> ColumnElement[bool]:
    """Return the condition of those that wait for one whom nothing bars."""
    barred = exists().where(
        SecondReviewBar.second_review_id == SecondReview.id, SecondReviewBar.person_id == person_id
    )
    return and_(is_open(), ~barred)


def bar(session: Session, review_id: int, people: Iterable[int | None], why: str, at: datetime) -> None:
    """Keep those of `people` from judging who are not kept from it yet, within the caller's transaction."""
    for person_id in sorted({one for one in people if one is not None}):
        if session.get(SecondReviewBar, (review_id, person_id)) is None:
            session.add(SecondReviewBar(second_review_id=review_id, person_id=person_id, why=why, at=at))
    session.flush()
