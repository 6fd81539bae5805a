"""Who has a part in claims: those who may decide them, and, as the audit knows, whoever moved one."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.model import Person
from portal.accounts.roles import people_with_roles
from portal.audit.model import AuditEvent
from portal.claims.chain import chain_of
from portal.claims.model import Claim
from portal.rulebook.rulebook import Rulebook

DECIDE = "reviews.decide"  # whoever only reads reviews is not asked to do them


def reviewers(session: Session, rulebook: Rulebook) -> list[Person]:
    """Return the active people who may decide claims, in the order they were added."""
    return people_with_roles(session, rulebook.roles_with(DECIDE))


def is_with_reviewer(session: Session, rulebook: Rulebook, claim: Claim) -> bool:
    """Tell whether the claim is assigned to somebody who may still decide it."""
    return claim.reviewer_id is not None and claim.reviewer_id in {
        person.id for person in reviewers(session, rulebook)
    }


def people_who_moved(session: Session, claim: Claim) -> frozenset[int]:
    """Return the ids of everybody who changed the claim's status, of either side."""
    moved = select(AuditEvent.actor_id).where(
        AuditEvent.subject == chain_of(claim.number),
        AuditEvent.to_status.is_not(None),
        AuditEvent.actor_id.is_not(None),
    )
    return frozenset(person for person in session.scalars(moved) if person is not None)
