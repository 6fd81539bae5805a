"""Verbs that post what one side has to say to the other."""

from portal.claims.desk import Step
from portal.claims.model import ClaimComment, InformationRequest
from portal.claims.removals import REMOVE


def post_message(step: Step) -> None:
    """Post the form's message as a comment, which the other side reads and answers."""
    text = step.answers.one("message")
    if not text or step.actor.person_id is None:
        return
    step.claim.comments.append(
        ClaimComment(person_id=step.actor.person_id, side=step.actor.side, text=text, at=step.now)
    )
    step.details["text"] = text


def open_request(step: Step) -> None:
    """Open an information request with the reasons chosen, the products to remove and the reviewer's message.

    Products count only where the claim's own policy asks for them: only then was the answer checked.
    """
    reasons = list(step.answers.many("reason"))
    products = list(step.answers.many(REMOVE)) if REMOVE in step.transition.asks else []
    step.claim.requests.append(
        InformationRequest(
            person_id=step.actor.person_id,
            reasons=reasons,
            products=products,
            message=step.answers.one("message"),
            at=step.now,
        )
    )
    step.details["reasons"] = reasons
    if products:
        step.details[REMOVE] = products


def close_request(step: Step) -> None:
    """Mark the open information requests as answered."""
    for request in step.claim.requests:
        if request.ended_at is None:
            request.ended_at = step.now
