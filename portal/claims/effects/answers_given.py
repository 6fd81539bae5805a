"""Verbs that keep what a form or the customer answered."""

from portal.claims.consent_links import link_in_force
from portal.claims.desk import Step
from portal.claims.document_checks import FIELD, documents_mistake, once
from portal.claims.model import ClaimDocument
from portal.claims.refusals import Invalid
from portal.evidence.intake import Taken
from portal.evidence.recording import record


def take_documents(step: Step) -> None:
    """Add the uploaded documents to the claim's evidence. Raises Invalid where they cannot be added."""
    at_most = step.desk.settings.documents_per_claim_at_most
    if mistake := documents_mistake(step.claim, step.taken, at_most):
        raise Invalid({FIELD: mistake})
    files = once(step.taken)
    for taken in files:
        add_document(step, taken)
    if files:
        step.details["documents"] = [taken.name for taken in files]


def add_document(step: Step, taken: Taken) -> ClaimDocument:
    """Add one stored file to the claim within the step's transaction."""
    record(step.session, taken, step.now)
    document = ClaimDocument(
        sha256=taken.sha256,
        name=taken.name,
        round=step.claim.round,
        added_at=step.now,
        added_by_id=step.actor.person_id,
    )
    step.claim.documents.append(document)
    step.session.flush()
    return document


def record_reasons(step: Step) -> None:
    """Keep why the claim is rejected: the codes chosen from a catalog, and what was written.

    Where the transition gives the reason itself, that stands, and what was chosen says more about it.
    """
    typed = step.transition.asks["reason"].type == "text"
    written = step.answers.one("reason") if typed else step.answers.one("message")
    chosen = [] if typed else list(step.answers.many("reason"))
    if not step.transition.reason:
        step.claim.rejection_reasons = chosen
    step.claim.decision_text = written
    step.details["reasons"] = step.claim.rejection_reasons
    if chosen:
        step.details["chosen"] = chosen
    if written:
        step.details["text"] = written


def use_dispute(step: Step) -> None:
    """Count the dispute, which is never given back, and keep the justification."""
    step.claim.disputes_used += 1
    step.claim.justification = step.answers.one("justification")
    if step.claim.justification:
        step.details["text"] = step.claim.justification


def record_decline(step: Step) -> None:
    """Keep that the customer declined, and when; what they agreed to before is taken back."""
    step.claim.declined_at, step.claim.agreed_at = step.now, None
    _answer_link(step)


def record_agreement(step: Step) -> None:
    """Keep that the customer agreed, and when."""
    step.claim.agreed_at = step.now
    _answer_link(step)


def _answer_link(step: Step) -> None:
    answer = next(iter(step.transition.chosen_by.values()), step.action)
    link = link_in_force(step.session, step.claim.id)
    if link is not None:
        link.answer, link.answered_at = answer, step.now
    step.details["contact"] = step.actor.email
