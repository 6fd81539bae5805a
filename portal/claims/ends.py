"""Ends of clocks that are due, applied before anything else happens to a claim."""

import logging

from portal.accounts.actor import SYSTEM_ACTOR
from portal.claims.chain import record_event
from portal.claims.clock_states import RUNNING
from portal.claims.clocks import due_rows, end
from portal.claims.desk import Desk
from portal.claims.lifecycle import derive, perform
from portal.claims.model import ClaimClock
from portal.claims.queries import claim_by_id
from portal.claims.refusals import Refused
from portal.db import transaction
from portal.policies import decisions
from portal.rulebook.decision import CouldNotBeDecided
from portal.web.undecided import note_undecided

log = logging.getLogger(__name__)

END_REFUSED = "end_refused"  # the audit's action where the end of a clock could not happen
NOTHING = "nothing"  # written out in deadlines.yaml where an end has no consequence


def apply_due_ends(desk: Desk, claim_id: int | None = None) -> list[tuple[str, str]]:
    """Apply every end that is due, of one claim or of all; return (claim number, clock) of each.

    Each end is a transaction of its own and is applied once however many do it at the same time: the
    claim is locked and the clock is looked at again before anything happens. With `claim_id`, the
    claims that compete with it have their due ends applied first as well: an answer that came too late
    must not count against anybody. One that cannot be applied keeps no other from its turn; the error
    of the claim itself, or the first of all, is raised when all have had theirs.
    """
    desk.open()
    applied = []
    with transaction() as session:
        rows = due_rows(session, desk.clock.now(), claim_id)
    failures: list[Exception] = []
    for owner_id, row_id in rows:
        try:
            if ended := _apply(desk, owner_id, row_id):
                applied.append(ended)
        except Exception as error:
            log.exception("the end of a clock could not be applied", extra={"claim_id": owner_id})
            if isinstance(error, CouldNotBeDecided):
                note_undecided(error)
            if claim_id in (None, owner_id):
                failures.append(error)
    if failures:
        raise failures[0]
    return applied


def _apply(desk: Desk, claim_id: int, row_id: int) -> tuple[str, str] | None:
    try:
        with transaction() as session:
            now = desk.clock.now()
            claim = claim_by_id(session, claim_id, lock=True)
            row = session.get_one(ClaimClock, row_id, populate_existing=True)
            if row.state != RUNNING or row.due_at is None or row.due_at > now:
                return None
            action = desk.rulebook_of(claim).clocks[row.clock].at_end
            end(row, now)
            session.flush()
            session.expire(claim, ["clocks"])
            details = {"clock": row.clock, "due_on": row.due_on, "arithmetic": row.arithmetic}
            if action == NOTHING:
                derive(session, desk, claim, now)
            else:
                perform(session, desk, action, claim, SYSTEM_ACTOR, details=details)
            return claim.number, row.clock
    except Refused as refused:
        _set_aside(desk, claim_id, row_id, refused)
        return None


def _set_aside(desk: Desk, claim_id: int, row_id: int, refused: Refused) -> None:
    """Stop a clock whose end was refused, so that it is not tried for ever, and flag the claim.

    The loader takes no policy in which this can happen; where it does all the same, the refusal, the
    audit event and the flag bring a person to the claim.
    """
    log.error("the end of a clock was refused", extra={"number": refused.number})
    with transaction() as session:
        now = desk.clock.now()
        claim = claim_by_id(session, claim_id, lock=True)
        row = session.get_one(ClaimClock, row_id, populate_existing=True)
        if row.state != RUNNING:
            return
        end(row, now)
        claim.overdue = True
        session.flush()
        session.expire(claim, ["clocks"])
        derive(session, desk, claim, now)
        claim.changed_at, claim.version = now, claim.version + 1
        stored = decisions.store(
            session,
            refused.decision,
            key=desk.secret,
            subject=refused.number,
            at=now,
            actor=SYSTEM_ACTOR.name,
        )
        record_event(
            session,
            desk,
            claim.number,
            SYSTEM_ACTOR,
            END_REFUSED,
            now,
            decision_id=stored.id,
            policy_version=refused.decision.policy_version,
            details={"clock": row.clock, "due_on": row.due_on, "version": claim.version},
        )
