"""Draws which decisions of reviewers are judged a second time, and keeps the claim as it stood for that."""

from typing import Any

from sqlalchemy import select

from portal.accounts.actor import PERSON
from portal.audit.model import AuditEvent
from portal.audit.recording import record
from portal.claims.answers import Answers
from portal.claims.blindness import DOCUMENTS, EARLIER, OFFERED, OPERATOR
from portal.claims.chain import chain_of
from portal.claims.content import content_of
from portal.claims.desk import Step
from portal.claims.documents import DOCUMENT_READ
from portal.claims.impartiality import belonged_lately
from portal.claims.model import Claim
from portal.claims.participants import SETTLED_BY, people_who_moved
from portal.rulebook.models import Transition
from portal.second_reviews.bars import BELONGED, TOOK_PART, TOOK_PART_SINCE, bar, is_open
from portal.second_reviews.lots import is_drawn, lot_of
from portal.second_reviews.model import SecondReview

DRAWN = "second_review_drawn"
PREFIX = "second_review:"  # a chain of its own: a claim's is handed to partners with its proof pack


def draw(step: Step) -> None:
    """Keep the lot of a decision that the policy wants judged twice, before anything of it is carried out.

    The share and the list of decisions are those in force. Within the caller's transaction: what is refused
    later was never drawn.
    """
    rule = step.desk.policies.in_force().lifecycle.second_reviews
    if rule is None or step.action not in rule.of or step.actor.kind != PERSON:
        return
    lot = lot_of(step.desk.secret, step.decision_id)
    drawn = is_drawn(lot, rule.percent)
    reasons, text = given(step.transition, step.answers)
    review = SecondReview(
        claim_id=step.claim.id,
        decision_id=step.decision_id,
        lot=lot,
        percent=rule.percent,
        drawn=drawn,
        decided_at=step.now,
        first_id=step.actor.person_id,
        action=step.action,
        from_status=step.from_status,
        reasons=reasons,
        text=text,
        shown={**_as_it_stands(step.claim), OFFERED: [*rule.of, *rule.besides]} if drawn else {},
    )
    step.session.add(review)
    step.session.flush()
    if drawn:
        _begin(step, review)


def keep_from_judging(step: Step) -> None:
    """Keep whoever acted on the claim, settled about it or has it now from judging an earlier decision."""
    query = select(SecondReview.id).where(SecondReview.claim_id == step.claim.id, is_open())
    people = {step.claim.reviewer_id, step.details.get(SETTLED_BY)}
    if step.actor.side == OPERATOR:
        people.add(step.actor.person_id)
    for review_id in step.session.scalars(query).all():
        bar(step.session, review_id, people, TOOK_PART_SINCE, step.now)


def given(transition: Transition, answers: Answers) -> tuple[list[str], str]:
    """Return the codes that were chosen and the texts that were written in the form of a decision."""
    asks = transition.asks
    codes = [code for name, ask in asks.items() if ask.type == "codes" for code in answers.many(name)]
    texts = [answers.one(name) for name, ask in asks.items() if ask.type == "text"]
    return codes, "\n\n".join(text for text in texts if text)


def _begin(step: Step, review: SecondReview) -> None:
    session, claim = step.session, step.claim
    events = select(AuditEvent.actor_id).where(
        AuditEvent.subject == chain_of(claim.number),
        AuditEvent.actor_side == OPERATOR,
        AuditEvent.actor_id.is_not(None),
        AuditEvent.action != DOCUMENT_READ,
    )
    took_part = people_who_moved(session, claim).union(session.scalars(events))
    bar(session, review.id, {*took_part, claim.reviewer_id, review.first_id}, TOOK_PART, step.now)
    barred = belonged_lately(session, step.desk.policies.in_force(), step.desk.today())
    belonged = {person for person, owner in barred if owner == claim.organization_id}
    bar(session, review.id, belonged, BELONGED, step.now)
    record(
        session,
        key=step.desk.secret,
        subject=f"{PREFIX}{review.id}",
        at=step.now,
        actor=("system", "system", "Portal", None),  # stays English: the audit keeps it
        action=DRAWN,
        decision_id=review.decision_id,
        details={"claim": claim.number, "lot": review.lot, "percent": review.percent},
    )


def _as_it_stands(claim: Claim) -> dict[str, Any]:
    """Return what the claim says and has before the decision, as plain data."""
    return {
        "content": content_of(claim),
        DOCUMENTS: [row.id for row in claim.documents if row.current],
        EARLIER: [row.id for row in claim.documents if not row.current],
        "comments": [row.id for row in claim.comments],
        "requests": [row.id for row in claim.requests],
        "round": claim.round,
        "justification": claim.justification,
        "rejection_reasons": list(claim.rejection_reasons),
        "rejection_text": claim.decision_text,
        "agreed_at": claim.agreed_at.isoformat() if claim.agreed_at else "",
        "declined_at": claim.declined_at.isoformat() if claim.declined_at else "",
    }
