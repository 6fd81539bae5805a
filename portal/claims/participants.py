"""Who had a part in a claim, as the audit knows: whoever moved its status."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.audit.model import AuditEvent
from portal.claims.chain import chain_of
from portal.claims.model import Claim


def people_who_moved(session: Session, claim: Claim) -> frozenset[int]:
    """Return the ids of everybody who changed the claim's status, of either side."""
    moved = select(AuditEvent.actor_id).where(
        AuditEvent.subject == chain_of(claim.number),
        AuditEvent.to_status.is_not(None),
        AuditEvent.actor_id.is_not(None),
    )
    return frozenset(person for person in session.scalars(moved) if person is not None)
