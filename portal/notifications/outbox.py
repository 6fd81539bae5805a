"""Leaves messages in the outbox: in the transaction of what they tell about, to be handed over after it."""

import secrets
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy.orm import Session

from portal.notifications.model import OutboxMessage

# The part after the @ needs not exist; this one never does, so that no other system's mail has it.
MESSAGE_ID_DOMAIN = "customer-claims.invalid"


def post(
    session: Session,
    *,
    subject: str,
    event: str,
    recipient: str,
    audience: str,
    context: Mapping[str, Any],
    at: datetime,
) -> OutboxMessage:
    """Leave one message to one address, due at once; committed or rolled back with the caller's work.

    `subject` is the claim number, `context` plain JSON values that the message is written from at each
    attempt, and `at` is aware. The Message-ID is given here, once, and stays through all attempts.
    """
    message = OutboxMessage(
        message_id=_message_id(at),
        subject=subject,
        event=event,
        recipient=recipient,
        audience=audience,
        context=dict(context),
        created_at=at,
        next_attempt_at=at,
    )
    session.add(message)
    return message


def _message_id(at: datetime) -> str:
    """Return a new Message-ID that begins with the moment, so that kept mail lies in its order."""
    moment = at.astimezone(UTC).strftime("%Y%m%dT%H%M%S.%f")
    return f"<{moment}.{secrets.token_hex(8)}@{MESSAGE_ID_DOMAIN}>"
