"""What follows from a mail having been handed over: the clocks that waited for it start."""

import logging
from datetime import datetime

from sqlalchemy import Select, and_, func, select
from sqlalchemy.orm import Session

from portal.accounts.actor import SYSTEM_ACTOR
from portal.claims.chain import record_event
from portal.claims.clock_states import WAITING, waiting_clocks
from portal.claims.clocks import start
from portal.claims.desk import Desk
from portal.claims.lifecycle import derive
from portal.claims.mail_recipients import PARTNER
from portal.claims.model import Claim, ClaimClock
from portal.claims.queries import claim_by_number
from portal.db import transaction
from portal.notifications.delivery import SENT
from portal.notifications.model import OutboxMessage

log = logging.getLogger(__name__)


def start_told_clocks(desk: Desk) -> int:
    """Start every clock whose mail has been handed over; return how many claims it concerned.

    The clock counts from the hand-over, whenever this runs: a failure here, or a crash between the
    hand-over and this, is made good at the next run and never sends a mail twice.
    """
    with transaction() as session:
        found = [(row[0], row[1], row[2]) for row in session.execute(_handed_over())]
    done = 0
    for number, begun_at, sent_at in found:
        if sent_at is None:
            continue
        try:
            with transaction() as session:
                done += told(session, desk, number, begun_at, sent_at)
        except Exception:
            # One claim that cannot be told keeps no other from its turn; the next run tries it again.
            log.exception("a clock that waits for its mail could not be started", extra={"number": number})
    return done


def _handed_over() -> Select[str, datetime, datetime | None]:
    """Return the select of waiting clocks whose own mail went out: claim, begin of waiting, hand-over.

    A clock and the mail about the move that began it carry the same moment; a mail that was left
    before tells the partner nothing about it.
    """
    return (
        select(Claim.number, ClaimClock.created_at, func.min(OutboxMessage.sent_at))
        .join(Claim, Claim.id == ClaimClock.claim_id)
        .join(
            OutboxMessage,
            and_(OutboxMessage.subject == Claim.number, OutboxMessage.created_at == ClaimClock.created_at),
        )
        .where(ClaimClock.state == WAITING, OutboxMessage.state == SENT, OutboxMessage.audience == PARTNER)
        .group_by(Claim.number, ClaimClock.created_at)
        .order_by(Claim.number)
    )


def told(session: Session, desk: Desk, number: str, begun_at: datetime, at: datetime) -> bool:
    """Start the clocks of the claim that wait since `begun_at`; the partner was told at `at`.

    The row's version stays: a form that was opened before the mail went out is not stale by it.
    Returns False where they were started, or stopped, in between.
    """
    claim = claim_by_number(session, number, lock=True)
    waiting = [row for row in waiting_clocks(claim) if row.created_at == begun_at]
    if not waiting:
        return False
    rulebook = desk.rulebook_of(claim)
    for row in waiting:
        start(rulebook, claim, row, at)
    session.flush()
    derive(session, desk, claim, at)
    clocks = {row.clock: [row.due_on, row.arithmetic] for row in waiting}
    record_event(session, desk, claim.number, SYSTEM_ACTOR, "told", at, details={"clocks": clocks})
    return True
