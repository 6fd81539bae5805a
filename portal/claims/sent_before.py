"""Finds what a form did to a claim that is gone since, so that one sent twice is answered as done."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.actor import Actor
from portal.audit.model import AuditEvent
from portal.claims.acting import Done
from portal.claims.answers import Answers
from portal.claims.chain import chain_of
from portal.claims.lifecycle import GONE
from portal.claims.sent_forms import SentForm


def gone_before(session: Session, number: str, actor: Actor, answers: Answers, version: int) -> Done | None:
    """Return the deletion of the claim `number` that this form of `actor` led to, or None.

    Nobody learns here of what somebody else deleted: the form's mark tells who sent it.
    """
    event = session.scalar(
        select(AuditEvent).where(AuditEvent.subject == chain_of(number), AuditEvent.to_status == GONE)
    )
    if event is None:
        return None
    sent = SentForm(event.action, number, actor, answers, version)
    return Done(number, event.from_status or "", GONE) if sent.left_by(event) else None
