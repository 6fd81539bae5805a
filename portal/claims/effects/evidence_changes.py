"""Adding, replacing and withdrawing PoE documents while the claim's evidence is open."""

from portal.claims.desk import Step
from portal.claims.effects.answers_given import add_document
from portal.claims.model import ClaimDocument


def change_documents(step: Step) -> dict[str, str]:
    """Take the uploads of an edit form; return a sentence per field that cannot be taken.

    A replaced or withdrawn document stays with the claim, so that what was submitted can be read.
    """
    current = {document.id: document for document in step.claim.documents if document.current}
    replaced = _chosen(step, "replaces", current)
    withdrawn = _chosen(step, "withdraw", current)
    if step.answers.one("replaces") and replaced is None:
        return {"document": "The document to replace is no longer there; open the claim again."}
    if step.answers.one("withdraw") and withdrawn is None:
        return {"document": "The document to withdraw is no longer there; open the claim again."}
    if mistake := _mistake(step, current, replaced):
        return {"document": mistake}
    added = [add_document(step, taken) for taken in step.taken]
    if replaced is not None and added:
        replaced.replaced_by_id = added[0].id
    if withdrawn is not None:
        withdrawn.withdrawn_at = step.now
    step.session.flush()
    return {}


def _chosen(step: Step, field: str, current: dict[int, ClaimDocument]) -> ClaimDocument | None:
    chosen = step.answers.row_id(field)
    return current.get(chosen) if chosen is not None else None


def _mistake(step: Step, current: dict[int, ClaimDocument], replaced: ClaimDocument | None) -> str | None:
    hashes = {document.sha256: document.name for document in current.values()}
    for taken in step.taken:
        if taken.sha256 in hashes:
            return f"{taken.name} is the same file as {hashes[taken.sha256]}; choose a different one."
        hashes[taken.sha256] = taken.name
    at_most = step.desk.settings.documents_per_claim_at_most
    if step.taken and len(hashes) - (replaced is not None) > at_most:
        return f"A claim holds at most {at_most} documents; withdraw one or join files, then upload again."
    return None
