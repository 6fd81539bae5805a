"""Records what happened to a claim in its chain of the audit; every event of a claim comes through here."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from portal.accounts.actor import Actor
from portal.audit.model import AuditEvent
from portal.audit.recording import record
from portal.claims.desk import Desk

PREFIX = "claim:"


def chain_of(number: str) -> str:
    """Return the subject of the chain of the claim `number`."""
    return f"{PREFIX}{number}"


def record_event(
    session: Session, desk: Desk, number: str, actor: Actor, action: str, at: datetime, **more: Any
) -> AuditEvent:
    """Add an event to the claim's chain, within the caller's transaction.

    `more` are the optional parts of an event (`audit.recording.record`): statuses, decision, policy
    version, details. Raises as `record` does.
    """
    return record(
        session,
        key=desk.secret,
        subject=chain_of(number),
        at=at,
        actor=(actor.kind, actor.side, actor.name, actor.person_id),
        action=action,
        **more,
    )
