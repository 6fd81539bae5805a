"""Adding, replacing and withdrawing PoE documents while the claim's evidence is open."""

from portal.claims.desk import Step
from portal.claims.document_checks import FIELD, documents_mistake, once
from portal.claims.effects.answers_given import add_document
from portal.claims.model import ClaimDocument
from portal.languages.sentences import gettext


def change_documents(step: Step) -> dict[str, str]:
    """Take the uploads of an edit form; return a sentence per field that cannot be taken.

    A replaced or withdrawn document stays with the claim, so that what was submitted can be read.
    """
    current = {document.id: document for document in step.claim.documents if document.current}
    replaced = _chosen(step, "replaces", current)
    withdrawn = _chosen(step, "withdraw", current)
    if step.answers.one("replaces") and replaced is None:
        return {FIELD: gettext("The document to replace is no longer there; open the claim again.")}
    if step.answers.one("withdraw") and withdrawn is None:
        return {FIELD: gettext("The document to withdraw is no longer there; open the claim again.")}
    at_most = step.desk.settings.documents_per_claim_at_most
    if mistake := documents_mistake(step.claim, step.taken, at_most, replacing=replaced is not None):
        return {FIELD: mistake}
    added = [add_document(step, taken) for taken in once(step.taken)]
    if replaced is not None and added:
        replaced.replaced_by_id = added[0].id
    if withdrawn is not None:
        withdrawn.withdrawn_at = step.now
    step.session.flush()
    return {}


def _chosen(step: Step, field: str, current: dict[int, ClaimDocument]) -> ClaimDocument | None:
    chosen = step.answers.row_id(field)
    return current.get(chosen) if chosen is not None else None
