"""Reads of the outbox for those who look after it: one message, the messages of a page, how many."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import ColumnElement, func, select, true
from sqlalchemy.orm import Session

from portal.claims.model import Claim
from portal.claims.refusals import NotThere
from portal.notifications.model import OutboxMessage
from portal.paging import Order, Page
from portal.paging import page_of as paged

# The newest first.
ORDER = Order(
    "-created", OutboxMessage.created_at.expression, OutboxMessage.id, datetime, descending=True, always=True
)


def find_message(session: Session, message_id: int) -> tuple[OutboxMessage, str]:
    """Return a message with the number of the claim it is about, "" for none. Raises NotThere."""
    query = (
        select(OutboxMessage, Claim.number)
        .outerjoin(Claim, Claim.number == OutboxMessage.subject)
        .where(OutboxMessage.id == message_id)
    )
    row = session.execute(query).first()
    if row is None:
        raise NotThere
    return row[0], row[1] or ""


def counts(session: Session, recipient: str = "") -> Mapping[str, int]:
    """Return how many messages to a `recipient` there are by state, in one query; "" is everybody."""
    query = select(OutboxMessage.state, func.count()).where(_is_to(recipient)).group_by(OutboxMessage.state)
    return dict(session.execute(query).all())


def _is_to(recipient: str) -> ColumnElement[bool]:
    if not recipient:
        return true()
    return func.lower(OutboxMessage.recipient).contains(recipient.lower(), autoescape=True)


def page_of(
    session: Session, state: str, recipient: str, after: str, before: str, size: int
) -> Page[OutboxMessage, str]:
    """Return at most `size` messages with their claims' numbers (None for none).

    `state` "" is every state, `recipient` a part of the address or "" for everybody. Raises NoSuchPlace as
    `paging.page_of` does.
    """
    query = select(OutboxMessage, Claim.number).outerjoin(Claim, Claim.number == OutboxMessage.subject)
    query = query.where(_is_to(recipient))
    if state:
        query = query.where(OutboxMessage.state == state)
    return paged(session, query, ORDER, size, after=after, before=before)
