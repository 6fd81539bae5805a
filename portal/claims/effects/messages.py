"""Verbs that post what one side has to say to the other."""

from portal.claims.desk import Step
from portal.claims.model import ClaimComment, InformationRequest
from portal.claims.refusals import Invalid
from portal.claims.removals import REMOVE
from portal.languages.sentences import gettext

ANSWERS = "answers"  # the field of a form that says which comment its message answers


def post_message(step: Step) -> None:
    """Post the form's message as a comment, which the other side reads and answers.

    Raises Invalid where the form names a comment to answer that is not the claim's.
    """
    text = step.answers.one("message")
    if not text or step.actor.person_id is None:
        return
    answered = _answered(step)
    step.claim.comments.append(
        ClaimComment(
            person_id=step.actor.person_id,
            side=step.actor.side,
            text=text,
            at=step.now,
            answers_id=answered,
        )
    )
    step.details["text"] = text
    if answered is not None:
        step.details[ANSWERS] = answered


def _answered(step: Step) -> int | None:
    """Return the id of the comment that the message answers, None where it answers none."""
    if not step.answers.one(ANSWERS):
        return None
    named = step.answers.row_id(ANSWERS)
    if named is None or named not in {comment.id for comment in step.claim.comments}:
        sentence = gettext(
            "The comment that you answer is not on this claim. Write this as a comment of its own."
        )
        raise Invalid({"message": sentence})
    return named


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
