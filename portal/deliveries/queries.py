"""Reads of the outbox for those who look after it: one message, the messages of a page, how many."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import ColumnElement, func, select, true
from sqlalchemy.orm import Session

from portal.claims import cursors
from portal.claims.model import Claim
from portal.claims.refusals import NotThere
from portal.notifications.model import OutboxMessage

SORT = "-created"


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
) -> tuple[list[tuple[OutboxMessage, str]], str, str]:
    """Return at most `size` messages with their claims' numbers, newest first, and a cursor for each way on.

    `state` "" is every state, `recipient` a part of the address or "" for everybody. The cursors are ""
    where the list ends. Raises cursors.NoSuchPlace for a place that this list never named.
    """
    created, row_id, backwards = OutboxMessage.created_at.expression, OutboxMessage.id, bool(before)
    query = select(OutboxMessage, Claim.number).outerjoin(Claim, Claim.number == OutboxMessage.subject)
    query = query.where(_is_to(recipient))
    if state:
        query = query.where(OutboxMessage.state == state)
    if cursor := before or after:
        place = cursors.read(cursor, SORT, datetime)
        query = query.where(cursors.beyond(created, row_id, place, descending=True, backwards=backwards))
    ordered = query.order_by(*cursors.ordering(created, row_id, descending=True, backwards=backwards))
    found = [(message, number or "") for message, number in session.execute(ordered.limit(size + 1))]
    more, found = len(found) > size, found[:size]
    if backwards:
        found.reverse()
    ends = [cursors.written(SORT, cursors.Place(message.created_at, message.id)) for message, _ in found]
    has_after, has_before = (backwards or more), (more if backwards else bool(cursor))
    return found, ends[-1] if ends and has_after else "", ends[0] if ends and has_before else ""
