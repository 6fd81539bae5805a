"""Keeps with approved claims what their pages say of their eligibility, where nothing was kept with them."""

import logging

from sqlalchemy import Select, exists, select
from sqlalchemy.orm import Session

from portal.accounts.actor import SYSTEM_ACTOR
from portal.claims.clock_states import RUNNING
from portal.claims.desk import Desk
from portal.claims.eligibility import note_eligibility
from portal.claims.gathering import Gathering
from portal.claims.model import NOT_ASSESSED, Association, Claim, ClaimClock
from portal.claims.queries import claim_by_id
from portal.db import db, transaction

log = logging.getLogger(__name__)


def note_missing(desk: Desk) -> int:
    """Keep the eligibility with every claim that is an association, waits, and has none; return how many.

    Such a claim was approved before eligibility was kept, or in a moment in which it could not be decided.
    Lists and exports, which read what is kept, say the same as its page from then on. As at a change of
    status, nothing is assessed by that: no event tells it. Each claim is a transaction of its own. One that
    fails keeps no other from its turn; the first error is raised when all have had theirs.
    """
    session = db.session()
    waiting = session.scalars(_missing()).all()
    session.rollback()
    noted, failures = 0, []
    for claim_id in waiting:
        try:
            noted += _note(desk, claim_id)
        except Exception as error:
            log.exception("the eligibility of a claim could not be kept", extra={"claim_id": claim_id})
            failures.append(error)
    if failures:
        raise failures[0]
    return noted


def _note(desk: Desk, claim_id: int) -> bool:
    with transaction() as session:
        claim = claim_by_id(session, claim_id, lock=True)
        if session.scalar(_missing().where(Claim.id == claim_id)) is None:
            return False  # it moved on while the lock was waited for
        note_eligibility(_now(session, desk, claim))
        return claim.eligibility != NOT_ASSESSED


def _now(session: Session, desk: Desk, claim: Claim) -> Gathering:
    return Gathering(session, desk, desk.rulebook_of(claim), claim, SYSTEM_ACTOR, desk.clock.now())


def _missing() -> Select[int]:
    """Return the select of their ids. What waits for no moment is assessed, or never will be."""
    holds = exists().where(Association.claim_id == Claim.id, Association.ended_at.is_(None))
    waits = exists().where(ClaimClock.claim_id == Claim.id, ClaimClock.state == RUNNING)
    return select(Claim.id).where(Claim.eligibility == NOT_ASSESSED, holds, waits).order_by(Claim.id)
