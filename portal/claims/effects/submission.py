"""Verbs of submitting: what was submitted is frozen, and the policy stays with the claim."""

from portal.claims.content import content_of
from portal.claims.desk import Step
from portal.claims.model import Submission


def next_round(step: Step) -> None:
    """Count the submission; the first is round 1."""
    step.claim.round += 1


def freeze(step: Step) -> None:
    """Keep the claim as it was submitted, and at the first submission pin its policy for good."""
    claim = step.claim
    claim.submitted_at = step.now
    claim.submissions.append(
        Submission(
            round=claim.round,
            at=step.now,
            decision_id=step.decision_id,
            content=content_of(claim),
        )
    )
    if claim.first_submitted_at is None:
        claim.first_submitted_at = step.now
        claim.policy_version = step.rulebook.version
