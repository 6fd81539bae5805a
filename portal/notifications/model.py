"""The outbox: messages that transactions left to be sent."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Base, Moment


class OutboxMessage(Base):
    """One message to one address. It holds the event; its text is written at each attempt."""

    __tablename__ = "outbox"
    __table_args__ = (
        Index("ix_outbox_state_next_attempt_at", "state", "next_attempt_at"),
        Index("ix_outbox_created_at_id", "created_at", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    message_id: Mapped[str] = mapped_column(unique=True)
    subject: Mapped[str] = mapped_column(index=True)  # a claim number
    event: Mapped[str]
    recipient: Mapped[str]
    audience: Mapped[str]  # `to` of notifications.yaml: decides what the text may say
    context: Mapped[dict[str, Any]] = mapped_column(JSON)
    state: Mapped[str] = mapped_column(default="waiting")  # one of delivery.STATES
    attempts: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(Moment)
    next_attempt_at: Mapped[datetime] = mapped_column(Moment)
    # While a worker has it: until when nobody else may take it. Empty for one that only waits.
    taken_until: Mapped[datetime | None] = mapped_column(Moment)
    sent_at: Mapped[datetime | None] = mapped_column(Moment)
    error: Mapped[str | None]
    # Of one that is gathered: the daily digest that tells of it, once there is one.
    digest_id: Mapped[int | None] = mapped_column(ForeignKey("outbox.id"), index=True)
