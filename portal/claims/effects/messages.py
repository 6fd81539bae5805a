"""Verbs that post what one side has to say to the other."""

from portal.claims.desk import Step
from portal.claims.model import ClaimComment, InformationRequest


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
    """Open an information request with the reasons chosen and the reviewer's message."""
    reasons = list(step.answers.many("reason"))
    step.claim.requests.append(
        InformationRequest(
            person_id=step.actor.person_id,
            reasons=reasons,
            message=step.answers.one("message"),
            at=step.now,
        )
    )
    step.details["reasons"] = reasons


def close_request(step: Step) -> None:
    """Mark the open information requests as answered."""
    for request in step.claim.requests:
        if request.ended_at is None:
            request.ended_at = step.now
