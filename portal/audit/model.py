"""Audit events: append-only, one hash chain a subject."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Base, Moment


class AuditEvent(Base):
    """One thing that happened. `subject` is the chain: "claim:CL-…", "organization:7", "policy"."""

    __tablename__ = "audit_events"
    __table_args__ = (UniqueConstraint("subject", "place"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    subject: Mapped[str]
    place: Mapped[int]  # 1, 2, 3 … within the subject
    at: Mapped[datetime] = mapped_column(Moment)
    actor_kind: Mapped[str]
    actor_side: Mapped[str]
    actor_name: Mapped[str]
    actor_id: Mapped[int | None]
    action: Mapped[str]  # a transition's code, or another verb such as "document_read"
    from_status: Mapped[str | None]
    to_status: Mapped[str | None]  # set only where the status changed
    decision_id: Mapped[int | None]
    policy_version: Mapped[str | None]
    details: Mapped[dict[str, Any]] = mapped_column(JSON)
    previous_hash: Mapped[str]
    hash: Mapped[str]
