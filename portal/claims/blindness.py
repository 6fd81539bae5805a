"""Which claims are kept from a reviewer who may be asked to judge their decision without knowing it.

Whoever could judge a drawn decision sees nothing of its claim but the page made for that, until they have
judged it or stepped aside: every list and page starts from `queries.visible_to`, which asks here.
"""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import ColumnElement, and_, exists, false, or_, select
from sqlalchemy.orm import Session

from portal.accounts.absence import away_on
from portal.accounts.actor import Actor
from portal.accounts.model import Person, PersonRole
from portal.claims.desk import Desk
from portal.claims.model import Claim, ClaimDocument
from portal.claims.participants import DECIDE
from portal.claims.units import sharing_units_with
from portal.second_reviews.bars import is_open_for
from portal.second_reviews.model import SecondReview

JUDGE_AGAIN = "reviews.judge_again"
READ_MAILS = "deliveries.manage"
OPERATOR = "operator"  # the mover of models.Mover
# The value of vocabulary.yaml: how short a clock makes the claim of an absent reviewer everybody's.
DAYS_OF_ABSENT = "days_left_of_absent_at_most"
# In what was kept of the claim: the ids of the documents that counted, and of those that had before.
DOCUMENTS, EARLIER = "documents", "earlier"
OFFERED = "offered"  # beside them: what the policy of that day had chosen from


def kept_from(desk: Desk, actor: Actor) -> ColumnElement[bool]:
    """Return the condition of the claims kept from `actor`, because a second review waits for them."""
    if not _can_be_asked(desk, actor):
        return false()
    mine = and_(SecondReview.claim_id == Claim.id, is_open_for(actor.person_id))
    return and_(exists().where(mine), _not_needed(desk, actor))


def asked_of(desk: Desk, actor: Actor) -> ColumnElement[bool]:
    """Return the same condition for second reviews that are joined with their claims."""
    if not _can_be_asked(desk, actor):
        return false()
    return and_(is_open_for(actor.person_id), _not_needed(desk, actor))


def _can_be_asked(desk: Desk, actor: Actor) -> bool:
    """Tell whether the roles let somebody judge decisions and do not show them every mail that tells them."""
    permissions = desk.policies.in_force().permissions_of(actor.roles)
    return JUDGE_AGAIN in permissions and READ_MAILS not in permissions


def _not_needed(desk: Desk, actor: Actor) -> ColumnElement[bool]:
    """Return the condition that nobody needs `actor` for the claim itself: work goes before looking back.

    So it is shown to whoever has it, and to everybody while it waits for a reviewer and is overdue, or nobody
    has it who still reviews and is there in time.
    """
    deciding = PersonRole.role.in_(desk.policies.in_force().roles_with(DECIDE))
    able = Claim.reviewer.has(and_(Person.active, Person.roles.any(deciding), ~_lets_wait(desk)))
    in_hands = and_(able, ~Claim.overdue)
    not_theirs = or_(Claim.reviewer_id.is_(None), Claim.reviewer_id != actor.person_id)
    return and_(not_theirs, or_(Claim.waits_for != OPERATOR, in_hands))


def _lets_wait(desk: Desk) -> ColumnElement[bool]:
    """Return the condition that a claim's reviewer is away while its time runs out, by the policy's days."""
    days = desk.policies.in_force().vocabulary.values.get(DAYS_OF_ABSENT)
    if not isinstance(days, int):
        return false()
    return and_(away_on(desk.today()), Claim.due_at <= desk.clock.now() + timedelta(days=days))


def review_asked_of(session: Session, desk: Desk, number: str, actor: Actor) -> SecondReview | None:
    """Return the earliest decision about the claim `number` that `actor` is asked to judge, or None."""
    query = (
        select(SecondReview)
        .join(Claim, Claim.id == SecondReview.claim_id)
        .where(Claim.number == number, asked_of(desk, actor))
        .order_by(SecondReview.id)
        .limit(1)
    )
    return session.scalar(query)


def spoiled_by(session: Session, desk: Desk, numbers: Sequence[str], actor: Actor) -> str | None:
    """Return the claim whose decision `actor` is to judge and a page of `numbers` would tell, or None.

    That is one of them, the first before the others, or one that shares a unit with one of them: what can be
    done with either tells of both.
    """
    ids = select(Claim.id).where(Claim.number.in_(numbers))
    query = (
        select(Claim.number)
        .join(SecondReview, SecondReview.claim_id == Claim.id)
        .where(or_(Claim.number.in_(numbers), Claim.id.in_(sharing_units_with(ids))))
        .where(asked_of(desk, actor))
        .order_by(Claim.number != numbers[0], SecondReview.id)
    )
    return session.scalar(query.limit(1))


def documents_shown(session: Session, review: SecondReview) -> list[ClaimDocument]:
    """Return the documents that counted when the first decision was made."""
    return _documents(session, review, DOCUMENTS)


def earlier_documents_shown(session: Session, review: SecondReview) -> list[ClaimDocument]:
    """Return those that had been replaced or withdrawn by then."""
    return _documents(session, review, EARLIER)


def _documents(session: Session, review: SecondReview, key: str) -> list[ClaimDocument]:
    query = select(ClaimDocument).where(ClaimDocument.id.in_(review.shown[key]))
    return list(session.scalars(query.order_by(ClaimDocument.id)))
