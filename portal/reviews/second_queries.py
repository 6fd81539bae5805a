"""Which decisions wait for a second opinion, which were judged, and how the two opinions stand together."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, false, func, or_, select
from sqlalchemy.orm import Session

from portal.accounts.absence import away_on
from portal.accounts.actor import Actor
from portal.accounts.model import Person
from portal.claims.blindness import asked_of, kept_from
from portal.claims.desk import Desk
from portal.claims.model import Claim
from portal.second_reviews.model import SecondReview

READ_OPINIONS = "reports.agreement"
ROWS_AT_MOST = 50  # of what somebody judged lately; all of it is in the report


@dataclass(frozen=True)
class Waiting:
    """A decision that waits: of which claim, and in which status it was when it was decided."""

    number: str
    organization: str
    customer: str
    status_label: str
    tone: str
    since: datetime


@dataclass(frozen=True)
class Given:
    """A decision that the reader judged, and whether both opinions are the same."""

    id: int
    number: str
    organization: str
    label: str
    at: datetime
    agreed: bool


@dataclass(frozen=True)
class Opinion:
    """What one of the two reviewers decided or would have decided, with what they wrote to it."""

    who: str
    at: datetime
    label: str
    tone: str
    reasons: tuple[str, ...]
    text: str


@dataclass(frozen=True)
class Opinions:
    """Both opinions about one decision."""

    number: str
    organization: str
    first: Opinion
    second: Opinion
    agreed: bool

    @property
    def same_reasons(self) -> bool:
        return set(self.first.reasons) == set(self.second.reasons)


def number_waiting(session: Session, desk: Desk, actor: Actor) -> int:
    """Return of how many claims a decision waits for the opinion of `actor`."""
    query = select(func.count(SecondReview.claim_id.distinct()))
    found = query.join(Claim, Claim.id == SecondReview.claim_id).where(_waits_for(desk, actor))
    return session.scalar(found) or 0


def waiting(session: Session, desk: Desk, actor: Actor) -> list[Waiting]:
    """Return the decisions that wait for `actor`, the oldest first; of each claim the earliest.

    There are as many as `number_waiting` says.
    """
    query = (
        select(SecondReview, Claim)
        .join(Claim, Claim.id == SecondReview.claim_id)
        .where(_waits_for(desk, actor))
        .order_by(SecondReview.id)
    )
    found: dict[int, Waiting] = {}
    for review, claim in session.execute(query).unique():
        status = desk.rulebook_of(claim).statuses[review.from_status]
        customer = (review.shown["content"]["customer"] or [""])[0]
        row = Waiting(
            claim.number, claim.organization.name, customer, status.label, status.tone, review.decided_at
        )
        found.setdefault(claim.id, row)
    return list(found.values())


def _waits_for(desk: Desk, actor: Actor) -> ColumnElement[bool]:
    """Return the condition of what is asked of `actor` today: nothing of somebody who is away."""
    away = exists().where(Person.id == actor.person_id, away_on(desk.today()))
    return and_(asked_of(desk, actor), ~away)


def given_by(session: Session, desk: Desk, actor: Actor) -> list[Given]:
    """Return what `actor` judged lately, the newest first."""
    query = (
        select(SecondReview, Claim)
        .join(Claim, Claim.id == SecondReview.claim_id)
        .where(SecondReview.second_id == actor.person_id, SecondReview.judged_at.is_not(None))
        .order_by(SecondReview.judged_at.desc(), SecondReview.id.desc())
        .limit(ROWS_AT_MOST)
    )
    return [
        Given(
            review.id,
            claim.number,
            claim.organization.name,
            desk.rulebook_of(claim).transitions[review.opinion].label,
            review.judged_at,
            bool(review.agreed),
        )
        for review, claim in session.execute(query).unique()
        if review.judged_at is not None
    ]


def opinions(session: Session, desk: Desk, review_id: int, actor: Actor) -> Opinions | None:
    """Return both opinions for the one who gave the second, and for whoever reads the report; else None."""
    query = (
        select(SecondReview, Claim)
        .join(Claim, Claim.id == SecondReview.claim_id)
        .where(SecondReview.id == review_id, readable(desk, actor))
    )
    found = session.execute(query).unique().first()
    if found is None:
        return None
    review: SecondReview = found[0]
    claim: Claim = found[1]
    if review.second is None or review.judged_at is None:
        return None
    transitions = desk.rulebook_of(claim).transitions
    known = desk.rulebook_of(claim).known_reasons

    def opinion(who: str, at: datetime, action: str, codes: list[str], text: str) -> Opinion:
        labels = tuple(known[code].label if code in known else code for code in codes)
        return Opinion(who, at, transitions[action].label, transitions[action].tone, labels, text)

    return Opinions(
        claim.number,
        claim.organization.name,
        opinion(review.first.name, review.decided_at, review.action, review.reasons, review.text),
        opinion(
            review.second.name,
            review.judged_at,
            review.opinion,
            review.opinion_reasons,
            review.opinion_text,
        ),
        bool(review.agreed),
    )


def readable(desk: Desk, actor: Actor) -> ColumnElement[bool]:
    """Return the condition of the pairs that `actor` may read; none of a claim that is kept from them."""
    leads = READ_OPINIONS in desk.policies.in_force().permissions_of(actor.roles)
    everybodys = ~kept_from(desk, actor) if leads else false()
    mine = SecondReview.second_id == actor.person_id
    return SecondReview.judged_at.is_not(None) & or_(mine, everybodys)
