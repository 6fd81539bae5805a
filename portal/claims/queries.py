"""Claims as one person may see them: ownership stands in the query, never after it."""

from sqlalchemy import ColumnElement, Select, and_, false, or_, select, true
from sqlalchemy.orm import Session

from portal.accounts.actor import CUSTOMER, PERSON, SYSTEM, Actor
from portal.claims.blindness import kept_from
from portal.claims.desk import Desk
from portal.claims.model import Claim
from portal.claims.refusals import NotThere
from portal.claims.units import sharing_units_with

READ_OWN = "claims.read"
READ_SUBMITTED = "reviews.read"


def visible_to(desk: Desk, actor: Actor) -> ColumnElement[bool]:
    """Return the condition under which `actor` may know that a claim exists.

    Partners: claims of their own organization, of their locations where they are restricted.
    Reviewers: every claim that was ever submitted, but those kept from them (`blindness`). A customer: the
    claim of the link. Others: none.
    """
    if actor.kind == SYSTEM:
        return true()
    if actor.kind == CUSTOMER:
        return Claim.id == actor.claim_id
    if actor.kind != PERSON:
        return false()
    permissions = desk.policies.in_force().permissions_of(actor.roles)
    ways: list[ColumnElement[bool]] = []
    if READ_OWN in permissions:
        own = Claim.organization_id == actor.organization_id
        if actor.location_ids is not None:
            own = and_(own, Claim.location_id.in_(actor.location_ids))
        ways.append(own)
    if READ_SUBMITTED in permissions:
        ways.append(and_(Claim.first_submitted_at.is_not(None), ~kept_from(desk, actor)))
    return or_(false(), *ways)


def visible_claims(desk: Desk, actor: Actor) -> Select[Claim]:
    """Return the select that every list of claims starts from."""
    return select(Claim).where(visible_to(desk, actor))


def find_claim(session: Session, desk: Desk, number: str, actor: Actor, *, lock: bool = False) -> Claim:
    """Return the claim `number`, locked until the transaction ends where asked.

    Raises NotThere where it does not exist for `actor`: nobody learns of another's claim.
    """
    query = visible_claims(desk, actor).where(Claim.number == number)
    return _one(session, query, lock)


def claim_by_id(session: Session, claim_id: int, *, lock: bool = False) -> Claim:
    """Return a claim for the portal itself (sweep, the customer's link). Raises NotThere."""
    return _one(session, select(Claim).where(Claim.id == claim_id), lock)


def claim_by_number(session: Session, number: str, *, lock: bool = False) -> Claim:
    """Return a claim for the portal itself (mail about it). Raises NotThere."""
    return _one(session, select(Claim).where(Claim.number == number), lock)


def _one(session: Session, query: Select[Claim], lock: bool) -> Claim:
    if not lock:
        claim = session.scalar(query)
    else:
        # First the lock, then the row. PostgreSQL looks only at the locked row again after waiting for it:
        # what one query joins to it would be of the time before, or missing.
        claim_id = session.scalar(query.with_only_columns(Claim.id).with_for_update(of=Claim))
        claim = session.get(Claim, claim_id, populate_existing=True) if claim_id else None
    if claim is None:
        raise NotThere
    return claim


def lock_with_rivals(session: Session, claim_id: int) -> None:
    """Lock a claim and every claim that shares a unit with it, in the order of their numbers.

    Whoever ends several claims at once takes their locks in this order, so that two settlements that
    meet on the same claims wait for each other instead of blocking each other.
    """
    query = select(Claim.id).where(or_(Claim.id == claim_id, Claim.id.in_(sharing_units_with(claim_id))))
    session.execute(query.order_by(Claim.number).with_for_update(of=Claim)).all()


def lock_for_action(session: Session, desk: Desk, action: str, number: str, actor: Actor) -> Claim:
    """Lock the claim, and before it those that `action` would end with it; raises NotThere.

    Nothing is decided from a claim that was read before its lock.
    """
    claim = find_claim(session, desk, number, actor)
    if desk.rulebook_of(claim).called_by(action):
        lock_with_rivals(session, claim.id)
    return find_claim(session, desk, number, actor, lock=True)
