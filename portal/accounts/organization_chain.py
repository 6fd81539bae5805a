"""The audit chain of an organization: what happened to its people and their accounts, one event each."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from portal.accounts.actor import Actor
from portal.audit.model import AuditEvent
from portal.audit.recording import record

PREFIX = "organization:"


def organization_chain(organization_id: int) -> str:
    """Return the subject of the chain of an organization."""
    return f"{PREFIX}{organization_id}"


def record_for_organization(
    session: Session,
    key: bytes,
    organization_id: int,
    actor: Actor,
    action: str,
    at: datetime,
    details: Mapping[str, Any] | None = None,
) -> AuditEvent:
    """Add an event to the organization's chain, within the caller's transaction. Raises as `record` does."""
    return record(
        session,
        key=key,
        subject=organization_chain(organization_id),
        at=at,
        actor=(actor.kind, actor.side, actor.name, actor.person_id),
        action=action,
        details=details,
    )
