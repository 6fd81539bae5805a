"""What follows from a mail having been handed over: the clocks that waited for it start."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.actor import SYSTEM_ACTOR
from portal.audit.recording import record
from portal.claims.clocks import start, waiting_clocks
from portal.claims.desk import Desk
from portal.claims.lifecycle import derive
from portal.claims.mails import PARTNER
from portal.claims.model import Claim
from portal.notifications.model import OutboxMessage


def told(session: Session, desk: Desk, message: OutboxMessage, at: datetime) -> None:
    """Start the clocks that wait for the partner to be told, in the hand-over's transaction.

    The row's version stays: a form that was opened before the mail went out is not stale by it.
    """
    if message.audience != PARTNER:
        return
    query = select(Claim).where(Claim.number == message.subject).with_for_update(of=Claim)
    claim = session.scalars(query.execution_options(populate_existing=True)).one()
    waiting = waiting_clocks(claim)
    if not waiting:
        return
    rulebook = desk.rulebook_of(claim)
    for row in waiting:
        start(rulebook, row, at)
    session.flush()
    derive(session, desk, claim, at)
    record(
        session,
        key=desk.secret,
        subject=f"claim:{claim.number}",
        at=at,
        actor=(SYSTEM_ACTOR.kind, SYSTEM_ACTOR.side, SYSTEM_ACTOR.name, None),
        action="told",
        details={"clocks": {row.clock: [row.due_on, row.arithmetic] for row in waiting}},
    )
