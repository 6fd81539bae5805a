"""Who has a part in claims: those who may decide them, and, as the audit knows, whoever moved one."""

from collections.abc import Iterable
from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from portal.accounts.actor import Actor
from portal.accounts.model import Person
from portal.accounts.roles import people_with_roles
from portal.audit.model import AuditEvent
from portal.claims.chain import chain_of
from portal.claims.disputes import disputed_statuses
from portal.claims.impartiality import belonged_lately
from portal.claims.model import Claim
from portal.claims.units import Rival
from portal.rulebook.rulebook import Rulebook

# In an event's details: the id of the reviewer who settled for or against the claim. No page shows it.
SETTLED_BY = "settled_by"
DECIDE = "reviews.decide"  # whoever only reads reviews is not asked to do them


def reviewers(session: Session, rulebook: Rulebook) -> list[Person]:
    """Return the active people who may decide claims, in the order they were added."""
    return people_with_roles(session, rulebook.roles_with(DECIDE))


def impartial(session: Session, rulebook: Rulebook, claim: Claim, today: date) -> list[Person]:
    """Return those of `reviewers` who did not belong to the claim's organization lately."""
    barred = belonged_lately(session, rulebook, today)
    return [one for one in reviewers(session, rulebook) if (one.id, claim.organization_id) not in barred]


def is_with_reviewer(session: Session, rulebook: Rulebook, claim: Claim, today: date) -> bool:
    """Tell whether the claim is assigned to somebody who may still decide it."""
    return claim.reviewer_id is not None and claim.reviewer_id in {
        person.id for person in impartial(session, rulebook, claim, today)
    }


def people_who_moved(session: Session, claim: Claim) -> frozenset[int]:
    """Return the ids of everybody who changed the claim's status, of either side.

    Whoever settled against it has decided it too, though the portal moved it; as has whoever settled for
    it, though it may have been approved before.
    """
    settled = AuditEvent.details[SETTLED_BY].as_string().is_not(None)
    events = session.execute(
        select(AuditEvent.actor_id, AuditEvent.details).where(
            AuditEvent.subject == chain_of(claim.number), or_(AuditEvent.to_status.is_not(None), settled)
        )
    )
    found = {person for moved_by, details in events for person in (moved_by, details.get(SETTLED_BY))}
    return frozenset(person for person in found if person is not None)


def has_other_reviewer(session: Session, rulebook: Rulebook, claim: Claim, today: date) -> bool:
    """Tell whether somebody who may decide this claim had no part in it."""
    able = {person.id for person in impartial(session, rulebook, claim, today)}
    return bool(able - people_who_moved(session, claim))


def had_part_in_rival(
    session: Session, rulebook: Rulebook, rivals: Iterable[Rival], actor: Actor, today: date
) -> bool:
    """Tell whether a rival is in dispute that `actor` had a part in, and somebody else is there to decide it.

    That is the reviewer who has it, or where nobody has, one who had no part.
    """
    disputed = {row.claim_id for row in rivals if row.status in disputed_statuses(rulebook)}
    claims = session.scalars(select(Claim).where(Claim.id.in_(disputed))) if disputed else ()
    return any(
        claim.reviewer_id != actor.person_id
        and actor.person_id in people_who_moved(session, claim)
        and (
            is_with_reviewer(session, rulebook, claim, today)
            or has_other_reviewer(session, rulebook, claim, today)
        )
        for claim in claims
    )
