"""Verbs that begin and end a draft."""

from portal.claims.desk import Step
from portal.claims.effects.fields import save_fields


def create_claim(step: Step) -> None:
    """Keep the new claim with what the first step of the wizard brought."""
    step.session.add(step.claim)
    save_fields(step)


def delete_claim(step: Step) -> None:
    """Delete a draft for good; its number is not given again, and the audit keeps the fact."""
    step.details["name"] = step.claim.name
    for document in step.claim.documents:
        document.replaced_by_id = None
    step.session.flush()
    for document in list(step.claim.documents):
        step.session.delete(document)
    step.session.flush()
    step.session.delete(step.claim)
    step.session.flush()
