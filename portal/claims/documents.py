"""The documents of one claim; ownership is that of the claim they are asked through."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.claims.model import Claim, ClaimDocument


def find_document(session: Session, claim: Claim, document_id: int) -> ClaimDocument | None:
    """Return a document of `claim`, old versions too, or None; another claim's does not exist."""
    query = select(ClaimDocument).where(ClaimDocument.claim_id == claim.id, ClaimDocument.id == document_id)
    return session.scalar(query)
