"""Keeps who may not judge a decision a second time, and says which decisions are open for whom."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists
from sqlalchemy.orm import Session

from portal.second_reviews.model import SecondReview, SecondReviewBar

TOOK_PART = "took_part"  # in the claim, before the decision or by it
TOOK_PART_SINCE = "took_part_since"  # or has it now
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


def barred_from_the_draw(person_id: int | None) -> ColumnElement[bool]:
    """Return the condition of those that the person was kept from when they were drawn, and never saw."""
    return exists().where(
        SecondReviewBar.second_review_id == SecondReview.id,
        SecondReviewBar.person_id == person_id,
        SecondReviewBar.why.in_((TOOK_PART, BELONGED)),
    )


def is_barred(session: Session, review_id: int, person_id: int | None) -> bool:
    """Tell whether the person is kept from judging, whenever that began."""
    return person_id is not None and session.get(SecondReviewBar, (review_id, person_id)) is not None


def bar(session: Session, review_id: int, people: Iterable[int | None], why: str, at: datetime) -> None:
    """Keep those of `people` from judging who are not kept from it yet, within the caller's transaction."""
    for person_id in sorted({one for one in people if one is not None}):
        if not is_barred(session, review_id, person_id):
            session.add(SecondReviewBar(second_review_id=review_id, person_id=person_id, why=why, at=at))
    session.flush()
